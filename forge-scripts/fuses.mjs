/** The switches inside a packaged Electron: what the program does not need is off for good. */

/** @param {string} platform `darwin`, `win32` or `linux` */
export function packagedFuses(platform) {
  return {
    RunAsNode: false,
    EnableCookieEncryption: true,
    EnableNodeOptionsEnvironmentVariable: false,
    // Also takes --inspect away, which the tests need: they run on the development runtime.
    EnableNodeCliInspectArguments: false,
    // Electron checks the archive on these systems only.
    EnableEmbeddedAsarIntegrityValidation: platform !== 'linux',
    OnlyLoadAppFromAsar: true,
    LoadBrowserProcessSpecificV8Snapshot: false,
    GrantFileProtocolExtraPrivileges: false,
    WasmTrapHandlers: true,
  };
}

/** electron-builder's hook after the files are laid out and before they are signed. */
export default async function afterPack(context) {
  const { FuseV1Options, FuseVersion, flipFuses } = await import('@electron/fuses');
  const { electronPlatformName: platform, appOutDir, packager } = context;
  const name = packager.appInfo.productFilename;
  const executable = {
    darwin: `${appOutDir}/${name}.app`,
    win32: `${appOutDir}/${name}.exe`,
    linux: `${appOutDir}/${packager.executableName}`,
  }[platform];
  const fuses = Object.entries(packagedFuses(platform)).filter(([fuse]) => fuse in FuseV1Options);
  await flipFuses(executable, {
    version: FuseVersion.V1,
    resetAdHocDarwinSignature: platform === 'darwin',
    ...Object.fromEntries(fuses.map(([fuse, value]) => [FuseV1Options[fuse], value])),
  });
}

# The native compute addon. cc/kernels.cc is compiled once per instruction set; cc/dispatch.cc chooses at run time.
{
  'variables': {
    'kernel_source': 'src-main/compute/native/cc/kernels.cc',
    'common_flags': ['-std=c++17', '-O3', '-fno-math-errno', '-fno-trapping-math', '-fvisibility=hidden', '-Wall', '-Wextra'],
  },
  'target_defaults': {
    'cflags_cc!': ['-fno-omit-frame-pointer', '-std=gnu++17', '-std=gnu++20'],
    'cflags!': ['-fno-omit-frame-pointer'],
    'cflags_cc': ['<@(common_flags)'],
    'xcode_settings': {
      'CLANG_CXX_LANGUAGE_STANDARD': 'c++17',
      'GCC_OPTIMIZATION_LEVEL': '3',
      'MACOSX_DEPLOYMENT_TARGET': '11.0',
      'OTHER_CPLUSPLUSFLAGS': ['-fno-math-errno', '-fno-trapping-math', '-fvisibility=hidden'],
    },
    'msvs_settings': { 'VCCLCompilerTool': { 'AdditionalOptions': ['/std:c++17', '/O2'], 'ExceptionHandling': 0 } },
  },
  'targets': [
    {
      'target_name': 'medforge_native',
      'sources': [
        'src-main/compute/native/cc/addon.cc',
      ],
      'include_dirs': ['node_modules/node-addon-api'],
      'defines': ['NAPI_VERSION=8', 'NAPI_DISABLE_CPP_EXCEPTIONS', 'NODE_ADDON_API_DISABLE_DEPRECATED'],
    },
  ],
}

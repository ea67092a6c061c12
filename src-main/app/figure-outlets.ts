import * as electron from 'electron';
import { BrowserWindow, clipboard, nativeImage } from 'electron';
import { UserError } from '../errors.js';
import type { FigureOutlets } from '../ipc/handler-context.js';

/** CSS pixels in an inch. */
const PIXELS_PER_INCH = 96;
/** Chromium refuses longer addresses. */
const LONGEST_ADDRESS = 2 * 1024 * 1024;

export const figureOutlets: FigureOutlets = {
  async pdf(svg, width, height) {
    const page =
      '<!doctype html><meta charset="utf-8">' +
      `<style>@page { size: ${width}px ${height}px; margin: 0 } html, body { margin: 0 } svg { display: block }</style>${svg}`;
    const address = `data:text/html;charset=utf-8;base64,${Buffer.from(page, 'utf8').toString('base64')}`;
    if (address.length > LONGEST_ADDRESS) {
      throw new UserError('figure-too-large', 'The figure has too many points for a PDF. Save it as SVG or PNG.');
    }
    // A page without rights: no script, no preload, nothing but the picture.
    const window = new BrowserWindow({
      show: false,
      webPreferences: { sandbox: true, contextIsolation: true, nodeIntegration: false, javascript: false },
    });
    try {
      await window.loadURL(address);
      return await window.webContents.printToPDF({
        printBackground: true,
        preferCSSPageSize: true,
        pageSize: { width: width / PIXELS_PER_INCH, height: height / PIXELS_PER_INCH },
        margins: { top: 0, bottom: 0, left: 0, right: 0 },
      });
    } finally {
      window.destroy();
    }
  },
  async copyPicture(png) {
    // The runtime for development may be older than the one that is packaged, whose clipboard is that of the web.
    const older = clipboard as { writeImage?: (image: Electron.NativeImage) => void };
    if (older.writeImage) older.writeImage(nativeImage.createFromBuffer(Buffer.from(png)));
    else
      await clipboard.write([
        new electron.ClipboardItem({ 'image/png': new Blob([Buffer.from(png)], { type: 'image/png' }) }),
      ]);
  },
  async copyText(text) {
    await clipboard.writeText(text);
  },
};

import type { IpcMain, IpcMainInvokeEvent, WebFrameMain } from 'electron';
import { UserError, windowText } from '../errors.js';
import { invokeChannels } from './channels.js';
import type { InvokeChannels } from './contract.js';
import type { ArgumentSchemas } from './schemas.js';

/** One function per channel; main may answer at once or later. */
export type Handlers = {
  readonly [K in keyof InvokeChannels]: (
    ...args: Parameters<InvokeChannels[K]>
  ) => ReturnType<InvokeChannels[K]> | Promise<ReturnType<InvokeChannels[K]>>;
};

type BareChannel = {
  readonly [K in keyof InvokeChannels]: Parameters<InvokeChannels[K]> extends [] ? K : never;
}[keyof InvokeChannels];

/** Handlers of channels that take no arguments: without any there is nothing to check, and no schema to wait for. */
export type StartupHandlers = Partial<Pick<Handlers, BareChannel>>;

/** What answers the calls. */
export interface CheckedHandlers {
  readonly handlers: Handlers;
  readonly schemas: ArgumentSchemas;
}

/** What travels back: Electron would wrap the text of a thrown error, so failures are values. */
export type Reply = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

type AnyHandler = (...args: readonly unknown[]) => unknown;

/** Where the only page of the program lives. */
export const APP_ORIGIN = 'app://medforge';

/**
 * Registers every channel of the contract. A call is answered only when it comes from the main frame of our own page and
 * its arguments pass the channel's schema.
 * @param checkedHandlers handlers and schemas; the page is loaded at the same time as they are, and calls that come first wait
 * @param startupHandlers what answers some channels before that
 * @param report is told faults of the program (not of the user), with the channel.
 */
export function registerHandlers(
  ipc: Pick<IpcMain, 'handle'>,
  checkedHandlers: Promise<CheckedHandlers>,
  report: (channel: string, error: unknown) => void,
  startupHandlers: Promise<StartupHandlers> = Promise.resolve({}),
): void {
  // Every call that waits is told of it.
  for (const promise of [checkedHandlers, startupHandlers]) promise.catch(() => undefined);
  for (const channel of Object.keys(invokeChannels) as (keyof InvokeChannels)[]) {
    ipc.handle(channel, (event, ...args: unknown[]) =>
      answer(channel, checkedHandlers, startupHandlers, event, args, report),
    );
  }
}

async function answer(
  channel: keyof InvokeChannels,
  checkedHandlers: Promise<CheckedHandlers>,
  startupHandlers: Promise<StartupHandlers>,
  event: IpcMainInvokeEvent,
  args: readonly unknown[],
  report: (channel: string, error: unknown) => void,
): Promise<Reply> {
  try {
    if (!isTrustedFrame(event.senderFrame))
      throw new UserError('ipc-sender', `${channel}: refused, not MedForge's own page.`);
    const first = args.length === 0 ? ((await startupHandlers) as Partial<Handlers>)[channel] : undefined;
    if (first) return { ok: true, value: await (first as AnyHandler)() };
    const { handlers, schemas } = await checkedHandlers;
    const checked = schemas[channel].safeParse(args);
    if (!checked.success) throw new UserError('ipc-arguments', `${channel}: ${explain(checked.error.issues)}`);
    const handler = handlers[channel] as AnyHandler;
    return { ok: true, value: await handler(...checked.data) };
  } catch (error) {
    if (error instanceof UserError) return { ok: false, message: windowText(error) };
    report(channel, error);
    const reason = error instanceof Error ? error.message : String(error);
    return { ok: false, message: `Internal error (${channel}): ${reason}. See the log of MedForge for details.` };
  }
}

/** True for the main frame of a window that shows our own page; frames that are gone, embedded or elsewhere are not. */
export function isTrustedFrame(frame: Pick<WebFrameMain, 'url' | 'parent'> | null): boolean {
  if (!frame || frame.parent !== null) return false;
  try {
    const url = new URL(frame.url);
    return `${url.protocol}//${url.host}` === APP_ORIGIN;
  } catch {
    return false;
  }
}

function explain(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  return issues
    .slice(0, 3)
    .map(({ path, message }) => (path.length > 0 ? `argument ${path.map(String).join('.')}: ${message}` : message))
    .join('; ');
}

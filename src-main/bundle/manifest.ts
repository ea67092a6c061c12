import { createHash } from 'node:crypto';
import { z } from 'zod';
import { UserError } from '../errors.js';

export const MANIFEST = 'manifest.json';
/** Bounds on a bundle that is opened. */
export const MAX_MANIFEST_BYTES = 1024 ** 2;
export const MAX_FILES = 64;
export const MAX_TOTAL_BYTES = 2 * 1024 ** 3;

const FORMAT = 'medforge-bundle-1';

/** Plain relative paths: no `..`, no absolute, no backslash, no drive, nothing hidden. */
const PATH = /^(?!.*(?:^|\/)\.)[A-Za-z0-9_.-]{1,100}(?:\/[A-Za-z0-9_.-]{1,100}){0,5}$/;

const schema = z.strictObject({
  format: z.literal(FORMAT),
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/),
  version: z.string().regex(/^\d{1,6}\.\d{1,6}\.\d{1,6}$/),
  program: z.string().max(100),
  files: z
    .array(
      z.strictObject({
        path: z.string().regex(PATH),
        bytes: z.int().min(0).max(MAX_TOTAL_BYTES),
        sha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .min(1)
    .max(MAX_FILES),
  /** SHA-256 of this manifest written without this field, so that a change of the manifest itself is noticed. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
});

export type Manifest = z.infer<typeof schema>;

export const sha256 = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

export function encodeManifest(content: Omit<Manifest, 'digest' | 'format'>): string {
  const body = { format: FORMAT, ...content };
  return toText({ ...body, digest: sha256(toText(body)) });
}

/** @throws UserError `bundle-manifest` */
export function decodeManifest(text: string, source: string): Manifest {
  const fail = (what: string): never => {
    throw new UserError('bundle-manifest', `${source} ${what}: the bundle is damaged, export the model again`);
  };
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    fail('is not JSON');
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    return fail(`is not the manifest of a MedForge bundle (${issue.path.join('.') || 'content'}: ${issue.message})`);
  }
  const { digest, ...body } = parsed.data;
  if (digest !== sha256(toText(body)) || text !== toText(parsed.data)) fail('was changed after the export');
  const paths = body.files.map(({ path }) => path);
  if (new Set(paths.map((path) => path.toLowerCase())).size !== paths.length) fail('names a file twice');
  if (body.files.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_TOTAL_BYTES) {
    fail(`lists more than ${String(MAX_TOTAL_BYTES)} bytes`);
  }
  return parsed.data;
}

function toText(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Characters that XML 1.0 does not know, lone halves of surrogate pairs among them. */
const NO_XML = /(?![\t\n\r])[\p{Cc}\p{Cs}\ufffe\uffff]/gu;

/** Text as it may stand in an element or in a quoted attribute. */
export function escapeXml(text: string): string {
  return text
    .replace(NO_XML, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

/** A hundredth of a pixel is finer than any printer. */
export const pixels = (value: number): string => String(Math.round(value * 100) / 100);

/** ` name="value"` of each attribute that is there. */
export function attributes(values: Readonly<Record<string, string | number | null | undefined>>): string {
  return Object.entries(values)
    .filter((entry): entry is [string, string | number] => entry[1] !== null && entry[1] !== undefined)
    .map(([name, value]) => ` ${name}="${typeof value === 'number' ? pixels(value) : escapeXml(value)}"`)
    .join('');
}

export interface Paint {
  /** As every SVG program reads it: a name, `#rrggbb` or `none`. */
  readonly colour: string;
  readonly opacity: number;
}

/** A colour as a style or a canvas has it. Programs beside browsers know neither `rgb(0 0 0 / 10%)` nor `#rrggbbaa` in SVG. */
export function paintOf(colour: string): Paint {
  const text = colour.trim().toLowerCase();
  if (text === 'transparent' || text === 'none' || text === '') return { colour: 'none', opacity: 1 };
  const hex = /^#([0-9a-f]{3,8})$/.exec(text)?.[1];
  if (hex) {
    const digits = hex.length < 6 ? Array.from(hex, (digit) => digit + digit).join('') : hex;
    const alpha = digits.length === 8 ? parseInt(digits.slice(6), 16) / 255 : 1;
    return { colour: `#${digits.slice(0, 6)}`, opacity: alpha };
  }
  const call = /^(rgba?|color)\((?:srgb )?([^)]*)\)$/.exec(text);
  if (!call?.[2]) return { colour: text, opacity: 1 };
  const parts = call[2].split(/[\s,/]+/).filter((part) => part !== '');
  const scale = call[1] === 'color' ? 255 : 1;
  const channel = (part: string | undefined): string => {
    const value = (part?.endsWith('%') ? parseFloat(part) * 2.55 : Number(part ?? 0) * scale) || 0;
    return Math.round(Math.min(255, Math.max(0, value)))
      .toString(16)
      .padStart(2, '0');
  };
  const alpha = parts[3] === undefined ? 1 : parseFloat(parts[3]) / (parts[3].endsWith('%') ? 100 : 1);
  return { colour: `#${channel(parts[0])}${channel(parts[1])}${channel(parts[2])}`, opacity: alpha };
}

/** `fill` or `stroke` with its opacity. */
export function paintAttributes(name: 'fill' | 'stroke', colour: string, alpha = 1): string {
  const paint = paintOf(colour);
  const opacity = paint.opacity * alpha;
  return attributes({
    [name]: paint.colour,
    [`${name}-opacity`]: opacity < 1 && paint.colour !== 'none' ? opacity : null,
  });
}

import { z } from 'zod';

/** One setting of a method as a door can ask for it. */
export interface SettingOption {
  /** As in the settings: `outlierCut`. */
  readonly name: string;
  readonly description: string;
  readonly default: string | number | boolean;
  /** The values that it may have; null: any number. A switch has none of its own: it is on or off. */
  readonly choices: readonly string[] | null;
}

interface Property {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
}

/** The settings of a schema, in its order. @throws TypeError for one without a default, or of a kind that no door can ask for */
export function settingOptions(schema: z.ZodType): SettingOption[] {
  const { properties } = z.toJSONSchema(schema, { io: 'input' }) as { properties: { [name: string]: Property } };
  return Object.entries(properties).map(([name, { description = '', default: value, enum: choices = null }]) => {
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') {
      throw new TypeError(`setting ${name} must have a default that is a word, a number or a switch`);
    }
    return { name, description, default: value, choices };
  });
}

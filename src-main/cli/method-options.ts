import { Option, type Command } from 'commander';
import { UserError } from '../errors.js';
import type { RegisteredMethod } from '../search/methods/registry.js';
import type { SettingOption } from '../search/methods/setting-options.js';

const flag = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Adds an option for every setting of every method; a name that several methods have is one option. */
export function addMethodOptions(command: Command, methods: readonly RegisteredMethod[]): Command {
  const names = new Set(methods.flatMap(({ options }) => options.map(({ name }) => name)));
  for (const name of names) {
    const owners = methods.filter(({ options }) => options.some((option) => option.name === name));
    const setting = owners[0]!.options.find((option) => option.name === name)!;
    const ids = owners.map(({ id }) => id).join(', ');
    const what = `${ids}: ${setting.description} (default: ${shown(setting.default)})`;
    if (typeof setting.default !== 'boolean') {
      const option = new Option(`--${flag(name)} <value>`, what);
      command.addOption(setting.choices ? option.choices(setting.choices) : option.argParser(Number));
      continue;
    }
    command
      .addOption(new Option(`--${flag(name)}`, what))
      .addOption(new Option(`--no-${flag(name)}`, `${ids}: switch this off`));
  }
  return command;
}

/**
 * The settings that were given on the command line, for the method that was chosen.
 * @param given the options of the command by name  @throws UserError `search-setting` for a setting of another method
 */
export function methodSettings(
  method: RegisteredMethod,
  methods: readonly RegisteredMethod[],
  given: { readonly [name: string]: unknown },
  asPublished: boolean,
): object {
  const own = new Set(method.options.map(({ name }) => name));
  const all = methods.flatMap(({ options }) => options.map(({ name }) => name));
  const chosen = [...new Set(all)].filter((name) => given[name] !== undefined);
  const foreign = chosen.find((name) => !own.has(name));
  if (foreign !== undefined) {
    throw new UserError('search-setting', `--${flag(foreign)} is not a setting of ${method.id}: remove it`);
  }
  if (asPublished && !method.published) {
    throw new UserError('search-setting', `${method.id} is always as published: remove --as-published`);
  }
  return { ...(asPublished ? method.published : {}), ...Object.fromEntries(chosen.map((name) => [name, given[name]])) };
}

function shown(value: SettingOption['default']): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

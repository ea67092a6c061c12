import { describe, expect, it, vi } from 'vitest';

vi.mock('electron', () => ({ Menu: {} }));
const { contextMenuTemplate } = await import('../../../src-main/app/context-menu.js');

const flags = {
  canUndo: true,
  canRedo: false,
  canCut: false,
  canCopy: false,
  canPaste: true,
  canDelete: false,
  canSelectAll: true,
};
const roles = (isEditable: boolean, selectionText: string): string[] =>
  contextMenuTemplate({ isEditable, selectionText, editFlags: flags as never }).flatMap(({ role, enabled }) =>
    role === undefined ? [] : [`${role}${enabled === false ? ' (off)' : ''}`],
  );

describe('right click', () => {
  it.each([
    ['in a field', true, '', ['undo', 'redo (off)', 'cut (off)', 'copy (off)', 'paste', 'delete (off)', 'selectAll']],
    ['on selected text', false, 'some words', ['copy']],
    ['elsewhere', false, ' ', []],
  ])('%s', (_, isEditable, text, expected) => expect(roles(isEditable, text)).toEqual(expected));
});

import { expect, it } from 'vitest';
import { foreseen } from '../../../src-renderer/logic/dropped.js';

it.each([
  [[''], null, true, 'Drop to add, import or verify'],
  [['', ''], 'M', true, 'Drop to add, import or verify'],
  [['application/zip'], null, true, 'Drop to add, import or verify'],
  [['image/png'], 'M', true, 'Try this image'],
  [['application/dicom'], 'M', true, 'Try this image'],
  [['image/jpeg'], null, false, 'Open a model first'],
  [['image/png', 'image/png'], 'M', false, 'One image at a time'],
  [['image/gif'], 'M', false, 'An image of this type is not a dataset'],
  [['application/pdf'], 'M', false, 'A PDF document is not a dataset'],
  [['', 'text/csv'], null, false, 'A table is not a dataset'],
  [['font/woff'], null, false, 'A file of this type is not a dataset'],
])('%j over model %s: good %s, %s', (types, model, good, title) => {
  expect(foreseen(types, model)).toMatchObject({ good, title });
});

import { catalogue, fileName } from '../datasets/catalogue.js';
import { identityText } from '../datasets/identity.js';
import type { ModelDescription } from '../training/model-file.js';

/** LICENSE of the bundle. */
export function bundleLicence(): string {
  return `The files of this bundle, network weights included, are made available under the Apache License, Version 2.0
(SPDX-License-Identifier: Apache-2.0). The text of the licence is at https://www.apache.org/licenses/LICENSE-2.0

They are distributed on an "AS IS" basis, without warranties or conditions of any kind, either express or implied.

The network was trained on data with its own licence, see docs/data_license.txt. If that licence restricts the use of
work derived from the data, the restriction also applies to this network.
`;
}

/** docs/data_license.txt */
export function dataLicence({ dataset, size }: ModelDescription): string {
  const entry = catalogue().find(({ id }) => id === dataset.catalogueId);
  const proved = dataset.identity === 'official' || dataset.identity === 'same-contents';
  const lines = [
    `Dataset: ${dataset.name}`,
    `What it is: ${identityText({ ...dataset, size })}.`,
    `Licence: ${dataset.licence ?? 'unknown; ask the person who gave you the data'}`,
  ];
  if (dataset.synthetic) lines.push('The images are synthetic: drawn by a program, of no patient.');
  if (entry && proved) {
    const changes =
      dataset.identity === 'official' ? 'none' : `none to pixels and labels of ${fileName(entry, size)}; packed anew`;
    lines.push(
      'Source: MedMNIST v2, Yang et al., "MedMNIST v2 - A large-scale lightweight benchmark for 2D and 3D biomedical image',
      `classification", Scientific Data 10, 41 (2023). Changes: ${changes}. MedMNIST is not intended for clinical use.`,
    );
  }
  if (/\bNC\b/.test(dataset.licence ?? '')) {
    lines.push(
      'This licence forbids commercial use of the data. Seek legal advice before any commercial use of the network.',
    );
  }
  lines.push('This bundle contains no image of the dataset.');
  return `${lines.join('\n')}\n`;
}

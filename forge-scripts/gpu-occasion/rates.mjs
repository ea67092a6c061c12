/** What the card itself can do, and how near single shaders come. */

import { filled, timed } from '../../src-main/compute/gpu/rates.ts';
import {
  convolution,
  forwardGroups,
  inputGradient,
  inputGradientGroups,
  keyOf,
} from '../../src-main/compute/gpu/shaders/convolution.ts';
import { filterGradient, filterGradientGroups, partsOf } from '../../src-main/compute/gpu/shaders/filter-gradient.ts';

export async function kernelRates(backend, tiny) {
  const rows = [];
  const cases = tiny
    ? [[2, 8, 4]]
    : [
        [32, 28, 16],
        [32, 14, 32],
        [32, 7, 64],
        [128, 28, 16],
        [128, 14, 32],
        [128, 7, 64],
      ];
  for (const [images, size, channels] of cases) {
    const shape = {
      images,
      height: size,
      width: size,
      from: channels,
      outHeight: size,
      outWidth: size,
      to: channels,
      stride: 1,
      filters: 4,
      relu: true,
    };
    const numbers = images * size * size * channels;
    const x = filled(backend, numbers * 4);
    const z = filled(backend, 3 * numbers * 4);
    const dx = filled(backend, 3 * numbers * 4);
    for (const side of [7, 3, 1]) {
      const filter = filled(backend, 6 * side * side * channels * channels * 4);
      const flop = 2 * images * size * size * channels * channels * side * side * 3;
      const parts = [x, filter, filter, filter, filter].map((buffer) => backend.whole(buffer));
      const jobs = [0, 1, 2].flatMap((i) => [side, 0, i * side * side * channels * channels, i * numbers]);
      const forward = await timed(backend, () =>
        backend.dispatch(
          backend.program(`convolution ${keyOf(shape)}`, () => convolution(shape)),
          [...parts, backend.whole(z)],
          forwardGroups(shape, 3),
          jobs,
        ),
      );
      const back = await timed(backend, () =>
        backend.dispatch(
          backend.program(`input gradient, split ${keyOf(shape)}`, () => inputGradient(shape, true)),
          [backend.whole(z), ...parts.slice(1), backend.whole(dx)],
          inputGradientGroups(shape, 3),
          jobs,
        ),
      );
      const filters = { ...shape, sources: 3 };
      const partial = backend.acquire(3 * partsOf(filters) * side * side * channels * channels * 4);
      const gradient = await timed(backend, () =>
        backend.dispatch(
          backend.program(`filter gradient ${keyOf(filters)}`, () => filterGradient(filters)),
          [parts[0], parts[0], parts[0], backend.whole(z), backend.whole(partial)],
          filterGradientGroups(filters, side, 3),
          [0, 1, 2].flatMap((i) => [side, 0, i * numbers, i * partsOf(filters) * side * side * channels * channels]),
        ),
      );
      backend.release(partial);
      backend.release(filter);
      const tera = (seconds) => Number((flop / seconds / 1e12).toFixed(3));
      rows.push({
        images,
        size,
        channels,
        side,
        edges: 3,
        forward_us: forward * 1e6,
        input_us: back * 1e6,
        filter_us: gradient * 1e6,
        forward_tflops: tera(forward),
        input_tflops: tera(back),
        filter_tflops: tera(gradient),
      });
    }
    for (const buffer of [x, z, dx]) backend.release(buffer);
  }
  return rows;
}

const ROUNDS = 20;

/**
 * Orthonormal directions in which vectors vary most, by subspace iteration on their covariance. Any orthonormal directions would
 * bring no two vectors further apart; these keep most apart.
 * @param vectors row-major, rows × width  @param wanted directions, at most `width`
 * @returns row-major, wanted × width; a direction in which nothing varies may be 0
 */
export function mainDirections(vectors: Float32Array, width: number, wanted: number): Float64Array {
  const covariance = covarianceOf(vectors, width);
  const byVariance = Array.from({ length: width }, (_, k) => k).sort(
    (a, b) => covariance[b * width + b]! - covariance[a * width + a]! || a - b,
  );
  let directions = new Float64Array(wanted * width);
  for (let d = 0; d < wanted; d++) directions[d * width + byVariance[d]!] = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const next = new Float64Array(wanted * width);
    for (let d = 0; d < wanted; d++) {
      for (let a = 0; a < width; a++) {
        let sum = 0;
        for (let b = 0; b < width; b++) sum += covariance[a * width + b]! * directions[d * width + b]!;
        next[d * width + a] = sum;
      }
    }
    orthonormalise(next, width, wanted);
    directions = next;
  }
  return directions;
}

function covarianceOf(vectors: Float32Array, width: number): Float64Array {
  const rows = vectors.length / width;
  const mean = new Float64Array(width);
  vectors.forEach((value, p) => (mean[p % width]! += value / rows));
  const covariance = new Float64Array(width * width);
  const centred = new Float64Array(width);
  for (let row = 0; row < rows; row++) {
    for (let a = 0; a < width; a++) centred[a] = vectors[row * width + a]! - mean[a]!;
    for (let a = 0; a < width; a++) {
      for (let b = 0; b <= a; b++) covariance[a * width + b]! += centred[a]! * centred[b]!;
    }
  }
  for (let a = 0; a < width; a++) for (let b = 0; b < a; b++) covariance[b * width + a] = covariance[a * width + b]!;
  return covariance;
}

/** Gram and Schmidt, twice, because once leaves what rounding brought. */
function orthonormalise(rows: Float64Array, width: number, count: number): void {
  for (let d = 0; d < count; d++) {
    const own = rows.subarray(d * width, (d + 1) * width);
    const before = Math.sqrt(product(own, own));
    for (let again = 0; again < 2; again++) {
      for (let e = 0; e < d; e++) {
        const other = rows.subarray(e * width, (e + 1) * width);
        const along = product(own, other);
        for (let a = 0; a < width; a++) own[a]! -= along * other[a]!;
      }
    }
    const length = Math.sqrt(product(own, own));
    const scale = length > 1e-9 * before && length > 0 ? 1 / length : 0;
    for (let a = 0; a < width; a++) own[a]! *= scale;
  }
}

function product(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k]! * b[k]!;
  return sum;
}

/** A dataset of random images in random classes. @param random a generator of the engine  @param count images of the training set */
export function randomDataset(random, { count, size, channels, classes }) {
  const part = (images) => {
    const pixels = Uint8Array.from({ length: images * size * size * channels }, () => random.integer(256));
    const values = Uint8Array.from({ length: images }, () => random.integer(classes));
    return {
      images: { count: images, height: size, width: size, channels, pixels },
      labels: { count: images, labelsPerImage: 1, values },
    };
  };
  return {
    task: 'multi-class',
    classes,
    size,
    channels,
    horizontalFlip: true,
    parts: { train: part(count), val: part(1), test: part(1) },
  };
}

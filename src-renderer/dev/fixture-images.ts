import type { ImagePage, ImageQuestion, ShownImage } from '../../src-main/ipc/contract.js';

/** Made-up images behind a figure. @param pictures PNG data URLs */
export function imagePage({ from, count }: ImageQuestion, pictures: readonly string[]): ImagePage {
  const total = 76;
  const picture = (i: number): string => pictures[i % pictures.length] ?? '';
  const image = (place: number): ShownImage => {
    const probability = 0.985 * Math.exp(-place / 110);
    return {
      index: (place * 37) % 156,
      image: picture(place),
      truth: [0],
      said: [1],
      subject: 1,
      probability,
      probabilities: [1 - probability, probability],
      twinCount: place % 5 === 2 ? 2 : 0,
      twins:
        place % 5 === 2
          ? [
              {
                part: 'train',
                index: 481,
                image: picture(place),
                truth: [1],
                correlation: 1,
                identical: true,
                otherLabel: true,
              },
              {
                part: 'val',
                index: 18,
                image: picture(place),
                truth: [0],
                correlation: 0.9986,
                identical: false,
                otherLabel: false,
              },
            ]
          : [],
      activation: {
        ...{ height: 7, width: 7 },
        maps: [1, -1].map((sign) =>
          Array.from(
            { length: 49 },
            (_, i) =>
              sign * (3 * Math.exp(-(((i % 7) - 2 - (place % 3)) ** 2 + (Math.floor(i / 7) - 3) ** 2) / 3) - 0.7),
          ),
        ),
      },
    };
  };
  return {
    sentence: `${total} of 114 "malignant" test images classified as "normal, benign", most confident first`,
    labels: ['malignant', 'normal, benign'],
    from,
    total,
    images: Array.from({ length: Math.min(count, total - from) }, (_, i) => image(from + i)),
  };
}

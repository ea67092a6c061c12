/** What the window calls things, explained where they stand: one or two sentences each, and where the word comes from. */
export interface Entry {
  readonly word: string;
  readonly text: string;
  readonly source?: string;
}

const PAPER = 'ZO-DARTS++, arXiv 2503.06092';

export const GLOSSARY = {
  budget: {
    word: 'Budget',
    text: 'How many parameters the final network may have. An upper limit is kept, not aimed at: the search may stay below it, because a smaller network that is as good is better.',
    source: PAPER,
  },
  parameters: {
    word: 'Parameters',
    text: 'The numbers that a network learns. Counted for the network that is trained in the end: only edges that lead to its output, with the scale and shift of batch normalisation.',
  },
  macs: {
    word: 'MACs',
    text: 'Multiply-accumulate operations to classify one image: a measure of computing time that does not depend on the machine.',
  },
  supernet: {
    word: 'Supernet',
    text: 'One network that holds every network of the search space, with shared weights. It is trained once, instead of each network by itself.',
    source: 'Liu et al., DARTS, ICLR 2019',
  },
  temperature: {
    word: 'Temperature T',
    text: 'Divides the architecture parameters before they become probabilities. It falls during a search: at first many choices share the probability, at the end one of them takes it.',
    source: PAPER,
  },
  phase: {
    word: 'Phase',
    text: 'A search has two. In the first, convolutions are 7×7 and all cells are used; in the second the supernet grows, and kernel sizes and the number of cells are searched too.',
    source: PAPER,
  },
  sparsemax: {
    word: 'Sparsemax',
    text: 'Turns numbers into probabilities as softmax does, but gives exactly 0 to choices that are clearly worse. What has probability 0 is not computed.',
    source: 'Martins and Astudillo, ICML 2016',
  },
  support: {
    word: 'Support',
    text: 'The choices whose probability is above 0. A support of one choice means that the search has decided there.',
    source: 'Martins and Astudillo, ICML 2016',
  },
  'kernel-variable': {
    word: 'Kernel-variable convolution',
    text: 'A convolution whose kernel size (3×3, 5×5 or 7×7) is searched together with the operation. On an edge, both factors count: that it is a convolution, and which size.',
    source: PAPER,
  },
  race: {
    word: 'Race',
    text: 'Trains what the search proposes beside random networks of the same budget and hand-made ones, all by the same recipe and judged on the same images, so that the result can be compared with chance.',
  },
  auc: {
    word: 'AUC',
    text: 'The probability that the network gives a random image with the finding a higher score than one without. 0.5 is guessing, 1 is perfect; it does not depend on a threshold. With several classes: the mean over them, each against all others.',
    source: 'Hanley and McNeil, Radiology 1982',
  },
  interval: {
    word: 'Interval (±)',
    text: 'A 95 % interval: were the images drawn again from the same kind of patients, such intervals would contain the true value 95 times of 100. Two results whose intervals overlap much may differ by chance alone.',
  },
  accuracy: {
    word: 'Accuracy',
    text: 'The share of images that are classified correctly. Where one class is frequent, always naming it gives a high accuracy and finds nothing: compare it with majority vote.',
  },
  'balanced-accuracy': {
    word: 'Balanced accuracy',
    text: 'The mean of the sensitivities of all classes, so that a rare class counts as much as a frequent one. Guessing gives 1 divided by the number of classes.',
    source: 'Brodersen et al., ICPR 2010',
  },
  sensitivity: {
    word: 'Sensitivity and specificity',
    text: 'Sensitivity: the share of images with the finding that are recognised. Specificity: the share of images without it that are left alone. Moving the threshold trades one for the other.',
    source: 'Altman and Bland, BMJ 1994',
  },
  ece: {
    word: 'ECE',
    text: 'Expected calibration error: how far, on average, the stated probability lies from the share that is right. 0 means that of all answers with 80 % about 80 % are right.',
    source: 'Naeini et al., AAAI 2015',
  },
  brier: {
    word: 'Brier score',
    text: 'The mean squared distance between the stated probabilities and what was true; 0 is perfect. It punishes wrong order and wrong confidence together.',
    source: 'Brier, Monthly Weather Review 1950',
  },
  seed: {
    word: 'Seed',
    text: 'The number that everything random follows from. The same seed gives the same bits again; several seeds show how much of a result is chance.',
  },
  epoch: {
    word: 'Epoch',
    text: 'One pass through all training images.',
  },
  channels: {
    word: 'Channels',
    text: 'How many feature maps the first stage has; the second stage has twice as many, the third four times. Parameters grow with their square.',
  },
  cells: {
    word: 'Cells',
    text: 'A stage is a chain of equal cells; how many of them are kept is searched. A cell is a small graph of operations between four nodes.',
    source: 'Liu et al., DARTS, ICLR 2019',
  },
  genotype: {
    word: 'Genotype',
    text: 'The architecture that was found, written down: for each stage the number of cells and the operation on every edge.',
    source: 'Liu et al., DARTS, ICLR 2019',
  },
} as const satisfies { readonly [name: string]: Entry };

export type TermName = keyof typeof GLOSSARY;

export const explained = (term: TermName): Entry => GLOSSARY[term];

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
    text: 'The number of parameters the final network may have. The upper limit is a limit, not a target: the search may stay below it, because a smaller network that is equally good is better.',
    source: PAPER,
  },
  parameters: {
    word: 'Parameters',
    text: 'The numbers that a network learns. Counted for the final network: only edges that lead to its output, including the scale and shift of batch normalisation.',
  },
  macs: {
    word: 'MACs',
    text: 'Multiply-accumulate operations to classify one image: a measure of computing time that does not depend on the machine.',
  },
  supernet: {
    word: 'Supernet',
    text: 'One network that contains every network of the search space, with shared weights. It is trained once instead of training each network separately.',
    source: 'Liu et al., DARTS, ICLR 2019',
  },
  temperature: {
    word: 'Temperature T',
    text: 'Divides the architecture parameters before they are turned into probabilities. It falls during a search: at first the probability is spread over many choices, at the end it concentrates on one.',
    source: PAPER,
  },
  phase: {
    word: 'Phase',
    text: 'A search has two phases. In the first, all convolutions are 7×7 and all cells are used. In the second, the supernet grows, and kernel sizes and the number of cells are searched as well.',
    source: PAPER,
  },
  sparsemax: {
    word: 'Sparsemax',
    text: 'Turns numbers into probabilities like softmax, but assigns exactly 0 to choices that are clearly worse. Choices with probability 0 are not computed.',
    source: 'Martins and Astudillo, ICML 2016',
  },
  support: {
    word: 'Support',
    text: 'The choices with a probability above 0. If only one choice is left, the search has decided.',
    source: 'Martins and Astudillo, ICML 2016',
  },
  'kernel-variable': {
    word: 'Kernel-variable convolution',
    text: 'A convolution whose kernel size (3×3, 5×5 or 7×7) is searched together with the operation. The probability on an edge is a product of two factors: that it is a convolution, and its kernel size.',
    source: PAPER,
  },
  race: {
    word: 'Race',
    text: 'Trains the networks that the search proposes alongside random networks within the same budget and hand-designed networks. All are trained with the same recipe and compared on the same images, so that the result can be compared with chance.',
  },
  auc: {
    word: 'AUC',
    text: 'The probability that the network gives a random image with the finding a higher score than one without. 0.5 is guessing, 1 is perfect. It does not depend on a threshold. With several classes: the mean over the classes, each against all others.',
    source: 'Hanley and McNeil, Radiology 1982',
  },
  interval: {
    word: 'Interval (±)',
    text: 'A 95 % interval: if the images were drawn again and again from the same patient population, such intervals would contain the true value 95 times out of 100. Two results whose intervals overlap widely may differ by chance alone.',
  },
  accuracy: {
    word: 'Accuracy',
    text: 'The share of images that are classified correctly. If one class is frequent, always predicting it gives a high accuracy and detects nothing: compare it with the majority class.',
  },
  'balanced-accuracy': {
    word: 'Balanced accuracy',
    text: 'The mean of the sensitivities of all classes, so that a rare class counts as much as a frequent one. Guessing gives 1 divided by the number of classes.',
    source: 'Brodersen et al., ICPR 2010',
  },
  sensitivity: {
    word: 'Sensitivity and specificity',
    text: 'Sensitivity: the share of images with the finding that are detected. Specificity: the share of images without the finding that are recognised as such. Moving the threshold trades one for the other.',
    source: 'Altman and Bland, BMJ 1994',
  },
  ece: {
    word: 'ECE',
    text: 'Expected calibration error: the average difference between the predicted probability and the observed share of correct predictions. 0 means that of all predictions made with 80 %, about 80 % are correct.',
    source: 'Naeini et al., AAAI 2015',
  },
  brier: {
    word: 'Brier score',
    text: 'The mean squared difference between the predicted probabilities and the truth; 0 is perfect. It penalises both wrong ranking and wrong confidence.',
    source: 'Brier, Monthly Weather Review 1950',
  },
  seed: {
    word: 'Seed',
    text: 'The number that determines everything random in a run. The same seed gives exactly the same result again; several seeds show how much of a result is chance.',
  },
  epoch: {
    word: 'Epoch',
    text: 'One pass through all training images.',
  },
  channels: {
    word: 'Channels',
    text: 'The number of feature maps in the first stage; the second stage has twice as many, the third four times as many. The number of parameters grows with their square.',
  },
  cells: {
    word: 'Cells',
    text: 'A stage is a chain of identical cells; the search determines how many are kept. A cell is a small graph of operations between four nodes.',
    source: 'Liu et al., DARTS, ICLR 2019',
  },
  genotype: {
    word: 'Genotype',
    text: 'The description of the architecture found: the number of cells of each stage and the operation on every edge.',
    source: 'Liu et al., DARTS, ICLR 2019',
  },
} as const satisfies { readonly [name: string]: Entry };

export type TermName = keyof typeof GLOSSARY;

export const explained = (term: TermName): Entry => GLOSSARY[term];

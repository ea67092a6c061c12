import type { Section } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { annex, WRITE } from './checklist.js';

/** Mongan, Moy and Kahn 2020, as far as a program can answer it. */
export function claim({ search, siblings, evidence }: ModelFacts): Section {
  const found = search ? 'Method, with settings, race and verdict.' : 'Method: designed by hand.';
  return annex(
    'CLAIM',
    'Mongan, Moy and Kahn, Checklist for Artificial Intelligence in Medical Imaging, Radiology: Artificial Intelligence 2020;2(2):e200029, whose numbers stand here; the update of 2024 (Tejani et al., 2024;6(4):e240300) numbers anew and says reference standard for ground truth.',
    [
      ['1', 'Title that names the kind of AI', WRITE],
      ['2', 'Structured abstract', `First page for the figures; the rest ${WRITE}`],
      ['3', 'Background, intended use, clinical role', WRITE],
      ['4', 'Objectives and hypotheses', WRITE],
      ['5', 'Prospective or retrospective', WRITE],
      ['6', 'Goal of the study', `Development of a model and its first evaluation; ${WRITE}`],
      ['7', 'Sources of the data', `Name, hash and licence under Data; origin ${WRITE}`],
      ['8', 'Eligibility', WRITE],
      ['9', 'Preprocessing', `By MedForge: pixels scaled to −1..1. Before that ${WRITE}`],
      ['10', 'Selection of subsets of the data', `None by MedForge; before that ${WRITE}`],
      ['11', 'Definitions of data elements', `Classes under Question; definitions ${WRITE}`],
      ['12', 'De-identification', WRITE],
      ['13', 'Missing data', 'The file format has none.'],
      ['14', 'Definition of the reference standard', WRITE],
      ['15', 'Why this reference standard', WRITE],
      ['16', 'Who annotated, with which qualification', WRITE],
      ['17', 'Annotation tools', WRITE],
      ['18', 'Variability of annotators', WRITE],
      ['19', 'Intended sample size', WRITE],
      ['20', 'How the sets were assigned', `As in the file; counts under Data. How they were made ${WRITE}`],
      [
        '21',
        'Level at which sets are disjoint',
        'problem' in evidence.dataset || !evidence.dataset.health
          ? WRITE
          : evidence.dataset.health.patients
            ? 'Patients in several sets, and similar images, were counted (Data).'
            : `Similar images were counted (Data); by patient ${WRITE}`,
      ],
      ['22', 'The model in detail', 'Method (architecture); the bundle contains the network.'],
      ['23', 'Software', 'Versions and hashes.'],
      ['24', 'Initialisation of parameters', 'From scratch, drawn from the seed (Method).'],
      ['25', 'Training in detail', 'Method (recipe).'],
      [
        '26',
        'How the final model was selected',
        `${found} ${siblings.length > 1 ? 'This report is about the requested seed.' : 'One seed was trained.'}`,
      ],
      ['27', 'Ensembling', 'None.'],
      ['28', 'Metrics of performance', 'Results, Operating point, Calibration.'],
      ['29', 'Statistical uncertainty', 'Intervals of 95 %; how they are made under Results.'],
      [
        '30',
        'Robustness and sensitivity analysis',
        siblings.length > 1 ? `Seeds under Method; otherwise ${WRITE}` : WRITE,
      ],
      ['31', 'Explainability', `The window shows class activation maps; in this report ${WRITE}`],
      ['32', 'Validation on external data', `None. ${WRITE}`],
      ['33', 'Flow of participants or images', `Images of each set under Data; exclusions ${WRITE}`],
      ['34', 'Characteristics by set', `Class frequencies under Data; demography ${WRITE}`],
      ['35', 'Performance on all sets', 'Results: validation and test sets.'],
      ['36', 'Diagnostic accuracy with its precision', 'First page, Results, Operating point.'],
      ['37', 'Failure analysis', `Counts under Errors; their causes ${WRITE}`],
      ['38', 'Limitations', `What this report cannot say; others ${WRITE}`],
      ['39', 'Implications for practice', WRITE],
      ['40', 'Registration', WRITE],
      ['41', 'Where the protocol is', `How to reproduce it; a protocol ${WRITE}`],
      ['42', 'Funding', WRITE],
    ],
  );
}

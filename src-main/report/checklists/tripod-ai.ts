import { diagnosticsOf } from '../evidence.js';
import type { Section } from '../document.js';
import type { ModelFacts } from '../facts.js';
import { annex, WRITE } from './checklist.js';

/** Collins et al. 2024, as far as a program can answer it. */
export function tripodAi(facts: ModelFacts): Section {
  const diagnostics = diagnosticsOf(facts.evidence);
  const balanced = facts.run.config.classWeighting
    ? 'Classes were weighted (Method).'
    : 'Not corrected for; counts under Data, figures of each class under Errors.';
  return annex('TRIPOD+AI', 'Collins et al., TRIPOD+AI statement, BMJ 2024;385:e078378.', [
    ['1', 'Title that names the model, population and outcome', WRITE],
    ['2', 'Structured abstract', `First page for the figures; the rest ${WRITE}`],
    ['3a', 'Clinical setting, reasons for the model, existing models', WRITE],
    ['3b', 'Target population, care pathway and intended users', WRITE],
    ['3c', 'Known health inequalities in this field', WRITE],
    [
      '4',
      'Aims: to develop, to evaluate, or both',
      'Development, and evaluation on a test set of the same dataset (Data).',
    ],
    ['5a', 'Source of the data, and what it represents', `Name, hash and licence under Data; origin ${WRITE}`],
    ['5b', 'Dates of the data', WRITE],
    ['6a', 'Setting, number and place of centres', WRITE],
    ['6b', 'Eligibility criteria', WRITE],
    ['6c', 'Treatments received', WRITE],
    [
      '7',
      'Preparation and quality checks of the data',
      'Data (identical images, counts); pixels are scaled to −1..1 inside the network.',
    ],
    ['8a', 'What is predicted, and how it was assessed', `Classes under Question; assessment ${WRITE}`],
    ['8b', 'Who assessed it, with what qualifications', WRITE],
    ['8c', 'Whether the assessors were blinded', WRITE],
    ['9a', 'Choice of predictors', 'The image alone.'],
    ['9b', 'Definition and measurement of predictors', `Size and channels under Question; devices ${WRITE}`],
    ['9c', 'Who measured the predictors, if judgement is needed', WRITE],
    ['10', 'Rationale for the sample size', `Counts under Data; a calculation ${WRITE}`],
    ['11', 'Missing data', 'The file format has none: every image has its pixels and its label.'],
    ['12a', 'How the data was used, and split', 'Data.'],
    ['12b', 'How predictors were handled', 'Pixels unchanged, augmented in training (Method).'],
    ['12c', 'Kind of model, how it was built and tuned', 'Method, with search, race and recipe.'],
    ['12d', 'Differences between clusters, such as hospitals', `Not recorded in the file; ${WRITE}`],
    ['12e', 'Measures of performance', 'Results, Operating point, Calibration.'],
    ['12f', 'Updating of the model', 'None.'],
    ['12g', 'How predictions are computed', 'How to reproduce it; the bundle contains the network.'],
    ['13', 'Class imbalance', balanced],
    ['14', 'Fairness', `Not measured: the file records no groups. ${WRITE}`],
    [
      '15',
      'Output of the model, and thresholds',
      diagnostics?.operatingPoint
        ? 'Operating point, with its rule.'
        : 'A probability for each class; no operating point is chosen (Operating point).',
    ],
    ['16', 'Differences between development and evaluation data', `Splits of one dataset (Data); otherwise ${WRITE}`],
    ['17', 'Ethical approval and consent', WRITE],
    ['18a', 'Funding', WRITE],
    ['18b', 'Conflicts of interest', WRITE],
    ['18c', 'Protocol', WRITE],
    ['18d', 'Registration', WRITE],
    ['18e', 'Availability of the data', `Hash and licence under Data; where to get it ${WRITE}`],
    [
      '18f',
      'Availability of the code',
      'MedForge, in the version under Versions and hashes; commands under How to reproduce it.',
    ],
    ['19', 'Patient and public involvement', WRITE],
    ['20a', 'Flow of participants', `Images of each set under Data; participants ${WRITE}`],
    ['20b', 'Characteristics of participants', WRITE],
    ['20c', 'Development and evaluation data compared', `Class frequencies of the sets under Data; the rest ${WRITE}`],
    ['21', 'Participants and outcomes in each analysis', 'Data and Errors, in images.'],
    ['22', 'The model in full', 'Method (architecture); weights by their hash under Versions and hashes.'],
    [
      '23a',
      'Performance with intervals',
      'First page, Results, Operating point, Calibration. Groups: not recorded in the file.',
    ],
    ['23b', 'Differences in performance between clusters', 'Not recorded in the file.'],
    ['24', 'Results of updating', 'None.'],
    ['25', 'Interpretation, fairness included', WRITE],
    ['26', 'Limitations', `What this report cannot say; others ${WRITE}`],
    ['27a', 'Handling of poor or missing input in use', WRITE],
    ['27b', 'User interaction and expertise required', WRITE],
    ['27c', 'Next research steps, use in other settings', WRITE],
  ]);
}

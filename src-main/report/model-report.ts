import { claim } from './checklists/claim.js';
import { tripodAi } from './checklists/tripod-ai.js';
import type { Report } from './document.js';
import type { ModelFacts } from './facts.js';
import { calibration } from './sections/calibration.js';
import { data } from './sections/data.js';
import { limits } from './sections/limits.js';
import { method } from './sections/method.js';
import { opening } from './sections/opening.js';
import { operatingPoint } from './sections/operating-point.js';
import { repeat, versions } from './sections/provenance.js';
import { question } from './sections/question.js';
import { errors, results } from './sections/results.js';

/** What is to be said of a model, for people who decide about it. Same facts, same report. */
export function modelReport(facts: ModelFacts): Report {
  const { summary } = facts.model;
  return {
    title: summary.name,
    subtitle: `Report of a model: seed ${summary.seed}, trained on ${summary.dataset}`,
    createdAt: facts.maker.createdAt,
    program: `MedForge ${facts.maker.version}`,
    opening: opening(facts),
    sections: [
      question(facts),
      data(facts),
      method(facts),
      results(facts),
      errors(facts),
      operatingPoint(facts),
      calibration(facts),
      limits(facts),
      versions(facts),
      repeat(facts),
      tripodAi(facts),
      claim(facts),
    ],
  };
}

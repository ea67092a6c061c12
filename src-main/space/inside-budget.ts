import type { Budget } from '../vocabulary/budget.js';

export function insideBudget(budget: Budget, parameters: number): boolean {
  return budget.lower <= parameters && parameters <= budget.upper;
}

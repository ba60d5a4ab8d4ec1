import type { SystemSpec } from '../../spec/system.ts';
import { refinement } from '../engine/finding.ts';
import type { Counterexample } from '../engine/counterexample.ts';
import { eventText } from './event-text.ts';
import { toldSteps, type ToldSteps } from './told-steps.ts';

/**
 * What went wrong, in a line: the summary of the property; for refinement, the first word that differs, as the table
 * puts it: `eoir: phys active {p40}, must be phys active {}`.
 */
export function whatWentWrong(
  found: Counterexample,
  spec: SystemSpec,
  told: ToldSteps = toldSteps(found, spec),
): string {
  const last = found.steps.at(-1);
  const wrong = told.reset ?? told.steps.at(-1);
  if (found.property !== refinement || wrong === undefined || wrong.observed.length === 0) return found.summary;
  const where = told.reset || !last ? 'after reset' : eventText(spec, last.event, found.case.config);
  const more = wrong.observed.length - 1;
  return `${where}: ${wrong.observed[0]}, must be ${wrong.allowed[0]}${more === 0 ? '' : `, and ${more} more`}`;
}

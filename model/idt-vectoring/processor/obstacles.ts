import { match } from 'ts-pattern';
import { Part } from '../part.ts';
import type { IdtVectoringState as State, Obstacle } from '../state.ts';
import type { Attempt } from './delivery.ts';

/** What lies in the way of a delivery; each obstacle is met once. */
export class Obstacles extends Part {
  meet(state: State, attempt: Attempt, obstacle: Obstacle): State {
    const { environment, nestedFaults } = this.parts;
    const raised = (vector: 11 | 12 | 13 | 14 | 17): State =>
      nestedFaults.raise(state, attempt, nestedFaults.fault(attempt.event, vector));
    const found = (vector: 11 | 12 | 13 | 14 | 17): State =>
      environment.findByEmulation(state, attempt, nestedFaults.fault(attempt.event, vector));
    return match(obstacle)
      .with('page', 'pml', 'apicAccess', 'misconfiguration', 'client', (own) =>
        environment.obstruct(state, attempt, own),
      )
      .with('pf', () => raised(14))
      .with('gp', () => raised(13))
      .with('np', () => raised(11))
      .with('ss', () => raised(12))
      .with('ac', () => raised(17))
      .with('pfEmulated', () => found(14))
      .with('gpEmulated', () => found(13))
      .with('npEmulated', () => found(11))
      .with('ssEmulated', () => found(12))
      .with('acEmulated', () => found(17))
      .exhaustive();
  }
}

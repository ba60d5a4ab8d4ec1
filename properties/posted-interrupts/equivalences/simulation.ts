import { Skip } from '../../../spec/contract.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../../../spec/posted-interrupts/configuration.ts';
import { PostedInterruptsModel, type PostedInterruptsState } from '../../../model/posted-interrupts/index.ts';

const model = new PostedInterruptsModel();

/**
 * The reference model beside a sequence: it tells a variant where to put its events. What is compared are the two plays
 * of the implementation.
 */
export class Simulation {
  state: PostedInterruptsState;
  /** The events that were played. */
  readonly events: PostedInterruptsEvent[] = [];

  constructor(config: PostedInterruptsConfiguration) {
    this.state = model.initial(config);
  }

  /** Plays an event; `false` if it is skipped. */
  play(event: PostedInterruptsEvent): boolean {
    const next = model.step(this.state, event);
    if (next instanceof Skip) return false;
    this.state = next;
    this.events.push(event);
    return true;
  }

  mode(v: number): number {
    return this.state.vcpus[v].schedule.mode;
  }
}

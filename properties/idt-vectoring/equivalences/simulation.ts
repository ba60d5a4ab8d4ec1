import { Skip } from '../../../spec/contract.ts';
import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import type { IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import { IdtVectoringModel, type IdtVectoringState } from '../../../model/idt-vectoring/index.ts';
import type { Side } from '../equivalence.ts';

const model = new IdtVectoringModel();

/** Entries that bring the guest inside, whatever lies in the way. */
const enough = 24;

/**
 * The reference model beside a sequence: it tells a variant whether the guest is inside at the end. What is compared are
 * the two plays of the implementation.
 */
export class Simulation {
  state: IdtVectoringState;
  /** The events that were played. */
  readonly events: IdtVectoringEvent[] = [];
  private readonly config: IdtVectoringConfiguration;

  constructor(config: IdtVectoringConfiguration, events: readonly IdtVectoringEvent[] = []) {
    this.config = config;
    this.state = model.initial(config);
    for (const event of events) this.play(event);
  }

  get isOutside(): boolean {
    return this.state.hypervisor.outside;
  }

  /** Plays an event; `false` if it is skipped. */
  play(event: IdtVectoringEvent): boolean {
    const next = model.step(this.state, event);
    if (next instanceof Skip) return false;
    this.state = next;
    this.events.push(event);
    return true;
  }

  /** Plays an event which both sides have: one that is skipped stays, so that the other side can be wrong about it. */
  offer(event: IdtVectoringEvent): void {
    if (!this.play(event)) this.events.push(event);
  }

  /** Enters until the guest is inside. */
  settled(): Side {
    for (let n = 0; n < enough && this.isOutside; n++) this.play({ kind: 'enter' });
    return { config: this.config, events: this.events };
  }
}

/** Whether the guest is inside when a sequence ends: only then do two sides have reached the same handlers. */
export const endsInside = ({ config, events }: Side): boolean => !new Simulation(config, events).isOutside;

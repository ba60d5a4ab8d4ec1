import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import { equivalence, type Projection } from '../equivalence.ts';
import { guestNames, named, type Sighted } from '../sighted.ts';
import { endsTheClaim, mirrored } from './mirror.ts';

/** The vectors that were delivered, or wait at the end: how often and in what order is up to the coalescing. */
class Served implements Projection {
  private readonly sight: Sighted;
  private readonly served = [0, 0, 0];
  private readonly waiting = [0, 0, 0];
  private over = false;

  constructor(sight: Sighted) {
    this.sight = sight;
  }

  step(event: PostedInterruptsEvent): void {
    this.over ||= endsTheClaim(event);
    if (this.over) return;
    for (const guest of this.sight.guests) {
      const { irr, pir } = this.sight.now[guest];
      this.served[guest] |= this.sight.delivered(guest);
      this.waiting[guest] = irr | pir;
    }
  }

  result(): string {
    return this.served.map((set, guest) => `${guestNames[guest]}: ${named(set | this.waiting[guest])}`).join('; ');
  }
}

/** PI-11. */
export const postingIsInvisible = equivalence({
  id: 'posting-is-direct-acceptance',
  claim: 'Posting delivers the vectors that direct acceptance delivers.',
  judges: ['posting-is-invisible', 'coalescing-is-bounded'],
  needs: ['delivery', 'apic', 'descriptor', 'core', 'exit', 'nested'],
  profiles: ['sdm', 'kvm'],
  scenario: {
    name: 'posted into a handler, before and after its EOI',
    events: [
      { kind: 'enter', vcpu: 0 },
      { kind: 'post', to: 0, vector: 0x31 },
      { kind: 'arrive', pcpu: 0, physical: 'posted' },
      { kind: 'post', to: 0, vector: 0x31 },
      { kind: 'eoi', vcpu: 0 },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  variant: (side) => mirrored(side, false),
  project: Served,
});

import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import { nestedNotificationVector, vectors } from '../../../spec/posted-interrupts/universe.ts';
import { law, Watch } from '../law.ts';
import { guestNames, named, setOf, type GuestNumber } from '../sighted.ts';

const profiles = ['sdm', 'kvm', 'interleaved'] as const;
const needs = ['delivery', 'exit', 'effects', 'apic', 'descriptor', 'core', 'nested', 'steps'] as const;

const table = (): readonly Int32Array[] => [0, 1, 2].map(() => new Int32Array(vectors.length));

/** A ledger of acceptances: what each guest has accepted of each vector, and what has been delivered of it. */
class Balance extends Watch {
  private readonly accepted = table();
  private readonly delivered = table();
  /** An acceptance since the last delivery, or what was left waiting at it. */
  private readonly owed = table();

  override step(): string | undefined {
    const { sight } = this;
    for (const guest of sight.guests) {
      const accepted = sight.accepted(guest);
      const delivered = sight.delivered(guest);
      if ((accepted | delivered) === 0) continue;
      const { pir, irr } = sight.now[guest];
      const wasInflight = sight.inflight(guest, 'before');
      for (let place = 0; place < vectors.length; place++) {
        const bit = 1 << place;
        if (accepted & bit) {
          this.accepted[guest][place]++;
          this.owed[guest][place] = 1;
        }
        if (!(delivered & bit)) continue;
        this.moments++;
        const name = `${named(bit)} was delivered to ${guestNames[guest]}`;
        if (++this.delivered[guest][place] > this.accepted[guest][place]) {
          return `${name} ${this.delivered[guest][place]} times and accepted ${this.accepted[guest][place]} times`;
        }
        if (this.owed[guest][place] === 0) return `${name} again, and not accepted since`;
        // What was in flight left IRR before: another one may have become pending since.
        const left = wasInflight & bit ? pir | irr : pir;
        this.owed[guest][place] = left & bit ? 1 : 0;
      }
    }
    return undefined;
  }
}

class Conservation extends Watch {
  private readonly owed = [0, 0, 0];

  override step(): string | undefined {
    const { sight } = this;
    for (const guest of sight.guests) {
      this.owed[guest] = (this.owed[guest] | sight.accepted(guest)) & ~sight.delivered(guest) & ~sight.excepted(guest);
      if (guest === 0 && sight.consumed) this.owed[guest] &= ~setOf(nestedNotificationVector);
      if (this.owed[guest] === 0) continue;
      this.moments++;
      const { irr, isr, pir } = sight.now[guest];
      const lost = this.owed[guest] & ~(irr | pir | (isr & sight.inflight(guest, 'now')));
      if (lost !== 0)
        return `${named(lost)} was accepted by ${guestNames[guest]}, and is neither delivered nor pending`;
    }
    return undefined;
  }
}

/** Of a vector one can wait in PIR and one in IRR; and one that was acknowledged and is in flight. */
const waiting = 2;

class Coalescing extends Watch {
  private readonly credit = table();

  override step(): string | undefined {
    for (const guest of this.sight.guests) {
      const found = this.judge(guest);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  private judge(guest: GuestNumber): string | undefined {
    const { sight } = this;
    const accepted = sight.accepted(guest);
    const delivered = sight.delivered(guest);
    if ((accepted | delivered) === 0) return undefined;
    const inflight = sight.inflight(guest, 'before') | sight.inflight(guest, 'now');
    for (let place = 0; place < vectors.length; place++) {
      const bit = 1 << place;
      const most = waiting + (inflight & bit ? 1 : 0);
      const credit = this.credit[guest];
      if (accepted & bit) credit[place] = Math.min(credit[place] + 1, most);
      if (!(delivered & bit)) continue;
      this.moments++;
      if (credit[place] === 0) {
        return `${named(bit)} was delivered to ${guestNames[guest]} more often than one in PIR, one in IRR and one in service give`;
      }
      credit[place]--;
    }
    return undefined;
  }
}

const postedTwice: readonly PostedInterruptsEvent[] = [
  { kind: 'post', to: 0, vector: 0x31 },
  { kind: 'enter', vcpu: 0 },
  { kind: 'post', to: 0, vector: 0x31 },
  { kind: 'post', to: 0, vector: 0x31 },
  { kind: 'arrive', pcpu: 0, physical: 'posted' },
  { kind: 'eoi', vcpu: 0 },
  { kind: 'enter', vcpu: 0 },
];
const scenario = { name: 'a vector posted three times, twice into its handler', events: postedTwice };

/** Nothing is delivered that was not accepted, and nothing accepted is lost. */
export const conservation = [
  law({
    id: 'no-interrupt-from-nowhere',
    claim: 'Every delivery has an acceptance of its own.',
    judges: ['delivered-was-accepted'],
    needs,
    profiles,
    scenario,
    watch: Balance,
  }),
  law({
    id: 'no-interrupt-lost',
    claim: 'Every accepted interrupt has been delivered since, or waits, or was consumed.',
    judges: ['accepted-is-delivered-or-pending'],
    needs,
    profiles,
    scenario,
    watch: Conservation,
  }),
  law({
    id: 'coalescing-has-three-places',
    claim: 'Of each vector at most one is posted, one pending, and one in service: no more is delivered.',
    judges: ['coalescing-is-bounded'],
    needs,
    profiles,
    scenario,
    watch: Coalescing,
  }),
];

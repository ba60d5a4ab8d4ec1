import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { lineVector, notificationVector, vectors } from '../../../spec/nested-vmx/universe.ts';
import { pendingBits } from '../bits.ts';
import { law, Watch } from '../law.ts';
import { named, setOf, type Sighted } from '../sighted.ts';

const needs = ['delivery', 'exit', 'effects', 'apic', 'pending'] as const;

/** What L1's local APIC accepts by an event: edges always, the line by its remote IRR. */
function acceptedBy(event: NestedVmxEvent, sight: Sighted): number {
  const { before, now } = sight;
  const line = setOf(lineVector);
  switch (event.kind) {
    case 'interrupt':
      return setOf(event.vector);
    case 'line':
      return event.on && (before.pending & pendingBits.remoteIrr) === 0 ? line : 0;
    case 'l1Eoi':
    case 'l2Eoi':
      return (sight.effects('broadcast') & line) !== 0 && (now.pending & pendingBits.line) !== 0 ? line : 0;
    default:
      return 0;
  }
}

/** What leaves L1's local APIC in an event: taken by L1 or L2, or consumed by posted-interrupt processing. */
const goneBy = (event: NestedVmxEvent, sight: Sighted): number =>
  setOf(sight.taken(event)) | (sight.effects('processed') !== 0 ? setOf(notificationVector) : 0);

class Balance extends Watch {
  private readonly accepted = new Int32Array(vectors.length);
  private readonly taken = new Int32Array(vectors.length);
  private owed = 0;

  override step(event: NestedVmxEvent): string | undefined {
    const { sight } = this;
    const accepted = acceptedBy(event, sight);
    const gone = goneBy(event, sight);
    const nowhere = sight.now.irr & ~sight.before.irr & ~accepted;
    if (nowhere !== 0) return `${named(nowhere)} is pending, and was not accepted`;
    this.owed |= accepted;
    if ((accepted | gone) === 0) return undefined;
    for (let place = 0; place < vectors.length; place++) {
      const bit = 1 << place;
      if (accepted & bit) this.accepted[place]!++;
      if (!(gone & bit)) continue;
      this.moments++;
      if (++this.taken[place]! > this.accepted[place]!) {
        return `${named(bit)} was taken ${this.taken[place]} times and accepted ${this.accepted[place]} times`;
      }
      if ((this.owed & bit) === 0) return `${named(bit)} was taken again, and not accepted since`;
    }
    this.owed &= ~gone;
    return undefined;
  }
}

class Conservation extends Watch {
  private owed = 0;

  override step(event: NestedVmxEvent): string | undefined {
    const { sight } = this;
    this.owed = (this.owed | acceptedBy(event, sight)) & ~goneBy(event, sight);
    if (this.owed === 0) return undefined;
    this.moments++;
    const lost = this.owed & ~sight.now.irr;
    return lost === 0 ? undefined : `${named(lost)} was accepted, is not in IRR, and nobody has taken it`;
  }
}

class Transfer extends Watch {
  override step(event: NestedVmxEvent): string | undefined {
    const { sight } = this;
    const { before, now } = sight;
    const set = now.isr & ~before.isr;
    const cleared = before.irr & ~now.irr;
    if ((set | cleared) === 0) return undefined;
    this.moments++;
    const taken = setOf(sight.taken(event));
    if (set !== taken) {
      return set & ~taken
        ? `${named(set & ~taken)} went into service, and neither delivery nor exit tells of it`
        : `${named(taken)} was taken, and is not in service`;
    }
    const away = cleared & ~goneBy(event, sight);
    return away === 0 ? undefined : `${named(away)} left IRR, and nobody has taken it`;
  }
}

class Completion extends Watch {
  override step(event: NestedVmxEvent): string | undefined {
    const { sight } = this;
    const ended = sight.before.isr & ~sight.now.isr;
    if (ended === 0) return undefined;
    this.moments++;
    const top = 1 << (31 - Math.clz32(sight.before.isr));
    if (event.kind !== 'l1Eoi' && event.kind !== 'l2Eoi') return `${named(ended)} left ISR without an EOI`;
    return ended === top ? undefined : `an EOI ended ${named(ended)} while ${named(top)} was the highest in service`;
  }
}

const twice: readonly NestedVmxEvent[] = [
  { kind: 'interrupt', vector: 0x31 },
  { kind: 'l1Enter' },
  { kind: 'l2Nop' },
  { kind: 'l1Sti' },
  { kind: 'l1Nop' },
  { kind: 'l1Nop' },
  { kind: 'interrupt', vector: 0x31 },
  { kind: 'l1Eoi' },
  { kind: 'l1Iret' },
  { kind: 'l1Nop' },
];
const scenario = { name: 'a vector that exits, is delivered to L1, and comes again in its handler', events: twice };

/** Nothing is taken that was not accepted, and nothing that was accepted is lost, over both levels. */
export const conservation = [
  law({
    id: 'no-interrupt-from-nowhere',
    claim: 'Every interrupt that L1 or L2 gets has an acceptance of its own.',
    judges: ['taken-was-accepted', 'pending-vector-absorbs-another', 'unacknowledged-level-is-sent-once'],
    needs,
    scenario,
    watch: Balance,
  }),
  law({
    id: 'no-interrupt-lost',
    claim: 'Every accepted interrupt is in IRR until it is delivered, acknowledged by an exit, or processed.',
    judges: ['accepted-is-taken-or-pending', 'pending-interrupt-survives-level-changes', 'entry-recognizes-nothing'],
    needs,
    scenario,
    watch: Conservation,
  }),
  law({
    id: 'in-service-exactly-when-taken',
    claim: 'A vector goes from IRR to ISR exactly where it is delivered or acknowledged, and never otherwise.',
    judges: [
      'irr-to-isr-only-when-taken',
      'exit-without-acknowledge-leaves-it-pending',
      'acknowledged-exit-moves-irr-to-isr',
      'injection-acknowledges-nothing',
    ],
    needs,
    scenario,
    watch: Transfer,
  }),
  law({
    id: 'only-an-eoi-ends-service',
    claim: 'What leaves ISR is the highest in it, and leaves it by an EOI.',
    judges: ['eoi-clears-the-highest-in-service'],
    needs: ['apic'],
    scenario,
    watch: Completion,
  }),
];

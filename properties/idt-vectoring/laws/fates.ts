import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { journeys, nameOf, type Journey } from '../delivery/journey.ts';
import { advanced } from '../delivery/source.ts';
import type { Fate, Underway } from '../delivery/fate.ts';
import { law, Watch } from '../law.ts';
import { deliveryBits, guestBits, type Page, type Reached } from '../sighted.ts';

const needs = ['delivery', 'guest', 'pending', 'program', 'tables', 'hypervisor'] as const;
const profiles = ['reinject', 'native'] as const;

/** Looks at deliveries one by one. */
abstract class EachJourney extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    for (const journey of journeys(event, this.sight)) {
      const found = this.judge(journey);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  protected abstract judge(journey: Journey): string | undefined;
}

const isReached = (event: Underway | undefined, { vector, hasError }: Reached): boolean =>
  event !== undefined && event.vector === vector && (event.error !== undefined) === hasError;

const isInflight = ({ event }: Fate, { inflight, error, length }: Page): boolean =>
  event !== undefined &&
  inflight >>> 31 === 1 &&
  ((inflight >>> 8) & 7) === event.type &&
  (inflight & 0xff) === event.vector &&
  ((inflight & 0x800) !== 0) === (event.error !== undefined) &&
  error === (event.error ?? 0) &&
  length === event.length;

class OneFate extends EachJourney {
  protected override judge({ source, arrives, stops, reached }: Journey): string | undefined {
    const { sight } = this;
    this.moments++;
    const event = nameOf(source.event);
    if (reached !== undefined) {
      if (isReached(arrives.event, reached)) return undefined;
      return `${event} ended in the handler of 0x${reached.vector.toString(16)}, not in ${nameOf(arrives.event)}`;
    }
    if (sight.has('shutdown')) {
      return arrives.event === undefined ? undefined : `${event} ended in a shutdown, not in ${nameOf(arrives.event)}`;
    }
    if (!sight.isHypervised || sight.now.outside === 0 || sight.now.inflight === 0) return `${event} is lost`;
    if (stops.some((fate) => isInflight(fate, sight.now))) return undefined;
    return `${event} left 0x${sight.now.inflight.toString(16)} in flight, not ${nameOf(stops.at(-1)!.event)}`;
  }
}

const rflags = guestBits.if | guestBits.tf | guestBits.rf;

class SameFrame extends EachJourney {
  protected override judge({ source, arrives, reached }: Journey): string | undefined {
    const { before } = this.sight;
    const { event, superseded } = arrives;
    // A wrong handler is a matter of fate.
    if (reached === undefined || source.rip < 0 || !isReached(event, reached) || event === undefined) return undefined;
    this.moments++;
    const name = nameOf(event);
    if (reached.error !== (event.error ?? 0)) return `${name} pushes the error code 0x${reached.error.toString(16)}`;
    const rip = advanced(source.rip, event.length);
    if (reached.returnRip !== rip) {
      return `${name} returns to 0x${reached.returnRip.toString(16)}, not to 0x${rip.toString(16)}`;
    }
    const rf = superseded || source.rf ? guestBits.rf : 0;
    const expected = (before.flags & (guestBits.if | guestBits.tf)) | rf;
    // RF of #DF is not defined.
    const differing =
      (reached.flags ^ expected) & (event.type === 3 && event.vector === 8 ? rflags & ~guestBits.rf : rflags);
    return differing === 0
      ? undefined
      : `${name} pushes IF, TF, RF 0b${(reached.flags & rflags).toString(2).padStart(3, '0')}`;
  }
}

class PayloadOnce extends EachJourney {
  protected override judge({ source, arrives, reached }: Journey): string | undefined {
    const { before } = this.sight;
    if (reached === undefined || source.rip < 0 || !isReached(arrives.event, reached)) return undefined;
    this.moments++;
    const name = nameOf(arrives.event);
    const cr2 = arrives.cr2 ?? source.cr2 ?? before.cr2;
    if (reached.cr2 !== cr2) return `${name} finds CR2 0x${reached.cr2.toString(16)}, not 0x${cr2.toString(16)}`;
    const { debug } = source;
    const dr6 = debug === undefined ? before.dr6 : (before.dr6 & ~0xf) | debug;
    if (reached.dr6 !== dr6) return `${name} finds DR6 0x${reached.dr6.toString(16)}, not 0x${dr6.toString(16)}`;
    const gd = debug === undefined && (before.flags & guestBits.gd) !== 0;
    return ((reached.flags & deliveryBits.gd) !== 0) === gd ? undefined : `${name} finds DR7.GD ${gd ? 0 : 1}`;
  }
}

class NmiBlockingAtHandlers extends EachJourney {
  protected override judge({ source, arrives, reached }: Journey): string | undefined {
    if (reached === undefined || source.rip < 0 || !isReached(arrives.event, reached)) return undefined;
    this.moments++;
    const isBlocked = (reached.flags & deliveryBits.nmiBlocked) !== 0;
    if (isBlocked === source.nmiBlocked) return undefined;
    return `${nameOf(arrives.event)} reaches its handler with NMIs ${isBlocked ? '' : 'not '}blocked`;
  }
}

const spoiled = {
  name: "an interrupt whose delivery meets a fault of the guest's, then #PF that makes #DF",
  events: [
    { kind: 'external', vector: 0x31 },
    { kind: 'spoil', fault: 'np', found: 'processor' },
    { kind: 'nop' },
    { kind: 'spoil', fault: 'gp', found: 'hypervisor' },
    { kind: 'fault', vector: 14 },
    { kind: 'nop' },
  ],
} as const;

/** What becomes of an event, and what its handler finds: obstacles of a hypervisor's change neither. */
export const fates = [
  law({
    id: 'every-event-has-one-fate',
    claim: 'Each event reaches its handler, stays in flight, or becomes what the faults of its delivery make of it.',
    judges: [
      'every-event-has-one-fate',
      'fault-found-by-emulation-is-a-nested-fault',
      'nested-fault-of-the-guest-merges-with-exception',
      'nested-fault-of-the-guest-supersedes-others',
      'interrupt-is-consumed-by-a-fault-of-its-delivery',
      'escalation-looks-at-the-latest-event',
      'type-is-carried',
    ],
    needs,
    profiles,
    scenario: spoiled,
    watch: OneFate,
  }),
  law({
    id: 'frame-is-the-event-alone',
    claim: 'RIP, RFLAGS and error code pushed are those of the instruction and the event, whatever came in between.',
    judges: [
      'obstacles-do-not-show-in-the-frame',
      'soft-event-returns-past-itself',
      'rf-of-the-image',
      'injected-fields-decide-the-frame',
      'injection-pushes-saved-rf',
      'new-fault-is-injected-with-rf',
    ],
    needs,
    profiles,
    scenario: spoiled,
    watch: SameFrame,
  }),
  law({
    id: 'payload-is-written-once',
    claim: 'CR2, DR6 and DR7.GD at a handler are those of the event and of the page faults of its delivery.',
    judges: [
      'payload-is-not-applied-again',
      'page-fault-writes-cr2',
      'debug-exception-writes-dr6-and-clears-gd',
      'new-page-fault-writes-cr2',
      'injection-writes-no-payload',
      'int1-touches-no-debug-register',
    ],
    needs,
    profiles,
    scenario: spoiled,
    watch: PayloadOnce,
  }),
  law({
    id: 'nmis-are-blocked-in-their-handler',
    claim: 'A handler finds NMIs blocked if the event was an NMI, or they had been blocked before.',
    judges: [
      'nmi-blocked-from-delivery-to-iret',
      'injection-of-nmi-blocks-nmis',
      'iret-unblocks-nmis-even-if-it-faults',
    ],
    needs,
    profiles,
    scenario: {
      name: 'an NMI, and a fault of the IRET of its handler',
      events: [{ kind: 'nmi' }, { kind: 'nop' }, { kind: 'iret', meets: 'gp' }, { kind: 'nop' }],
    },
    watch: NmiBlockingAtHandlers,
  }),
];

import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { debugBits, refusedEntries } from '../../../spec/idt-vectoring/universe.ts';
import { interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import {
  eventTypes,
  interruptionInformation,
  vectorsWithErrorCode,
} from '../../../spec/vmx/interruption-information.ts';
import { law, Watch } from '../law.ts';
import { guestBits, type Page } from '../sighted.ts';

const profiles = ['reinject', 'drop', 'drop-exceptions'] as const;

const hex = (word: number): string => `0x${word.toString(16)}`;

const { nmi, hardwareException, softwareInterrupt, externalInterrupt } = eventTypes;
const reserved = 0x7fff_f000;

class LegalEntries extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    if (event.kind !== 'refused' && (sight.word('entry', 'failure') | sight.word('entry', 'kept')) !== 0) {
      return `an entry failed with ${hex(sight.word('entry', 'failure'))}`;
    }
    const word = sight.word('entry', 'interruption');
    if (sight.word('entry', 'count') === 0 || word === 0) return undefined;
    this.moments++;
    const why = this.illegal(word) ?? this.illegalState((word >>> 8) & 7);
    return why && `an entry with ${hex(word)} ${why}`;
  }

  private illegal(word: number): string | undefined {
    const { sight } = this;
    const type = (word >>> 8) & 7;
    const vector = word & 0xff;
    if (word >>> 31 === 0) return 'is not valid';
    if ((word & reserved) !== 0) return 'has reserved bits';
    if (type === 1 || type === eventTypes.other) return 'has a type that is reserved here';
    if (type === nmi && vector !== 2) return 'is an NMI with another vector';
    if (type === hardwareException && vector > 31) return 'is an exception above 31';
    const hasError = (word & interruptionInformation.errorCode) !== 0;
    const needsError = type === hardwareException && (vectorsWithErrorCode as readonly number[]).includes(vector);
    if (hasError !== needsError) return hasError ? 'has an error code' : 'has no error code';
    const error = sight.word('entry', 'error');
    if (hasError && error > 0xffff) return `has the error code ${hex(error)}`;
    if (type < softwareInterrupt) return undefined;
    const length = sight.word('entry', 'length');
    const least = sight.config.zeroLengthInjection ? 0 : 1;
    return length < least || length > 15 ? `has the length ${length}` : undefined;
  }

  private illegalState(type: number): string | undefined {
    const { sight } = this;
    const blocking = sight.word('entry', 'interruptibility');
    const shadows = interruptibility.blockingBySti | interruptibility.blockingByMovSs;
    if (type === externalInterrupt && (blocking & shadows) !== 0) return 'comes in a shadow';
    if (type !== nmi) return undefined;
    if ((blocking & interruptibility.blockingByMovSs) !== 0) return 'comes in the shadow of MOV SS';
    const isBlocked = (blocking & interruptibility.blockingByNmi) !== 0;
    return isBlocked && sight.config.nmi === 'virtual' ? 'comes with bit 3 set' : undefined;
  }
}

class SingleStepInShadow extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    const { before } = sight;
    // The guest is where it was: a lone exit, and the entry that follows.
    if ((event.kind !== 'kick' && event.kind !== 'migrate') || before.outside === 1) return undefined;
    const shadow = before.flags & (guestBits.sti | guestBits.movss);
    if (shadow === 0 || (before.flags & guestBits.tf) === 0 || sight.word('entry', 'count') !== 1) return undefined;
    this.moments++;
    const debug = sight.word('entry', 'pendingDebug');
    return (debug & debugBits.singleStep) !== 0 ? undefined : 'an entry with TF in a shadow has no BS pending';
  }
}

const kept = [
  'rip',
  'flags',
  'cr2',
  'dr6',
  'isr',
  'deviceReads',
  'irr',
  'nmis',
  'machineCheck',
  'frames',
  'begun',
] as const;

const changeOf = (before: Page, now: Page, names: readonly (keyof Page)[] = kept): string | undefined =>
  names.find((name) => before[name] !== now[name]);

class FailedEntries extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    if (event.kind !== 'refused') return undefined;
    this.moments++;
    const { sight } = this;
    const { interruption, fails } = refusedEntries[event.fields];
    const failure = sight.word('entry', 'failure');
    const expected = fails === 'early' ? 7 : 0x8000_0021;
    if (failure !== expected) return `an entry with ${event.fields} gives ${hex(failure)}, not ${hex(expected)}`;
    const word = sight.word('entry', 'kept');
    if (word !== interruption) return `an entry that failed leaves ${hex(word)} of ${hex(interruption)}`;
    if (sight.reached().length > 0) return 'an entry that failed delivered an event';
    const changed = changeOf(sight.before, sight.now);
    return changed && `an entry that failed changed ${changed}`;
  }
}

class LoneExits extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    const { before, now } = sight;
    if (event.kind !== 'migrate' && (event.kind !== 'kick' || before.outside === 1)) return undefined;
    this.moments++;
    if (sight.reached().length > 0) return 'an event was delivered';
    const changed = changeOf(before, now, [...kept, 'outside', 'inflight', 'error', 'length', 'payload', 'obstacles']);
    if (changed !== undefined) return `${event.kind} changed ${changed}`;
    // BS is set in a shadow, where the trap had to be pending anyway.
    const gained = now.debug & ~before.debug;
    const lost = before.debug & ~now.debug;
    return lost !== 0 || (gained & ~debugBits.singleStep) !== 0 ? `${event.kind} changed what is pending` : undefined;
  }
}

/** VM entries: their fields, their failures, and those that the guest has nothing to do with. */
export const entryLaws = [
  law({
    id: 'entries-are-legal',
    claim: 'An entry that succeeds has an event that could occur, with length and error code of its type.',
    judges: [
      'entry-refuses-type-and-vector',
      'entry-refuses-reserved-bits',
      'entry-refuses-error-code-of-other-types',
      'entry-refuses-length-above-15',
      'entry-refuses-external-where-it-is-blocked',
      'entry-refuses-nmi-where-it-is-blocked',
      'bit-12-is-not-carried',
      'nmi-injected-again-needs-bit-3-clear',
      'injection-of-length-0',
    ],
    needs: ['entry'],
    profiles,
    scenario: {
      name: 'an NMI, a software interrupt and an exception given back',
      config: { intercepts: 'faults' },
      events: [
        { kind: 'nmi' },
        { kind: 'nop' },
        { kind: 'inject', event: 'int21' },
        { kind: 'fault', vector: 13 },
        { kind: 'enter' },
      ],
    },
    watch: LegalEntries,
  }),
  law({
    id: 'single-step-is-pending-in-a-shadow',
    claim: 'An entry with TF 1 in a shadow has BS among the pending debug exceptions.',
    judges: ['software-sets-single-step-in-a-shadow', 'entry-refuses-shadow-without-single-step'],
    needs: ['guest', 'entry', 'hypervisor'],
    profiles: ['reinject'],
    scenario: {
      name: 'an exit after MOV SS with TF set',
      events: [{ kind: 'popf', tf: true }, { kind: 'movss' }, { kind: 'kick', reason: 'externalInterrupt' }],
    },
    watch: SingleStepInShadow,
  }),
  law({
    id: 'failed-entry-changes-nothing',
    claim: 'An entry that must fail fails as it should, leaves its event valid, and changes nothing in the guest.',
    judges: [
      'failed-entry-keeps-the-event',
      'entry-refuses-type-and-vector',
      'entry-refuses-reserved-bits',
      'entry-refuses-sti-with-if-0',
      'entry-refuses-most-events-in-hlt',
      'error-code-must-fit-the-vector',
    ],
    needs: ['delivery', 'guest', 'pending', 'program', 'entry'],
    profiles,
    scenario: {
      name: 'a reserved type, and STI blocking with IF 0',
      events: [
        { kind: 'refused', fields: 'reservedType' },
        { kind: 'cli' },
        { kind: 'refused', fields: 'stiWithIfClear' },
      ],
    },
    watch: FailedEntries,
  }),
  law({
    id: 'lone-exits-change-nothing',
    claim:
      'An exit that has nothing to do with the guest, and a migration, change nothing in it, nor in what is in flight.',
    judges: [
      'migration-is-invisible',
      'migration-keeps-the-event-in-flight',
      'migration-keeps-every-nmi',
      'asynchronous-exit-keeps-shadows',
    ],
    needs: ['delivery', 'guest', 'pending', 'program', 'tables', 'entry', 'hypervisor'],
    profiles,
    scenario: {
      name: 'a kick in the shadow of STI, and a migration with an exception in flight',
      config: { intercepts: 'faults' },
      events: [
        { kind: 'cli' },
        { kind: 'sti' },
        { kind: 'kick', reason: 'preemptionTimer' },
        { kind: 'fault', vector: 13 },
        { kind: 'migrate' },
      ],
    },
    watch: LoneExits,
  }),
];

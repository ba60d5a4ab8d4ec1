import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { law, Watch } from '../law.ts';
import type { Sighted } from '../sighted.ts';

const needs = ['guest', 'tables', 'exit', 'entry', 'hypervisor'] as const;

const hex = (word: number): string => `0x${word.toString(16)}`;

const bit12 = interruptionInformation.nmiUnblockingDueToIret;

/** What nobody but the hypervisor has to do with, by the reason of its exit; with EPT alone. */
const reasons: Readonly<Record<string, number>> = {
  page: exitReasons.eptViolation,
  pml: exitReasons.pageModificationLogFull,
  apicAccess: exitReasons.apicAccess,
  misconfiguration: exitReasons.eptMisconfiguration,
};

/** The event of the exit that the guest is outside for, if an obstacle of the hypervisor's cut its delivery short. */
function cutShort(event: IdtVectoringEvent, sight: Sighted): number | undefined {
  const vectoring = sight.word('exit', 'vectoring');
  if (vectoring >>> 31 === 0 || sight.now.outside === 0 || sight.config.paging === 'shadow') return undefined;
  const last = sight.met(event.kind).at(-1);
  if (last === undefined || reasons[last] !== sight.word('exit', 'reason')) return undefined;
  return (vectoring & ~bit12) >>> 0;
}

const isException = (word: number): boolean => ((word >>> 8) & 7) === eventTypes.hardwareException;

class InjectedAgain extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    const found = cutShort(event, sight);
    if (found === undefined) return undefined;
    if (sight.config.profile === 'drop-exceptions' && isException(found)) return undefined;
    this.moments++;
    const { inflight, error, length, payload } = sight.now;
    if (inflight !== found) return `${hex(found)} was cut short, and ${hex(inflight)} is in flight`;
    if (payload !== 0) return `${hex(found)} was cut short, and ${hex(payload)} is to be written with it again`;
    if ((found & interruptionInformation.errorCode) !== 0 && error !== sight.word('exit', 'vectoringError')) {
      return `${hex(found)} is in flight with the error code ${hex(error)}`;
    }
    const hasLength = ((found >>> 8) & 7) >= eventTypes.softwareInterrupt;
    if (length === (hasLength ? sight.word('exit', 'length') : 0)) return undefined;
    return `${hex(found)} is in flight with the length ${length}`;
  }
}

class Dropped extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    const found = cutShort(event, sight);
    if (found === undefined) return undefined;
    if (sight.config.profile === 'drop-exceptions' && !isException(found)) return undefined;
    this.moments++;
    const { inflight, rip } = sight.now;
    if (inflight !== 0) return `${hex(found)} was to be dropped, and ${hex(inflight)} is in flight`;
    const saved = sight.word('exit', 'rip');
    if (rip !== saved) return `${hex(found)} was dropped, and RIP is ${hex(rip)}, not ${hex(saved)}`;
    const shadows = interruptibility.blockingBySti | interruptibility.blockingByMovSs;
    const kept = sight.word('exit', 'interruptibility') & shadows;
    return kept === 0 ? undefined : `${hex(found)} was dropped, and a shadow is there still`;
  }
}

class RepairedIret extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    const { before } = sight;
    if (event.kind !== 'iret' || (event.meets !== 'page' && event.meets !== 'pml')) return undefined;
    const isLone = sight.word('exit', 'count') === 1 && sight.word('entry', 'count') === 1;
    if (!isLone || before.outside === 1 || before.begun !== 0) return undefined;
    const reason = sight.word('exit', 'reason');
    const byException = reason === exitReasons.exceptionOrNmi;
    const isViolation = reason === exitReasons.eptViolation || reason === exitReasons.pageModificationLogFull;
    if ((!byException && !isViolation) || sight.word('exit', 'vectoring') >>> 31 === 1) return undefined;
    this.moments++;
    const was = sight.has('nmiBlocked', before);
    const told = (sight.word('exit', byException ? 'interruption' : 'qualification') & bit12) !== 0;
    const saved = (sight.word('exit', 'interruptibility') & interruptibility.blockingByNmi) !== 0;
    const entered = (sight.word('entry', 'interruptibility') & interruptibility.blockingByNmi) !== 0;
    if (saved) return 'an exit of IRET finds NMIs blocked';
    if (told !== was) return `an exit of IRET tells that NMIs had ${told ? '' : 'not '}been blocked`;
    return entered === was ? undefined : `IRET is executed again with NMIs ${entered ? '' : 'not '}blocked`;
  }
}

const cut = {
  name: 'a soft event, an NMI and an interrupt, each with an obstacle on the way',
  events: [
    { kind: 'obstruct', obstacle: 'page' },
    { kind: 'int3' },
    { kind: 'enter' },
    { kind: 'obstruct', obstacle: 'pml' },
    { kind: 'nmi' },
    { kind: 'nop' },
    { kind: 'obstruct', obstacle: 'misconfiguration' },
    { kind: 'external', vector: 0x31 },
    { kind: 'sti' },
    { kind: 'nop' },
    { kind: 'nop' },
  ],
} as const;

/** What the hypervisor makes of what it finds. */
export const policy = [
  law({
    id: 'cut-short-is-injected-again',
    claim:
      'What an obstacle of the hypervisor cut short is in flight, with its type, error code and length, and no payload.',
    judges: [
      'external-interrupt-is-injected-again',
      'nmi-is-injected-again',
      'hardware-exception-is-injected-again',
      'soft-event-is-injected-again-with-length',
      'privileged-soft-exception-is-injected-again',
      'type-is-carried',
      'bit-12-is-not-carried',
      'payload-is-not-applied-again',
      'only-exceptions-are-dropped',
    ],
    needs,
    profiles: ['reinject', 'drop-exceptions'],
    scenario: cut,
    watch: InjectedAgain,
  }),
  law({
    id: 'dropped-leaves-nothing-in-flight',
    claim: 'What is dropped leaves nothing in flight, no shadow, and RIP where it was.',
    judges: ['dropped-event-leaves-the-guest-where-it-was', 'only-exceptions-are-dropped'],
    needs,
    profiles: ['drop', 'drop-exceptions'],
    scenario: {
      name: 'a page fault whose delivery is cut short',
      events: [{ kind: 'obstruct', obstacle: 'page' }, { kind: 'movss' }, { kind: 'fault', vector: 14 }],
    },
    watch: Dropped,
  }),
  law({
    id: 'repaired-iret-blocks-nmis-again',
    claim: 'IRET that meets what the hypervisor repairs finds NMIs as blocked as it found them first.',
    judges: ['iret-repaired-restores-nmi-blocking', 'iret-exit-reports-nmi-unblocking'],
    needs,
    profiles: ['reinject', 'drop', 'drop-exceptions'],
    scenario: {
      name: 'IRET of the handler of an NMI, with a full log',
      events: [{ kind: 'nmi' }, { kind: 'nop' }, { kind: 'iret', meets: 'pml' }],
    },
    watch: RepairedIret,
  }),
];

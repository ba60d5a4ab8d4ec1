import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { hex, law, Watch, type Wrong } from '../law.ts';
import { outcome } from '../sighted.ts';

const known: ReadonlySet<number> = new Set(Object.values(exitReasons));

/** Reasons with which an exit can come during the delivery of an event. */
const duringDelivery: ReadonlySet<number> = new Set([
  exitReasons.exceptionOrNmi,
  exitReasons.taskSwitch,
  exitReasons.apicAccess,
  exitReasons.eptViolation,
  exitReasons.eptMisconfiguration,
  exitReasons.pageModificationLogFull,
]);

const withoutQualification: ReadonlySet<number> = new Set([
  exitReasons.externalInterrupt,
  exitReasons.tripleFault,
  exitReasons.init,
  exitReasons.interruptWindow,
  exitReasons.nmiWindow,
  exitReasons.cpuid,
  exitReasons.hlt,
  exitReasons.vmcall,
  exitReasons.rdmsr,
  exitReasons.wrmsr,
  exitReasons.monitorTrapFlag,
  exitReasons.tprBelowThreshold,
  exitReasons.eptMisconfiguration,
  exitReasons.preemptionTimer,
]);

const { errorCode, nmiUnblockingDueToIret } = interruptionInformation;
const reserved = 0x7fff_e000;

/** INV-V5, and what else an exit can report. */
class Reported extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.outcome !== outcome.exited) return undefined;
    this.moments++;
    const reason = sight.field('exitReason');
    if (!known.has(reason)) return { clause: 'exit-reason-is-whole', summary: `exit reason ${hex(reason)}` };
    const vectoring = sight.field('idtVectoring');
    if (vectoring >>> 31 && !duringDelivery.has(reason))
      return `IDT-vectoring information is valid with reason ${reason}`;
    return this.interruption(reason) ?? this.qualification(reason) ?? this.codes(vectoring);
  }

  private interruption(reason: number): Wrong | undefined {
    const { sight } = this;
    const isValid = sight.field('exitInterruption') >>> 31 === 1;
    const clause = 'interruption-valid-bit-is-always-right';
    if (reason === exitReasons.externalInterrupt) {
      if (isValid === sight.has('acknowledgeInterrupt')) return undefined;
      return {
        clause: 'interruption-of-an-acknowledged-interrupt',
        summary: 'the acknowledge and the valid bit differ',
      };
    }
    if (isValid === (reason === exitReasons.exceptionOrNmi)) return undefined;
    return {
      clause,
      summary: `the valid bit of the interruption information is ${Number(isValid)} with reason ${reason}`,
    };
  }

  private qualification(reason: number): Wrong | undefined {
    const found = this.sight.field('exitQualification');
    if (found === 0 || !withoutQualification.has(reason)) return undefined;
    return {
      clause: 'qualification-is-zero-without-one',
      summary: `the qualification is ${hex(found)} with reason ${reason}`,
    };
  }

  private codes(vectoring: number): Wrong | undefined {
    const { sight } = this;
    const interruption = sight.field('exitInterruption');
    if (interruption >>> 31 && interruption & reserved) {
      return {
        clause: 'interruption-of-an-exception',
        summary: `the interruption information is ${hex(interruption)}`,
      };
    }
    if (vectoring >>> 31 && vectoring & ~nmiUnblockingDueToIret & reserved) {
      return {
        clause: 'idt-vectoring-reports-the-event',
        summary: `the IDT-vectoring information is ${hex(vectoring)}`,
      };
    }
    const wide =
      (interruption >>> 31 && interruption & errorCode && sight.field('exitInterruptionErrorCode') >>> 16) ||
      (vectoring >>> 31 && vectoring & errorCode && sight.field('idtVectoringErrorCode') >>> 16);
    return wide
      ? { clause: 'error-codes-are-those-of-the-events', summary: 'bits 31:16 of an error code are not 0' }
      : undefined;
  }
}

export const exits = [
  law({
    id: 'exit-information-fits-the-reason',
    claim: 'Valid bits and qualification of an exit are those that its reason can have, whatever exited before.',
    judges: [
      'idt-vectoring-valid-bit-is-always-right',
      'interruption-valid-bit-is-always-right',
      'interruption-of-an-acknowledged-interrupt',
      'qualification-is-zero-without-one',
      'exit-reason-is-whole',
      'error-codes-are-those-of-the-events',
      'interruption-of-an-exception',
      'idt-vectoring-reports-the-event',
      'stale-bits-are-legal-where-undefined',
    ],
    needs: ['step', 'exitInformation', 'controls'],
    scenario: {
      name: 'an exit during the delivery of an exception, and one behind it',
      events: [
        { kind: 'obstruct', by: 'ept' },
        { kind: 'inject', event: 'pf' },
        { kind: 'enter', by: 'right' },
        { kind: 'enter', by: 'right' },
        { kind: 'vmcall' },
      ],
    },
    watch: Reported,
  }),
];

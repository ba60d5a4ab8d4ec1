import type { Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { hex, law, Watch, type Wrong } from '../law.ts';
import { outcome } from '../sighted.ts';

const { errorCode, typeMask, typeShift, nmiUnblockingDueToIret } = interruptionInformation;

/** #GP that takes the place of an event in flight, #DB of a pending debug exception. */
const generalProtection = 0x8000_0b0d;
const debug = 0x8000_0301;

/** INV-V6. */
class OneFate extends Watch {
  override step(event: Vmcs12Event): Wrong | undefined {
    const { sight } = this;
    if (event.kind !== 'enter' || sight.isFirst || sight.outcome === outcome.failInvalid) return undefined;
    const information = sight.fieldBefore('entryInterruption');
    const failed = sight.outcome === outcome.failValid || sight.outcome === outcome.entryFailed;
    const delivered = sight.word('delivery.event');
    const found = sight.outcome === outcome.exited ? sight.field('idtVectoring') : 0;
    const vectoring = found >>> 31 ? (found & ~nmiUnblockingDueToIret) >>> 0 : 0;
    if (failed) {
      if (information >>> 31) this.moments++;
      const kept = sight.field('entryInterruption') === information && delivered === 0;
      return kept ? undefined : 'an entry that failed has used up what was to be injected';
    }
    if (information >>> 31 === 0) return this.nothing(delivered, vectoring);
    this.moments++;
    const type = (information & typeMask) >>> typeShift;
    if (type === eventTypes.other) {
      const isRight = sight.outcome === outcome.exited && sight.field('exitReason') === exitReasons.monitorTrapFlag;
      return isRight && delivered === 0 ? undefined : 'an injected MTF exit does not come';
    }
    const fates = [delivered === information, vectoring === information, delivered === generalProtection];
    const count = fates.filter(Boolean).length;
    if (count !== 1) {
      return `injected ${hex(information)} is ${count === 0 ? 'neither delivered nor reported' : 'delivered and reported'}`;
    }
    return fates[0] ? this.frame(information, type) : fates[1] ? this.report(information) : undefined;
  }

  private nothing(delivered: number, vectoring: number): Wrong | undefined {
    const pending = this.sight.fieldBefore('pendingDebug') !== 0;
    const mayBe = (found: number): boolean => found === 0 || (pending && found === debug);
    const isRight = mayBe(vectoring) && (mayBe(delivered) || (pending && delivered === generalProtection));
    return isRight ? undefined : `an entry that injects nothing delivers ${hex(delivered || vectoring)}`;
  }

  private frame(information: number, type: number): Wrong | undefined {
    const { sight } = this;
    const isSoftware = type >= eventTypes.softwareInterrupt;
    const back = (sight.fieldBefore('rip') + (isSoftware ? sight.fieldBefore('entryLength') : 0)) >>> 0;
    if (sight.word('delivery.returnRip') !== back) {
      return { clause: 'delivery-builds-the-frame', summary: `return RIP ${hex(sight.word('delivery.returnRip'))}` };
    }
    const code = information & errorCode ? sight.fieldBefore('entryErrorCode') : 0;
    return sight.word('delivery.errorCode') === code
      ? undefined
      : { clause: 'delivery-builds-the-frame', summary: `error code ${hex(sight.word('delivery.errorCode'))}` };
  }

  private report(information: number): Wrong | undefined {
    const { sight } = this;
    if ((information & errorCode) === 0) return undefined;
    if (sight.field('idtVectoringErrorCode') === sight.fieldBefore('entryErrorCode')) return undefined;
    return {
      clause: 'error-codes-are-those-of-the-events',
      summary: 'the error code in flight is not the injected one',
    };
  }
}

export const injection = [
  law({
    id: 'injected-event-has-one-fate',
    claim:
      'An injected event is delivered, or reported in flight, or gives way to #GP; or the entry fails, and it stays.',
    judges: [
      'injected-event-is-delivered-once',
      'idt-vectoring-reports-the-event',
      'fault-during-delivery-takes-the-place',
      'delivery-builds-the-frame',
      'error-codes-are-those-of-the-events',
    ],
    needs: ['step', 'delivery', 'exitInformation', 'entryEvent', 'pendingDebug', 'registers'],
    scenario: {
      name: 'delivered, then reported, then nothing',
      events: [
        { kind: 'inject', event: 'softwareInterrupt' },
        { kind: 'enter', by: 'right' },
        { kind: 'vmcall' },
        { kind: 'inject', event: 'pf' },
        { kind: 'obstruct', by: 'misconfiguration' },
        { kind: 'enter', by: 'right' },
        { kind: 'enter', by: 'right' },
      ],
    },
    watch: OneFate,
  }),
];

import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { instructionErrors } from '../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes, interruptionInformation } from '../../../spec/vmx/interruption-information.ts';
import { levelBits, pendingBits } from '../bits.ts';
import { entryOutcome, type EntryOutcome } from '../entry-outcome.ts';
import { law, Watch, type ClauseName, type Wrong } from '../law.ts';
import { typeOf } from '../sighted.ts';

const { errorCode, nmiUnblockingDueToIret } = interruptionInformation;
const hex = (value: number): string => `0x${value.toString(16)}`;

class OneFate extends Watch {
  override step({ kind }: NestedVmxEvent): string | undefined {
    const { sight } = this;
    const outcome = sight.entry('outcome');
    if (kind !== 'l1Enter' || outcome === 0) return undefined;
    const { information, error, length } = sight.written;
    const delivered = sight.delivery('level') === 2;
    const vectoring = sight.exit('kind') === 1 ? sight.exit('vectoring') : 0;
    const type = typeOf(information);
    if (type >= 0) this.moments++;
    if (outcome !== 1 || type < 0 || type === eventTypes.other) {
      if (delivered || typeOf(vectoring) >= 0) return 'an entry that injects nothing delivers an event to L2';
      const arms = type === eventTypes.other && outcome === 1;
      if (arms && (sight.now.pending & pendingBits.mtf) === 0) return 'an injected MTF exit is not pending';
      const kept = outcome === 1 || sight.now.entryInformation === information;
      return kept ? undefined : 'an entry that failed has changed the VM-entry field';
    }
    const name = `injected ${hex(information)}`;
    const where = Number(delivered) + Number(typeOf(vectoring) >= 0);
    if (where !== 1) return `${name} is ${where === 0 ? 'neither delivered nor reported' : 'delivered and reported'}`;
    if (!delivered) {
      if ((vectoring & ~nmiUnblockingDueToIret) >>> 0 !== information)
        return `${name} is reported as ${hex(vectoring)}`;
      const wrong = (information & errorCode) !== 0 && sight.exit('vectoringError') !== error;
      return wrong ? `${name} is reported with another error code` : undefined;
    }
    if (sight.delivery('information') !== information)
      return `${name} is delivered as ${hex(sight.delivery('information'))}`;
    if ((information & errorCode) !== 0 && sight.delivery('error') !== error) return `${name} has another error code`;
    return sight.delivery('length') === length ? undefined : `${name} returns ${sight.delivery('length')} bytes behind`;
  }
}

class NothingElse extends Watch {
  override step({ kind }: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    if (kind !== 'l1Enter' || sight.entry('outcome') === 0) return undefined;
    const { before, now } = sight;
    const exit = sight.exit('kind');
    const waits = before.irr !== 0 || before.pending !== 0;
    if (waits) this.moments++;
    if (exit === 1 && (sight.exit('reason') !== exitReasons.eptViolation || typeOf(sight.exit('vectoring')) < 0)) {
      return `an entry exits with reason ${sight.exit('reason')} before it is complete`;
    }
    if ((exit === 2) !== (sight.entry('outcome') === 3)) return 'the outcome of the entry and its exit do not fit';
    if (sight.delivery('level') === 1) return 'an entry delivers to L1';
    if (now.irr !== before.irr || now.isr !== before.isr) return 'an entry changes IRR or ISR';
    const latches = pendingBits.nmi | pendingBits.init | pendingBits.pic | pendingBits.line | pendingBits.remoteIrr;
    return (now.pending & latches) === (before.pending & latches) ? undefined : 'an entry takes what was pending';
  }
}

/** Outcome and VM-instruction error of an entry, with the clause that says so. */
const verdicts: Readonly<Record<EntryOutcome, readonly [outcome: number, error: number, clause: ClauseName]>> = {
  enters: [1, 0, 'controls-fit-freely-otherwise'],
  blocked: [2, instructionErrors.blockedByMovSs, 'mov-ss-in-l1-fails-the-entry'],
  controls: [2, instructionErrors.invalidControlFields, 'controls-that-do-not-fit'],
  state: [3, 0, 'invalid-guest-state-fails-late'],
};

class Checked extends Watch {
  override step({ kind }: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    // A delivery to L1 takes the place of the instruction.
    if (kind !== 'l1Enter' || sight.delivery('level') === 1) return undefined;
    this.moments++;
    const { before, written, config } = sight;
    let expected = entryOutcome({ ...written, l1: before.l1, l2: before.l2 });
    const nmi = typeOf(written.information) === eventTypes.nmi;
    const refused = config.stiFailsNmiInjection && nmi && (before.l2.flags & levelBits.sti) !== 0;
    if (expected === 'enters' && refused) expected = 'state';
    const [outcome, error, clause] = verdicts[expected];
    if (sight.entry('outcome') === outcome && sight.entry('error') === error) return undefined;
    const summary = `the entry has outcome ${sight.entry('outcome')}, error ${sight.entry('error')}; by what L1 wrote it is ${outcome}, ${error}`;
    return { clause, summary };
  }
}

const scenario = {
  name: 'an injected event with interrupt, NMI and INIT pending, and one that L2 has no IDT for',
  events: [
    { kind: 'interrupt', vector: 0x31 },
    { kind: 'init' },
    { kind: 'l1Inject', event: 'generalProtection' },
    { kind: 'l1Enter' },
    { kind: 'l2Nop' },
    { kind: 'l1Inject', event: 'breakpoint' },
    { kind: 'l1Idt', present: false },
    { kind: 'l1Enter' },
  ],
} as const;

/** What becomes of the event that L1 injects. */
export const injection = [
  law({
    id: 'injection-has-one-fate',
    claim: 'An injected event is delivered as it was written, or reported, or the entry fails and keeps it.',
    judges: [
      'each-injection-has-one-fate',
      'injected-error-code-is-pushed',
      'injected-software-event-returns-behind',
      'injected-once',
      'failed-entry-keeps-the-vmcs',
    ],
    needs: ['entry', 'delivery', 'exit', 'vmcs', 'pending'],
    scenario,
    watch: OneFate,
  }),
  law({
    id: 'entry-takes-nothing-else',
    claim: 'An entry neither takes nor loses anything that waits: that is for the first boundary of L2.',
    judges: ['entry-recognizes-nothing', 'injected-event-goes-before-exits', 'injection-acknowledges-nothing'],
    needs: ['entry', 'delivery', 'exit', 'apic', 'pending'],
    scenario,
    watch: NothingElse,
  }),
  law({
    id: 'entry-is-checked',
    claim: 'An entry enters or fails as controls, blocking and the state that L1 wrote for L2 say.',
    judges: [
      'controls-fit-freely-otherwise',
      'controls-that-do-not-fit',
      'mov-ss-in-l1-fails-the-entry',
      'invalid-guest-state-fails-late',
    ],
    needs: ['entry', 'delivery', 'exit', 'levels'],
    scenario,
    watch: Checked,
  }),
];

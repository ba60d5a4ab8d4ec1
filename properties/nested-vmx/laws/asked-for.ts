import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { law, Watch, type Wrong } from '../law.ts';
import { typeOf } from '../sighted.ts';

class AskedFor extends Watch {
  override step(): Wrong | undefined {
    const { sight } = this;
    if (sight.exit('kind') !== 1) return undefined;
    const blocking = sight.exit('interruptibility');
    const open = sight.exit('interrupts') === 1 && (blocking & 3) === 0;
    const clause = 'window-of-l1-is-reported-only-if-asked';
    this.moments++;
    switch (sight.exit('reason')) {
      case exitReasons.interruptWindow:
        if (!sight.has('interruptWindow')) return { clause, summary: 'an interrupt window that L1 did not ask for' };
        return open ? undefined : { clause: 'interrupt-window-opens', summary: 'an interrupt window that is not open' };
      case exitReasons.nmiWindow:
        if (!sight.has('nmiWindow')) return { clause, summary: 'an NMI window that L1 did not ask for' };
        return blocking & 0b1010
          ? { clause: 'nmi-window-opens', summary: 'an NMI window that is not open' }
          : undefined;
      case exitReasons.externalInterrupt:
        return sight.has('externalInterruptExiting')
          ? undefined
          : {
              clause: 'direct-interrupt-goes-through-the-idt-of-l2',
              summary: 'an external-interrupt exit that L1 did not ask for',
            };
      case exitReasons.exceptionOrNmi: {
        if (typeOf(sight.exit('information')) === eventTypes.nmi) {
          const clauseOfNmi = 'nmi-goes-through-the-idt-of-l2';
          return sight.has('nmiExiting')
            ? undefined
            : { clause: clauseOfNmi, summary: 'an NMI exit without NMI exiting' };
        }
        if (sight.has('invalidOpcodeExiting')) return undefined;
        return { clause: 'intercepted-exception-exits', summary: '#UD exits without its bit in the exception bitmap' };
      }
      case exitReasons.monitorTrapFlag: {
        const injected = (sight.written.information & 0x7ff) === eventTypes.other << 8;
        if (injected || sight.has('monitorTrapFlag')) return undefined;
        return { clause: 'mtf-exits-after-each-instruction', summary: 'an MTF exit that L1 did not ask for' };
      }
      case exitReasons.preemptionTimer:
        if (sight.has('preemptionTimer')) return undefined;
        return { clause: 'timer-exits-with-reason-52', summary: 'an exit by a timer that is not active' };
      case exitReasons.hlt:
        return sight.has('hltExiting')
          ? undefined
          : { clause: 'vmcall-exits', summary: 'HLT exits without HLT exiting' };
      case exitReasons.wrmsr:
        if (!sight.has('apicAccess')) return undefined;
        return { clause: 'eoi-of-l2-reaches-the-apic-of-l1', summary: 'an access exits that L1 lets through' };
      default:
        return undefined;
    }
  }
}

/** Exits that nobody asked for. */
export const askedFor = [
  law({
    id: 'exits-were-asked-for',
    claim: 'L1 sees only exits that its controls ask for, and windows only when they are open.',
    judges: [
      'window-of-l1-is-reported-only-if-asked',
      'interrupt-window-opens',
      'nmi-window-opens',
      'direct-interrupt-goes-through-the-idt-of-l2',
      'nmi-goes-through-the-idt-of-l2',
      'intercepted-exception-exits',
      'mtf-exits-after-each-instruction',
      'timer-exits-with-reason-52',
      'vmcall-exits',
      'eoi-of-l2-reaches-the-apic-of-l1',
    ],
    needs: ['delivery', 'exit'],
    scenario: {
      name: 'an interrupt waits for L1 while L2 has IF 1',
      events: [
        { kind: 'l1Control', control: 'interruptWindow', on: true },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
        { kind: 'l1Control', control: 'interruptWindow', on: false },
        { kind: 'l1Enter' },
        { kind: 'interrupt', vector: 0x31 },
        { kind: 'l2Nop' },
      ],
    },
    watch: AskedFor,
  }),
];

import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import { eventTypes } from '../../../spec/vmx/interruption-information.ts';
import { levelBits, pendingBits } from '../bits.ts';
import { law, Watch, type Wrong } from '../law.ts';
import { typeOf, type Sighted } from '../sighted.ts';

/** Whether an NMI that came from outside is taken by the event. */
function takes({ kind }: NestedVmxEvent, sight: Sighted): boolean {
  const { nmi } = eventTypes;
  if (sight.delivery('level') === 1) return typeOf(sight.delivery('information')) === nmi;
  if (kind === 'l1Enter') return false;
  if (typeOf(sight.reachedL2) === nmi) return true;
  if (sight.exit('kind') !== 1 || sight.exit('reason') !== exitReasons.exceptionOrNmi) return false;
  return typeOf(sight.exit('information')) === nmi;
}

class Latch extends Watch {
  private latched = false;

  override step(event: NestedVmxEvent): string | undefined {
    const { sight } = this;
    if (event.kind === 'nmi') this.latched = true;
    if (takes(event, sight)) {
      this.moments++;
      if (!this.latched) return 'an NMI is taken that did not come';
      this.latched = false;
    }
    const pending = (sight.now.pending & pendingBits.nmi) !== 0;
    if (pending === this.latched) return undefined;
    return this.latched ? 'an NMI has come, was not taken, and is not pending' : 'an NMI is pending that did not come';
  }
}

class OneInService extends Watch {
  override step(event: NestedVmxEvent): Wrong | undefined {
    const { sight } = this;
    if (!takes(event, sight)) return undefined;
    this.moments++;
    if (sight.before.l1.flags & levelBits.nmi) return 'an NMI is taken while NMIs are blocked';
    if (sight.now.l1.flags & levelBits.nmi) return undefined;
    return { clause: 'nmi-exit-blocks-nmis-in-l1', summary: 'an NMI is taken, and NMIs are not blocked after it' };
  }
}

const scenario = {
  name: 'two NMIs for L1, the second one in the handler of the first, and one that makes L2 exit',
  events: [
    { kind: 'nmi' },
    { kind: 'l1Nop' },
    { kind: 'nmi' },
    { kind: 'l1Iret' },
    { kind: 'l1Nop' },
    { kind: 'l1Iret' },
    { kind: 'l1Enter' },
    { kind: 'nmi' },
    { kind: 'l2Nop' },
  ],
} as const;

/** NMIs from outside. */
export const nmi = [
  law({
    id: 'one-nmi-is-held',
    claim: 'One NMI is held until it is taken, others merge with it, and none comes from nowhere.',
    judges: ['blocked-nmi-waits', 'nmi-exits'],
    needs: ['delivery', 'exit', 'pending'],
    scenario,
    watch: Latch,
  }),
  law({
    id: 'one-nmi-is-in-service',
    claim: 'An NMI is taken only while NMIs are not blocked, and blocks them.',
    judges: ['blocked-nmi-waits', 'nmi-exit-blocks-nmis-in-l1', 'nmi-interrupts-l1', 'nmi-goes-through-the-idt-of-l2'],
    needs: ['delivery', 'exit', 'levels'],
    scenario,
    watch: OneInService,
  }),
];

import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { spurious } from '../../../../spec/vgic/universe.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { physicalBitOf } from '../../trace/machine.ts';

/** INV-16. */
class ActiveIsSilent extends Watch {
  private readonly blocked = new Uint32Array(this.machine.config.pcpus);

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, blocked } = this;
    if (event.kind === 'hostIrq' || event.kind === 'hostAck') {
      const p = event.kind === 'hostIrq' ? event.pcpu : 0;
      const taken = machine.reply;
      // A guest that ran exits first, which may end what blocked the interrupt.
      const quiet = event.kind === 'hostAck' || !machine.schedule.ran.includes(1);
      if (quiet && taken !== spurious && (blocked[p] & physicalBitOf(taken)) !== 0) return fired(taken);
    }
    for (let p = 0; p < machine.config.pcpus; p++) {
      blocked[p] = machine.physical(p, 'active') | machine.physical(p, 'masked');
      const signalled = machine.physical(p, 'signalled');
      if ((blocked[p] & machine.physical(p, 'pending')) !== 0) this.moments++;
      if (signalled !== spurious && (blocked[p] & physicalBitOf(signalled)) !== 0) return fired(signalled);
    }
    return undefined;
  }
}

const fired = (pIntId: number): VgicBreach => ({
  clause: 'active-interrupt-is-never-signalled',
  summary: `physical ${pIntId} is active or masked, and is signalled to the host`,
});

export const activePhysicalInterruptIsSilent = law({
  id: 'active-physical-interrupt-is-silent',
  claim: 'A physical interrupt that is active, or masked, is not signalled to the host and not taken by it.',
  judges: ['active-interrupt-is-never-signalled', 'mapped-interrupt-stays-active-for-the-guest'],
  needs: ['physical', 'reply'],
  scenario: {
    name: 'a line that stays high under a mapped interrupt',
    events: [
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  watch: ActiveIsSilent,
});

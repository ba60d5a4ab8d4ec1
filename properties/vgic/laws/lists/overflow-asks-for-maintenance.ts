import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { Inputs } from '../../trace/inputs.ts';
import { invalid, popcount } from '../../trace/machine.ts';
import { waiting } from '../../trace/waiting.ts';

const uie = 1 << 1;

/** INV-15, and that UIE is not set where nothing can be left over. */
class OverflowAsks extends Watch {
  private readonly inputs = new Inputs(this.machine.config);

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs } = this;
    inputs.follow(event);
    if (event.kind !== 'enter') return undefined;
    const { nrLr } = machine.config;
    const p = machine.schedule.pcpu[event.vcpu];
    const set = (machine.interface(p, 'hcr') & uie) !== 0;
    if (popcount(machine.software(event.vcpu, 'listed')) <= nrLr) {
      if (!set) return undefined;
      return { clause: 'overflow-sets-uie', summary: 'UIE is set, and the list fits into the list registers' };
    }
    for (let n = 0; n < nrLr; n++) if (machine.state(p, n) === invalid) return undefined;
    const [intid] = waiting(machine, inputs, event.vcpu);
    if (intid === undefined) return undefined;
    this.moments++;
    if (set) return undefined;
    return {
      clause: 'overflow-sets-uie',
      summary: `all list registers are taken, interrupt ${intid} waits, and UIE is 0`,
    };
  }
}

export const overflowAsksForMaintenance = law({
  id: 'overflow-asks-for-maintenance',
  claim: 'Entry sets UIE if all list registers are taken and an interrupt waits, and not if the whole list fits.',
  judges: ['overflow-sets-uie', 'uie-lasts-until-the-next-exit'],
  needs: ['listRegister', 'interface', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'two interrupts for one list register',
    config: { nrLr: 1 },
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  watch: OverflowAsks,
});

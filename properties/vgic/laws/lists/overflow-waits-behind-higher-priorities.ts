import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { Inputs } from '../../trace/inputs.ts';
import { pending } from '../../trace/machine.ts';
import { waiting } from '../../trace/waiting.ts';

/** INV-14. */
class OverflowWaits extends Watch {
  private readonly inputs = new Inputs(this.machine.config);

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs } = this;
    inputs.follow(event);
    if (event.kind !== 'enter') return undefined;
    const p = machine.schedule.pcpu[event.vcpu];
    for (const intid of waiting(machine, inputs, event.vcpu)) {
      this.moments++;
      for (let n = 0; n < machine.config.nrLr; n++) {
        if (machine.state(p, n) !== pending || machine.priority(p, n) <= inputs.priority(event.vcpu, intid)) continue;
        return {
          clause: 'overflowed-interrupt-waits-in-software',
          summary: `interrupt ${intid} waits, and ${machine.intid(p, n)} of lower priority is offered`,
        };
      }
    }
    return undefined;
  }
}

export const overflowWaitsBehindHigherPriorities = law({
  id: 'overflow-waits-behind-higher-priorities',
  claim:
    'An interrupt that finds no list register stays pending, and waits only for interrupts of the same or higher priority.',
  judges: [
    'overflowed-interrupt-waits-in-software',
    'pending-sorts-by-priority',
    'deliverable-sorts-before-undeliverable',
  ],
  needs: ['listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'two interrupts for one list register, the more urgent one raised last',
    config: { nrLr: 1 },
    events: [
      { kind: 'setPriority', vcpu: 0, intid: 32, priority: 0x40 },
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  watch: OverflowWaits,
});

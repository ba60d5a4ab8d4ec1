import { law, Watch, type VgicBreach } from '../../law.ts';
import { active, pending } from '../../trace/machine.ts';

/** INV-01. */
class NeverPendingAndActive extends Watch {
  step(): VgicBreach | undefined {
    const { config } = this.machine;
    for (let p = 0; p < config.pcpus; p++) {
      for (let n = 0; n < config.nrLr; n++) {
        if (!this.machine.hw(p, n)) continue;
        this.moments++;
        if (this.machine.state(p, n) !== (pending | active)) continue;
        return {
          clause: config.profile === 'kvm' ? 'hw-never-pending-and-active' : 'seed-queued-interrupt-is-passed-over',
          summary: `interrupt ${this.machine.intid(p, n)} is pending and active in a list register with HW=1`,
        };
      }
    }
    return undefined;
  }
}

export const hardwareInterruptNeverPendingAndActive = law({
  id: 'hardware-interrupt-never-pending-and-active',
  claim: 'No list register with HW=1 is ever pending and active at once.',
  judges: ['hw-never-pending-and-active', 'seed-queued-interrupt-is-passed-over'],
  needs: ['listRegister'],
  profiles: ['kvm', 'seed-2015'],
  scenario: {
    name: 'the mapped line rises again while the guest has the interrupt in service',
    events: [
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'setPending', vcpu: 0, intid: 34 },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  watch: NeverPendingAndActive,
});

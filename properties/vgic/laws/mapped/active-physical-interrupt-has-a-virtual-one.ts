import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { bitOf, physicalBitOf } from '../../trace/machine.ts';

const mapped = [
  { intid: 27, pIntId: 27 },
  { intid: 34, pIntId: 40 },
  { intid: 35, pIntId: 41 },
] as const;

/**
 * INV-05. Userspace never reaches the physical side: an interrupt whose pending state it has written is not judged
 * until its physical interrupt is idle. Nor is one that GICD_ISPENDR makes pending while another virtual CPU runs: if
 * that one has just completed it, Linux drops the pending state at its exit and leaves the physical interrupt active.
 */
class ActiveHasAReason extends Watch {
  /** Physical interrupts whose virtual ones userspace has written. */
  private written = 0;

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine } = this;
    const { config, schedule } = machine;
    const raced = event.kind === 'setPending' && schedule.running.includes(1);
    if (raced || event.kind === 'userSetPending' || event.kind === 'userLineLevel') {
      for (const { intid, pIntId } of mapped) if (event.intid === intid) this.written |= physicalBitOf(pIntId);
    }
    for (const { intid, pIntId } of mapped) {
      const bit = physicalBitOf(pIntId);
      let held = 0;
      for (let p = 0; p < config.pcpus; p++) {
        const owned = intid === 27 ? schedule.tenant(p) >= 0 : p === 0;
        const kept = config.hwDeactivation ? machine.physical(p, 'active') : machine.physical(p, 'masked');
        if (!owned || (kept & bit) === 0) continue;
        held |= bit;
        // The hypervisor takes a mask back when it sees the completion, which is at the next exit.
        if (!config.hwDeactivation && schedule.running.includes(1)) continue;
        if ((this.written & bit) !== 0) continue;
        this.moments++;
        if (intid === 27 ? this.wanted(schedule.tenant(p), intid) : this.wantedInVm0(intid)) continue;
        return {
          clause: 'withdrawn-mapped-level-is-not-delivered',
          summary: `physical ${pIntId} is kept active, and virtual ${intid} is neither pending nor active nor offered`,
        };
      }
      if (held === 0) this.written &= ~bit;
    }
    return undefined;
  }

  private wantedInVm0(intid: number): boolean {
    for (let v = 0; v < this.machine.config.vcpus; v++) {
      if (this.machine.vm(v) === 0 && this.wanted(v, intid)) return true;
    }
    return false;
  }

  private wanted(v: number, intid: number): boolean {
    const { machine } = this;
    const software = machine.distributor(v, 'pending') | machine.distributor(v, 'active');
    if ((software & bitOf(intid)) !== 0) return true;
    return machine.schedule.running[v] === 1 && machine.holding(machine.schedule.pcpu[v], intid) >= 0;
  }
}

export const activePhysicalInterruptHasAVirtualOne = law({
  id: 'active-physical-interrupt-has-a-virtual-one',
  claim: 'A mapped physical interrupt is kept from the host only for a virtual one that is pending, active or offered.',
  judges: [
    'withdrawn-mapped-level-is-not-delivered',
    'stale-line-is-sampled-after-deactivation',
    'clear-pending-deactivates-what-is-not-in-service',
    'enable-deactivates-what-has-fallen',
    'load-drops-the-active-state-of-the-last-guest',
    'software-resampling-unmasks-at-rest',
    'unmapped-interrupt-is-completed-by-the-host',
  ],
  needs: ['listRegister', 'physical', 'distributor'],
  profiles: ['kvm'],
  scenario: {
    name: 'the mapped line falls before the guest acknowledges',
    events: [
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'lower', wire: 'p40' },
      { kind: 'exit', vcpu: 0 },
    ],
  },
  watch: ActiveHasAReason,
});

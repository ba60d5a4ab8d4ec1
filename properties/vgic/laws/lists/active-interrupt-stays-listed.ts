import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { virtualInterrupts } from '../../../../spec/vgic/universe.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { active, bitOf, popcount } from '../../trace/machine.ts';

/**
 * INV-09. Entry offers every active interrupt if there are list registers enough, except behind an SGI with further
 * sources: Linux offers nothing of lower priority then, active or not, so that entry is not judged.
 */
class ActiveStaysListed extends Watch {
  step(event: VgicEvent): VgicBreach | undefined {
    const { machine } = this;
    for (let v = 0; v < machine.config.vcpus; v++) {
      const orphan = machine.distributor(v, 'active') & ~this.listedFor(v);
      if (machine.distributor(v, 'active') !== 0) this.moments++;
      if (orphan !== 0)
        return {
          clause: 'active-interrupt-stays-with-its-holder',
          summary: `${named(orphan)} is active and on no list`,
        };
    }
    return event.kind === 'enter' ? this.offered(event.vcpu) : undefined;
  }

  /** What is on the list of `v`, and the SPIs on any list of its VM. */
  private listedFor(v: number): number {
    const { machine } = this;
    let mask = machine.software(v, 'listed');
    for (let w = 0; w < machine.config.vcpus; w++) {
      if (machine.vm(w) === machine.vm(v)) mask |= machine.software(w, 'listed') & spis;
    }
    return mask;
  }

  private offered(v: number): VgicBreach | undefined {
    const { machine } = this;
    const due = machine.distributor(v, 'active') & machine.software(v, 'listed');
    if (popcount(due) > machine.config.nrLr || machine.software(v, 'sources') !== 0) return undefined;
    for (const { intid } of virtualInterrupts) {
      if ((due & bitOf(intid)) === 0 || machine.holding(machine.schedule.pcpu[v], intid, active) >= 0) continue;
      return {
        clause: 'active-sorts-before-pending',
        summary: `interrupt ${intid} is active on virtual CPU ${v}, and no list register shows it`,
      };
    }
    return undefined;
  }
}

const spis = virtualInterrupts.reduce((mask, { intid, type }) => (type === 'spi' ? mask | bitOf(intid) : mask), 0);

function named(mask: number): string {
  return `interrupt ${virtualInterrupts.find(({ intid }) => (mask & bitOf(intid)) !== 0)?.intid}`;
}

export const activeInterruptStaysListed = law({
  id: 'active-interrupt-stays-listed',
  claim: 'An active interrupt is on a list, and in a list register of the guest that holds it while that runs.',
  judges: [
    'active-interrupt-stays-with-its-holder',
    'active-sorts-before-pending',
    'active-bit-goes-into-the-list-register',
    'disable-keeps-pending-and-active',
  ],
  needs: ['listRegister', 'distributor', 'software'],
  profiles: ['kvm'],
  scenario: {
    name: 'an interrupt in service is disabled, while one of higher priority waits for the only list register',
    config: { nrLr: 1 },
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'disable', vcpu: 0, intid: 33 },
      { kind: 'setPriority', vcpu: 0, intid: 32, priority: 0x00 },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  watch: ActiveStaysListed,
});

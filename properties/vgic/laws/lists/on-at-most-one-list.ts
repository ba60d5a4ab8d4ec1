import { virtualInterrupts } from '../../../../spec/vgic/universe.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { bitOf } from '../../trace/machine.ts';

const spis = virtualInterrupts.filter(({ type }) => type === 'spi').map(({ intid }) => intid);

/** INV-08, as far as it shows: SPIs are the interrupts that more than one list could hold. */
class OnOneList extends Watch {
  step(): VgicBreach | undefined {
    const { machine } = this;
    const { vcpus } = machine.config;
    for (let v = 0; v < vcpus; v++) {
      for (let w = 0; w < v; w++) {
        if (machine.vm(v) !== machine.vm(w)) continue;
        const [here, there] = [machine.software(v, 'listed'), machine.software(w, 'listed')];
        if ((here | there) !== 0) this.moments++;
        const intid = spis.find((spi) => (here & there & bitOf(spi)) !== 0);
        if (intid === undefined) continue;
        return {
          clause: 'interrupt-is-on-at-most-one-list',
          summary: `interrupt ${intid} is on the lists of virtual CPUs ${w} and ${v}`,
        };
      }
    }
    return undefined;
  }
}

export const onAtMostOneList = law({
  id: 'on-at-most-one-list',
  claim: 'An SPI is on the list of one virtual CPU at the most.',
  judges: ['interrupt-is-on-at-most-one-list', 'retargeted-pending-interrupt-is-served-once'],
  needs: ['software'],
  profiles: ['kvm'],
  scenario: {
    name: 'a pending SPI is given another target',
    config: { vcpus: 2, pcpus: 2 },
    events: [
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'setTargets', vcpu: 0, intid: 32, cpus: 0x2 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
    ],
  },
  watch: OnOneList,
});

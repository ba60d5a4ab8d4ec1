import { law, Watch, type VgicBreach } from '../../law.ts';

/** INV-07. */
class EmptyOutside extends Watch {
  step(): VgicBreach | undefined {
    const { machine } = this;
    for (let p = 0; p < machine.config.pcpus; p++) {
      if (machine.schedule.runner(p) >= 0) continue;
      this.moments++;
      let left = machine.interface(p, 'hcr');
      for (let n = 0; n < machine.config.nrLr; n++) left |= machine.low(p, n) | machine.high(p, n);
      if (left === 0) continue;
      return {
        clause: 'exit-zeroes-list-registers',
        summary: `no guest runs on physical CPU ${p}, and its list registers or GICH_HCR are not zero`,
      };
    }
    return undefined;
  }
}

export const listRegistersEmptyOutsideTheGuest = law({
  id: 'list-registers-empty-outside-the-guest',
  claim: 'While no guest runs on a physical CPU its list registers and GICH_HCR are zero.',
  judges: ['exit-zeroes-list-registers'],
  needs: ['listRegister', 'interface'],
  profiles: ['kvm', 'seed-2015'],
  scenario: {
    name: 'an interrupt is offered and not acknowledged',
    events: [
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
    ],
  },
  watch: EmptyOutside,
});

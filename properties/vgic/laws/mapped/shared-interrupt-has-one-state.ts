import { law, Watch, type VgicBreach } from '../../law.ts';
import { physicalBitOf } from '../../trace/machine.ts';

const shared = physicalBitOf(40) | physicalBitOf(41);

/** The active state of an SPI is not banked. */
class OneState extends Watch {
  step(): VgicBreach | undefined {
    const { machine } = this;
    for (let p = 1; p < machine.config.pcpus; p++) {
      for (const field of ['pending', 'active', 'masked'] as const) {
        const [first, other] = [machine.physical(0, field) & shared, machine.physical(p, field) & shared];
        if ((first | other) !== 0) this.moments++;
        if (first === other) continue;
        return {
          clause: 'spi-active-state-is-shared',
          summary: `two physical CPUs disagree whether an SPI is ${field}`,
        };
      }
    }
    return undefined;
  }
}

export const sharedInterruptHasOneState = law({
  id: 'shared-interrupt-has-one-state',
  claim: 'All physical CPUs see the same pending and active state of an SPI.',
  judges: ['spi-active-state-is-shared', 'spi-completion-reaches-the-distributor-from-any-cpu'],
  needs: ['physical'],
  profiles: ['kvm', 'seed-2015'],
  scenario: {
    name: 'an SPI of a device is taken by one of two physical CPUs',
    config: { vcpus: 2, pcpus: 2 },
    events: [
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
    ],
  },
  watch: OneState,
});

import { law, Watch, type VgicBreach } from '../../law.ts';
import { invalid } from '../../trace/machine.ts';

/** INV-02. */
class SgiNeverMapped extends Watch {
  step(): VgicBreach | undefined {
    const { config } = this.machine;
    for (let p = 0; p < config.pcpus; p++) {
      for (let n = 0; n < config.nrLr; n++) {
        if (this.machine.state(p, n) === invalid || this.machine.intid(p, n) >= 16) continue;
        this.moments++;
        if (!this.machine.hw(p, n)) continue;
        return {
          clause: 'sgi-never-has-hw',
          summary: `SGI ${this.machine.intid(p, n)} is in a list register with HW=1`,
        };
      }
    }
    return undefined;
  }
}

export const sgiNeverHardwareMapped = law({
  id: 'sgi-never-hardware-mapped',
  claim: 'No list register that holds an SGI has HW=1.',
  judges: ['sgi-never-has-hw'],
  needs: ['listRegister'],
  profiles: ['kvm', 'seed-2015'],
  scenario: {
    name: 'an SGI to oneself',
    events: [
      { kind: 'sendSgi', vcpu: 0, sgi: 1, filter: 2, cpus: 0x1 },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  watch: SgiNeverMapped,
});

import { law, Watch, type VgicBreach } from '../../law.ts';
import { invalid } from '../../trace/machine.ts';

/** INV-03. The rules of 2015 give each source of an SGI a list register of its own, so they are not held to it. */
class NoTwoAlike extends Watch {
  step(): VgicBreach | undefined {
    const { machine } = this;
    const { nrLr, pcpus } = machine.config;
    for (let p = 0; p < pcpus; p++) {
      for (let n = 1; n < nrLr; n++) {
        if (machine.state(p, n) === invalid) continue;
        for (let m = 0; m < n; m++) {
          if (machine.state(p, m) === invalid) continue;
          this.moments++;
          if (machine.intid(p, m) === machine.intid(p, n)) {
            return {
              clause: 'one-list-register-per-intid',
              summary: `list registers ${m} and ${n} both hold interrupt ${machine.intid(p, n)}`,
            };
          }
          if (machine.hw(p, m) && machine.hw(p, n) && machine.pIntId(p, m) === machine.pIntId(p, n)) {
            return {
              clause: 'hw-list-register-names-its-physical-interrupt',
              summary: `list registers ${m} and ${n} both name physical ${machine.pIntId(p, n)}`,
            };
          }
        }
      }
    }
    return undefined;
  }
}

export const noTwoListRegistersAlike = law({
  id: 'no-two-list-registers-alike',
  claim: 'No two valid list registers hold the same virtual INTID, nor with HW=1 the same physical one.',
  judges: ['one-list-register-per-intid', 'hw-list-register-names-its-physical-interrupt'],
  needs: ['listRegister'],
  profiles: ['kvm'],
  scenario: {
    name: 'an SGI from two sources, and a second interrupt',
    config: { vcpus: 2, pcpus: 2 },
    events: [
      { kind: 'sendSgi', vcpu: 0, sgi: 1, filter: 0, cpus: 0x1 },
      { kind: 'sendSgi', vcpu: 1, sgi: 1, filter: 0, cpus: 0x1 },
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'setPriority', vcpu: 0, intid: 33, priority: 0x40 },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  watch: NoTwoAlike,
});

import { law, Watch, type VgicBreach } from '../../law.ts';
import { invalid, pending } from '../../trace/machine.ts';

const bits = { eoi: 1 << 0, u: 1 << 1, lrenp: 1 << 2, np: 1 << 3 } as const;

/** INV-19. */
class StatusIsCurrent extends Watch {
  step(): VgicBreach | undefined {
    for (let p = 0; p < this.machine.config.pcpus; p++) {
      const breach = this.judge(p);
      if (breach !== undefined) return breach;
    }
    return undefined;
  }

  private judge(p: number): VgicBreach | undefined {
    const { machine } = this;
    const hcr = machine.interface(p, 'hcr');
    let eisr = 0;
    let elrsr = 0;
    let valid = 0;
    let pendings = 0;
    for (let n = 0; n < machine.config.nrLr; n++) {
      const state = machine.state(p, n);
      if (state === pending) pendings++;
      if (state !== invalid) valid++;
      else if (machine.eoi(p, n)) eisr |= 1 << n;
      else elrsr |= 1 << n;
    }
    let misr = expectedGroups(hcr, machine.interface(p, 'vmcr'));
    if (eisr !== 0) misr |= bits.eoi;
    if ((hcr & (1 << 1)) !== 0 && valid <= 1) misr |= bits.u;
    if ((hcr & (1 << 2)) !== 0 && hcr >>> 27 !== 0) misr |= bits.lrenp;
    if ((hcr & (1 << 3)) !== 0 && pendings === 0) misr |= bits.np;
    if (misr !== 0) this.moments++;
    if (machine.interface(p, 'eisr') !== eisr) return stale('eisr-shows-completed-with-eoi', 'GICH_EISR', eisr);
    if (machine.interface(p, 'elrsr') !== elrsr) return stale('elrsr-leaves-out-awaited-eoi', 'GICH_ELRSR', elrsr);
    if (machine.interface(p, 'misr') !== misr) return stale('misr-is-recomputed-at-once', 'GICH_MISR', misr);
    const maintenance = (machine.interface(p, 'lines') & 4) !== 0;
    if (maintenance === ((hcr & 1) !== 0 && misr !== 0)) return undefined;
    return {
      clause: 'maintenance-interrupt-needs-the-enable',
      summary: `the maintenance interrupt is ${maintenance ? '' : 'not '}signalled, against GICH_HCR.En and GICH_MISR`,
    };
  }
}

/** Bits 4 to 7: groups enabled and disabled, as far as GICH_HCR asks. */
function expectedGroups(hcr: number, vmcr: number): number {
  const enabled = [vmcr & 1, ~vmcr & 1, (vmcr >>> 1) & 1, (~vmcr >>> 1) & 1];
  return enabled.reduce((mask, on, n) => mask | (on & (hcr >>> (4 + n)) & 1 ? 1 << (4 + n) : 0), 0);
}

const stale = (clause: VgicBreach['clause'], register: string, expected: number): VgicBreach => ({
  clause,
  summary: `${register} should be 0x${expected.toString(16)} with these list registers, GICH_HCR and GICH_VMCR`,
});

export const maintenanceStatusIsCurrent = law({
  id: 'maintenance-status-is-current',
  claim:
    'GICH_EISR, GICH_ELRSR, GICH_MISR and the maintenance interrupt follow from the list registers, GICH_HCR and GICH_VMCR of the moment.',
  judges: [
    'eisr-shows-completed-with-eoi',
    'elrsr-leaves-out-awaited-eoi',
    'misr-is-recomputed-at-once',
    'maintenance-eoi-while-eisr-is-not-empty',
    'maintenance-underflow-with-at-most-one-valid',
    'maintenance-lrenp-while-eois-are-counted',
    'maintenance-np-while-none-is-pending',
    'maintenance-group-0-enabled',
    'maintenance-group-0-disabled',
    'maintenance-group-1-enabled',
    'maintenance-group-1-disabled',
    'maintenance-interrupt-needs-the-enable',
    'hw-completion-raises-no-maintenance',
  ],
  needs: ['listRegister', 'interface'],
  scenario: {
    name: 'a level-sensitive interrupt is completed',
    events: [
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'eoir', vcpu: 0 },
    ],
  },
  watch: StatusIsCurrent,
});

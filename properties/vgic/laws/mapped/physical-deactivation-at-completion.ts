import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { active, physicalBitOf } from '../../trace/machine.ts';

/** Events of the guest that do not trap: nothing but the hardware acts. */
const untrapped: ReadonlySet<VgicEvent['kind']> = new Set([
  'iar',
  'aiar',
  'eoir',
  'dir',
  'eoirSpurious',
  'hppir',
  'rpr',
  'pmr',
  'ctlr',
  'eoiMode',
  'bpr',
  'programTimer',
]);

/** INV-06. */
class DeactivationAtCompletion extends Watch {
  /** Per physical CPU: physical interrupts in service through a list register, and all that are active. */
  private readonly served = new Uint32Array(this.machine.config.pcpus);
  private readonly active = new Uint32Array(this.machine.config.pcpus);

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, served } = this;
    let breach: VgicBreach | undefined;
    const acts = untrapped.has(event.kind) && 'vcpu' in event ? machine.schedule.pcpu[event.vcpu] : -1;
    const completed = acts < 0 ? 0 : served[acts] & ~this.serving(acts);
    if (acts >= 0 && served[acts] !== 0) this.moments++;
    for (let p = 0; p < machine.config.pcpus; p++) {
      const now = machine.physical(p, 'active');
      if (acts >= 0) {
        // A PPI is that of the acting physical CPU alone.
        const reached = p === acts ? completed : completed & ~physicalBitOf(27);
        breach ??= judge(event, this.active[p] & ~reached, now);
      }
      this.active[p] = now;
      served[p] = this.serving(p);
    }
    return breach;
  }

  private serving(p: number): number {
    const { machine } = this;
    let mask = 0;
    for (let n = 0; n < machine.config.nrLr; n++) {
      if (machine.hw(p, n) && (machine.state(p, n) & active) !== 0) mask |= physicalBitOf(machine.pIntId(p, n));
    }
    return mask;
  }
}

function judge(event: VgicEvent, expected: number, now: number): VgicBreach | undefined {
  if (expected === now) return undefined;
  const fell = (expected & ~now) !== 0;
  if (fell && event.kind === 'eoir') {
    return {
      clause: 'eoi-in-mode-1-keeps-the-physical-interrupt',
      summary: 'a write to GICV_EOIR deactivated a physical interrupt whose virtual one it did not deactivate',
    };
  }
  if (fell) {
    return {
      clause: 'acknowledge-leaves-the-physical-interrupt',
      summary: `${event.kind} deactivated a physical interrupt, and completed nothing`,
    };
  }
  return {
    clause: 'virtual-deactivation-deactivates-the-physical-interrupt',
    summary: 'the guest completed an interrupt with HW=1, and the physical interrupt is still active',
  };
}

export const physicalDeactivationAtCompletion = law({
  id: 'physical-deactivation-at-completion',
  claim:
    'While the guest runs undisturbed a physical interrupt is deactivated by the deactivation of its list register, in that very step, and by nothing else.',
  judges: [
    'virtual-deactivation-deactivates-the-physical-interrupt',
    'acknowledge-leaves-the-physical-interrupt',
    'eoi-in-mode-1-keeps-the-physical-interrupt',
    'deactivation-without-hw-keeps-physical-state',
  ],
  needs: ['listRegister', 'physical'],
  scenario: {
    name: 'priority drop and deactivation of a mapped interrupt, apart',
    config: { eoiMode: 1 },
    events: [
      { kind: 'raise', wire: 'p40' },
      { kind: 'hostIrq', pcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'eoir', vcpu: 0 },
      { kind: 'dir', vcpu: 0, intid: 34 },
    ],
  },
  watch: DeactivationAtCompletion,
});

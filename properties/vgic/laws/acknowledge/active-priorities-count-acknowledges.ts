import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { popcount } from '../../trace/machine.ts';

/** INV-17. A preempting interrupt has a group priority of its own, so each acknowledge has a bit. */
class ActivePriorities extends Watch {
  /** Acknowledged and not dropped, per virtual CPU. */
  private readonly open = new Uint32Array(this.machine.config.vcpus);

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, open } = this;
    if ((event.kind === 'iar' || event.kind === 'aiar') && (machine.reply & 0x3ff) < 1020) open[event.vcpu]++;
    if (event.kind === 'eoir') open[event.vcpu]--;
    for (let v = 0; v < open.length; v++) {
      const p = machine.schedule.pcpu[v];
      if (p < 0) continue;
      const shown = popcount(machine.interface(p, 'apr'));
      if (open[v] !== 0) this.moments++;
      if (shown === open[v]) continue;
      return {
        clause: clauseOf(event),
        summary: `${open[v]} acknowledged priorities are not dropped, and GICH_APR has ${shown} bits`,
      };
    }
    return undefined;
  }
}

function clauseOf({ kind }: VgicEvent): VgicBreach['clause'] {
  switch (kind) {
    case 'iar':
    case 'aiar':
      return 'acknowledge-sets-the-active-priority-bit';
    case 'dir':
      return 'dir-keeps-the-active-priorities';
    case 'eoirSpurious':
      return 'eoi-of-a-special-intid-is-ignored';
    case 'eoir':
      return 'eoi-drops-lowest-active-priority';
    default:
      return 'load-restores-mask-and-active-priorities';
  }
}

export const activePrioritiesCountAcknowledges = law({
  id: 'active-priorities-count-acknowledges',
  claim:
    'GICH_APR has one bit for each interrupt that is acknowledged and whose priority is not dropped yet, wherever the virtual CPU is loaded.',
  judges: [
    'acknowledge-sets-the-active-priority-bit',
    'nested-acknowledge-keeps-outer-priorities',
    'eoi-drops-lowest-active-priority',
    'eoi-of-a-special-intid-is-ignored',
    'dir-keeps-the-active-priorities',
    'load-restores-mask-and-active-priorities',
  ],
  needs: ['reply', 'interface'],
  scenario: {
    name: 'one interrupt preempts another, and completes',
    events: [
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'setPriority', vcpu: 0, intid: 32, priority: 0x40 },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'eoir', vcpu: 0 },
    ],
  },
  watch: ActivePriorities,
});

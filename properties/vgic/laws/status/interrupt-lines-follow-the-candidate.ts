import { law, Watch, type VgicBreach } from '../../law.ts';
import { candidate, vmcr } from '../../trace/candidate.ts';

/** The lines of the virtual CPU. With an open tie-break and both groups in the tie, either line may be high. */
class LinesFollow extends Watch {
  step(): VgicBreach | undefined {
    const { machine } = this;
    for (let p = 0; p < machine.config.pcpus; p++) {
      const found = candidate(machine, p);
      const shown = machine.interface(p, 'lines') & 3;
      if (found !== undefined) this.moments++;
      const fiqEn = (machine.interface(p, 'vmcr') & vmcr.fiqEn) !== 0;
      const line = (lr: number): number => (fiqEn && machine.group(p, lr) === 0 ? 2 : 1);
      const open = machine.config.tieBreak === 'any' ? (found?.ties ?? []) : found ? [found.lr] : [];
      if (found === undefined ? shown === 0 : open.some((lr) => line(lr) === shown)) continue;
      return {
        clause:
          shown === 0 || found === undefined ? 'virq-while-an-interrupt-is-signalled' : 'group-0-takes-vfiq-with-fiqen',
        summary: `the interrupt lines are ${shown}, and ${found === undefined ? 'nothing' : `interrupt ${machine.intid(p, found.lr)}`} is signalled`,
      };
    }
    return undefined;
  }
}

export const interruptLinesFollowTheCandidate = law({
  id: 'interrupt-lines-follow-the-candidate',
  claim:
    'The interrupt lines of a virtual CPU are high exactly while an interrupt is signalled, the FIQ line for group 0 with FIQEn.',
  judges: [
    'virq-while-an-interrupt-is-signalled',
    'group-0-takes-vfiq-with-fiqen',
    'disabled-interface-signals-nothing',
    'priority-must-be-below-the-mask',
    'group-priority-must-preempt-the-running-one',
    'group-0-splits-by-bpr',
    'group-1-splits-by-abpr',
  ],
  needs: ['listRegister', 'interface'],
  scenario: {
    name: 'an interrupt is offered',
    events: [
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
    ],
  },
  watch: LinesFollow,
});

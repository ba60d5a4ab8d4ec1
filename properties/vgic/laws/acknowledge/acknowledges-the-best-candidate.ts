import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { spurious, spuriousGroup1 } from '../../../../spec/vgic/universe.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { candidate, isBestOfGroup1, vmcr } from '../../trace/candidate.ts';

/** What GICV_IAR and GICV_AIAR may return to a guest. */
interface Answer {
  readonly iar: readonly number[];
  readonly aiar: readonly number[];
  readonly priority: number;
}

const nothing: Answer = { iar: [spurious], aiar: [spurious], priority: 0x100 };

/** Nothing is signalled, and 1022 is as good an answer as 1023. */
const heldBack: Answer = { ...nothing, iar: [spurious, spuriousGroup1] };

/** Every acknowledge, against the registers that the implementation itself showed before. */
class BestCandidate extends Watch {
  private readonly answers: Answer[] = Array.from({ length: this.machine.config.pcpus }, () => nothing);

  step(event: VgicEvent): VgicBreach | undefined {
    const breach = event.kind === 'iar' || event.kind === 'aiar' ? this.judge(event) : undefined;
    for (let p = 0; p < this.machine.config.pcpus; p++) {
      if (this.machine.schedule.runner(p) >= 0) this.answers[p] = this.answer(p);
    }
    return breach;
  }

  private judge(event: Extract<VgicEvent, { kind: 'iar' | 'aiar' }>): VgicBreach | undefined {
    const answer = this.answers[this.machine.schedule.pcpu[event.vcpu]];
    const { reply } = this.machine;
    const allowed = answer[event.kind];
    if (allowed[0] !== spurious) this.moments++;
    if (allowed.includes(reply)) return undefined;
    if (allowed[0] >= 1020) {
      return {
        clause: reply >= 1020 ? 'group-1-acknowledge-needs-ackctl' : 'acknowledge-of-nothing-is-1023',
        summary: `the acknowledge returned ${reply}, and ${allowed[0]} was due`,
      };
    }
    return {
      clause: 'highest-priority-is-acknowledged-first',
      summary: `the acknowledge returned 0x${reply.toString(16)}, and interrupt ${allowed[0] & 0x3ff} of priority 0x${answer.priority.toString(16)} was signalled`,
    };
  }

  private answer(p: number): Answer {
    const { machine } = this;
    const found = candidate(machine, p);
    if (found === undefined) return isBestOfGroup1(machine, p) ? heldBack : nothing;
    const open = machine.config.tieBreak === 'any' ? found.ties : [found.lr];
    const ackCtl = (machine.interface(p, 'vmcr') & vmcr.ackCtl) !== 0;
    const value = (n: number): number => machine.intid(p, n) | (machine.source(p, n) << 10);
    return {
      iar: open.map((n) => (machine.group(p, n) === 1 && !ackCtl ? 1022 : value(n))),
      aiar: open.map((n) => (machine.group(p, n) === 1 ? value(n) : spurious)),
      priority: found.priority,
    };
  }
}

export const acknowledgesTheBestCandidate = law({
  id: 'acknowledges-the-best-candidate',
  claim:
    'An acknowledge returns the pending interrupt of highest priority that passes mask and running priority, or says that there is none.',
  judges: [
    'highest-priority-is-acknowledged-first',
    'only-pending-list-registers-are-candidates',
    'disabled-group-is-never-acknowledged',
    'priority-must-be-below-the-mask',
    'group-priority-must-preempt-the-running-one',
    'acknowledge-of-nothing-is-1023',
    'acknowledge-returns-the-sgi-source',
    'group-1-acknowledge-needs-ackctl',
    'aiar-acknowledges-group-1-only',
  ],
  needs: ['reply', 'listRegister', 'interface'],
  scenario: {
    name: 'two interrupts of different priority',
    events: [
      { kind: 'setPriority', vcpu: 0, intid: 32, priority: 0x40 },
      { kind: 'pulse', wire: 'spi33.vm0' },
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  watch: BestCandidate,
});

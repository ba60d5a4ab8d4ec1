import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { externalVectors } from '../../../spec/idt-vectoring/universe.ts';
import { isInstruction } from '../delivery/source.ts';
import { law, Watch } from '../law.ts';

const needs = ['delivery', 'guest', 'pending', 'program', 'hypervisor'] as const;

const classOf = (set: number): number => (set === 0 ? 0 : externalVectors[31 - Math.clz32(set)]! >> 4);

type Taken = 'machine check' | 'debug trap' | 'NMI' | 'interrupt' | 'nothing';

class Rank extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    const { before, now } = sight;
    // What was in flight comes first, and its handler has another boundary.
    if (!isInstruction(event) || before.inflight !== 0) return undefined;
    const open = this.open();
    // Behind an instruction that has begun there are more boundaries.
    if (open === 'nothing' && (before.begun !== 0 || before.outside === 1)) return undefined;
    if ((before.irr | before.nmis | before.machineCheck | before.debug) === 0) return undefined;
    if (sight.has('shutdown')) return undefined;
    this.moments++;
    const taken: Taken[] = [];
    if (now.machineCheck < before.machineCheck) taken.push('machine check');
    if (now.nmis < before.nmis) taken.push('NMI');
    if ((now.isr & ~before.isr) !== 0) taken.push('interrupt');
    if (open === 'debug trap') {
      const isTaken = taken.length === 0 && this.isDebugTaken();
      return isTaken ? undefined : `a debug trap is due, and ${taken.join(' and ') || 'nothing'} is taken`;
    }
    const expected = open === 'nothing' ? 0 : 1;
    if (taken.length === expected && (expected === 0 || taken[0] === open)) return undefined;
    return `${open} is due, and ${taken.join(' and ') || 'nothing'} is taken`;
  }

  /** The highest of what nothing holds back. */
  private open(): Taken {
    const { sight } = this;
    const { before, config } = { before: sight.before, config: sight.config };
    const has = (bit: 'if' | 'sti' | 'movss' | 'nmiBlocked'): boolean => sight.has(bit, before);
    if (before.machineCheck !== 0) return 'machine check';
    if (before.debug !== 0 && !has('movss')) return 'debug trap';
    const isNmiOpen = !has('nmiBlocked') && !has('movss') && !(has('sti') && config.stiBlocksNmi);
    if (before.nmis > 0 && isNmiOpen) return 'NMI';
    const isOpen = has('if') && !has('sti') && !has('movss');
    return isOpen && classOf(before.irr) > classOf(before.isr) ? 'interrupt' : 'nothing';
  }

  /** The handler of #DB, or of what takes its place, or a way there. */
  private isDebugTaken(): boolean {
    const { sight } = this;
    return sight.now.outside === 1 || sight.reached().length > 0;
  }
}

/** What is taken at a boundary. */
export const boundary = [
  law({
    id: 'boundary-takes-the-highest',
    claim: 'At a boundary the highest of what nothing holds back is taken, and nothing else.',
    judges: [
      'boundary-takes-one-event-by-rank',
      'external-needs-if-and-no-shadow',
      'external-needs-a-higher-class',
      'sti-casts-a-shadow',
      'movss-casts-a-shadow',
      'sti-and-nmi',
    ],
    needs,
    scenario: {
      name: 'an NMI and two interrupts behind STI and MOV SS',
      events: [
        { kind: 'cli' },
        { kind: 'external', vector: 0x20 },
        { kind: 'external', vector: 0x40 },
        { kind: 'nop' },
        { kind: 'sti' },
        { kind: 'movss' },
        { kind: 'nmi' },
        { kind: 'nop' },
        { kind: 'nop' },
      ],
    },
    watch: Rank,
  }),
];

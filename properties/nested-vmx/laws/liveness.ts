import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import type { Law } from '../../../src/engine/property.ts';
import { isOpen, levelBits } from '../bits.ts';
import { law, Watch } from '../law.ts';
import { classOf, highest, named } from '../sighted.ts';

class Served extends Watch {
  override step(): string | undefined {
    return undefined;
  }

  override end(): string | undefined {
    const { irr, isr, tpr, l1, l2 } = this.sight.now;
    // Where nothing can come while L2 is halted, L2 keeps the processor.
    if (this.sight.config.profile === 'hardware' && l2.flags & levelBits.runs) return undefined;
    // While NMIs are blocked, HLT ends only for what L1 can take then and there.
    const above = classOf(highest(irr)) > Math.max(classOf(tpr), classOf(highest(isr)));
    if (l1.activity !== 0 && (l1.flags & levelBits.nmi) !== 0 && !(above && isOpen(l1.flags))) return undefined;
    this.moments++;
    return irr === 0 ? undefined : `${named(irr)} is never taken, though L1 opens IF and ends its handlers`;
  }
}

/** Two rounds for each vector, and what it takes to begin. */
const rounds = 16;

const drain: NonNullable<Law['drain']> = (_, round, seen): readonly NestedVmxEvent[] => {
  const flags = seen.get('levels', 0, 'flags');
  const served = (seen.get('apic', 0, 'irr') | seen.get('apic', 0, 'isr')) === 0;
  if (round >= rounds || (round > 1 && served)) return [];
  const quiet: readonly NestedVmxEvent[] = [
    { kind: 'line', on: false },
    { kind: 'pic', on: false },
  ];
  // INIT and SIPI bring L1 back from whatever state L2 is in.
  if ((flags & levelBits.runs) === 0) {
    return [...quiet, { kind: 'sipi' }, { kind: 'init' }, { kind: 'l2Wait' }, { kind: 'l2Nop' }, { kind: 'l2Vmcall' }];
  }
  if (seen.get('levels', 0, 'activity') !== 0) return [...quiet, { kind: 'nmi' }, { kind: 'l1Wait' }];
  const ending: readonly NestedVmxEvent[] = [{ kind: 'l1Eoi' }, { kind: 'l1Iret' }];
  return [
    ...quiet,
    { kind: 'l1Tpr', priority: 0 },
    { kind: 'l1Sti' },
    { kind: 'l1Nop' },
    { kind: 'l1Nop' },
    ...(seen.get('apic', 0, 'isr') === 0 ? [] : ending),
  ];
};

/** Everything gets its turn. */
export const liveness = [
  law({
    id: 'everything-is-taken',
    claim: 'An L1 that opens IF, has TPR 0, and ends its handlers by EOI and IRET gets everything that was accepted.',
    judges: ['everything-is-taken-in-the-end'],
    needs: ['apic', 'levels'],
    scenario: {
      name: 'three classes pending behind an L2 with IF 0',
      config: { preset: 'direct' },
      events: [
        { kind: 'interrupt', vector: 0x20 },
        { kind: 'interrupt', vector: 0x3e },
        { kind: 'interrupt', vector: 0x40 },
        { kind: 'l1GuestInterrupts', on: false },
        { kind: 'l1Enter' },
        { kind: 'l2Nop' },
        { kind: 'l2Nop' },
      ],
    },
    watch: Served,
    drain,
  }),
];

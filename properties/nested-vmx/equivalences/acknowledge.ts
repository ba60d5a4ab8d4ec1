import type { NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import { exitReasons } from '../../../spec/vmx/exit-reasons.ts';
import type { Seen } from '../../../src/engine/property.ts';
import { levelBits, pendingBits } from '../bits.ts';
import { equivalence, type Projection, type Side } from '../equivalence.ts';
import { Outlook } from '../outlook.ts';
import { fold, isOfL0 } from './trace.ts';

type Event = NestedVmxEvent;

const off: Event = { kind: 'l1Control', control: 'acknowledgeInterrupt', on: false };
const nop: Event = { kind: 'l1Nop' };

/** What L1 does instead of reading the vector: it opens IF, takes the interrupt, and is where it was before. */
const takes: readonly Event[] = [{ kind: 'l1Sti' }, nop, nop, { kind: 'l1Iret' }, { kind: 'l1Cli' }];

/** Where the claim ends: posted interrupts cannot do without the acknowledge. */
const ends = (event: Event): boolean => event.kind === 'l1Control' && event.control === 'postedInterrupts' && event.on;

/** The same L1 without "acknowledge interrupt on exit": after each exit it takes the interrupt through its IDT. */
function variant({ config, events }: Side): Side | undefined {
  if (config.preset !== 'acknowledge' && config.preset !== 'virtual') return undefined;
  const outlook = new Outlook(config);
  const other: Event[] = [off];
  let exits = 0;
  for (const event of events) {
    const played = !isOfL0(event) && outlook.play(event);
    if (played && ends(event)) break;
    other.push(event.kind === 'l1Control' && event.control === 'acknowledgeInterrupt' ? nop : event);
    if (!played) continue;
    if (outlook.word('exit', 'kind') !== 1 || outlook.word('exit', 'reason') !== exitReasons.externalInterrupt)
      continue;
    if (outlook.word('exit', 'information') >>> 31 === 0) continue;
    // The IRET would let an NMI through, and behind the 8259 there may be a vector that the IRET lets through.
    const nmi = (outlook.l1.flags & levelBits.nmi) | (outlook.pending & pendingBits.nmi);
    if (nmi !== 0 || outlook.source) return undefined;
    other.push(...takes);
    exits++;
  }
  return exits > 0 ? { config, events: other } : undefined;
}

/** Who handles which interrupt, in order, and where the registers are at the end. */
class Handled implements Projection {
  private readonly told: string[] = [];
  private over = false;
  private state = 0;

  step(event: Event, seen: Seen): void {
    this.over ||= ends(event);
    if (this.over) return;
    const level = seen.get('delivery', 0, 'level');
    const information = seen.get(level === 0 ? 'exit' : 'delivery', 0, 'information');
    if (level !== 0 || information >>> 31) this.told.push(`L${level || 1} ${(information & 0x7ff).toString(16)}`);
    const words = [
      ...(['irr', 'isr', 'tpr', 'ppr'] as const).map((field) => seen.get('apic', 0, field)),
      ...([0, 1] as const).flatMap((level_) =>
        (['flags', 'activity', 'position', 'frames'] as const).map((field) => seen.get('levels', level_, field)),
      ),
      seen.get('pending', 0, 'flags'),
    ];
    this.state = words.reduce(fold, 0x811c_9dc5);
  }

  result(): string {
    return [...this.told, `state ${this.state.toString(16)}`].join(', ');
  }
}

/** Seed 000: with acknowledge on exit, or with STI behind it. */
export const acknowledge = equivalence({
  id: 'acknowledge-is-sti-behind-the-exit',
  claim: 'L1 handles the same interrupts in the same order with the acknowledge, and without it by STI after the exit.',
  judges: [
    'acknowledged-exit-moves-irr-to-isr',
    'exit-without-acknowledge-leaves-it-pending',
    'vector-is-chosen-when-it-is-taken',
  ],
  needs: ['delivery', 'exit', 'apic', 'levels', 'pending'],
  profiles: ['nested', 'bare'],
  scenario: {
    name: 'two classes, the lower one first',
    config: { preset: 'acknowledge' },
    events: [
      { kind: 'l1Enter' },
      { kind: 'interrupt', vector: 0x31 },
      { kind: 'l2Nop' },
      { kind: 'l1Enter' },
      { kind: 'interrupt', vector: 0x40 },
      { kind: 'l2Nop' },
      { kind: 'l1Eoi' },
      { kind: 'l1Eoi' },
    ],
  },
  variant,
  project: Handled,
});

import { alphabet, type NestedVmxEvent } from '../../../spec/nested-vmx/alphabet.ts';
import type { NestedVmxConfiguration } from '../../../spec/nested-vmx/configuration.ts';
import type { Seen } from '../../../src/engine/property.ts';
import { equivalence, type Projection, type Side } from '../equivalence.ts';
import { WholeTrace } from './trace.ts';
import { everySection } from './nested-is-bare.ts';

const isStimulus = ({ kind }: NestedVmxEvent): boolean => alphabet[kind].by === 'device';

/** What is seen of the events of L1 and L2: stimuli themselves come in another order. */
class TraceOfLevels implements Projection {
  private readonly trace: WholeTrace;

  constructor(config: NestedVmxConfiguration) {
    this.trace = new WholeTrace(config);
  }

  step(event: NestedVmxEvent, seen: Seen): void {
    if (!isStimulus(event)) this.trace.step(event, seen);
  }

  result(): string {
    return this.trace.result();
  }
}

/** Turns stimuli that follow each other around, where they do not concern the same line. */
function shuffled({ config, events }: Side, pick: (n: number) => number): Side | undefined {
  const out = [...events];
  let turned = false;
  for (let i = 1; i < out.length; i++) {
    const [one, other] = [out[i - 1]!, out[i]!];
    if (!isStimulus(one) || !isStimulus(other) || pick(4) === 0) continue;
    if (one.kind === other.kind && one.kind !== 'interrupt' && one.kind !== 'post') continue;
    if (JSON.stringify(one) === JSON.stringify(other)) continue;
    out[i - 1] = other;
    out[i] = one;
    turned = true;
  }
  return turned ? { config, events: out } : undefined;
}

/** Repeats a stimulus at once. */
function repeated({ config, events }: Side, pick: (n: number) => number): Side | undefined {
  const repeats = (event: NestedVmxEvent): boolean =>
    event.kind === 'interrupt' || event.kind === 'nmi' || event.kind === 'init' || event.kind === 'post';
  if (!events.some(repeats)) return undefined;
  const more = events.flatMap((event) => (repeats(event) && pick(4) > 0 ? [event, event] : [event]));
  return more.length > events.length ? { config, events: more } : undefined;
}

const scenario = {
  name: 'two interrupts and an NMI at one boundary of L2',
  events: [
    { kind: 'l1Enter' },
    { kind: 'interrupt', vector: 0x31 },
    { kind: 'nmi' },
    { kind: 'interrupt', vector: 0x40 },
    { kind: 'l2Nop' },
    { kind: 'l1Sti' },
    { kind: 'l1Nop' },
    { kind: 'l1Nop' },
  ],
} as const;

/** What comes between two boundaries. */
export const arrivals = [
  equivalence({
    id: 'order-of-arrival-does-not-count',
    claim: 'What comes between two boundaries comes at once: its order is nowhere seen.',
    judges: ['acceptance-changes-irr-alone', 'highest-vector-is-delivered-first', 'one-action-at-a-boundary'],
    needs: everySection,
    profiles: ['nested', 'bare'],
    scenario,
    variant: shuffled,
    project: TraceOfLevels,
  }),
  equivalence({
    id: 'a-second-arrival-merges',
    claim: 'An interrupt, NMI or INIT that comes again before it is taken changes nothing.',
    judges: ['pending-vector-absorbs-another', 'blocked-nmi-waits'],
    needs: everySection,
    profiles: ['nested', 'bare'],
    scenario,
    variant: repeated,
    project: TraceOfLevels,
  }),
];

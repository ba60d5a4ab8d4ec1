import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../../../spec/posted-interrupts/configuration.ts';
import type { Law, Seen } from '../../../src/engine/property.ts';
import { law, Watch } from '../law.ts';
import { guestNames, named } from '../sighted.ts';

class Served extends Watch {
  override step(): string | undefined {
    return undefined;
  }

  override end(): string | undefined {
    const { sight } = this;
    for (const guest of sight.guests) {
      // What is posted for L2 waits for a notification that L1 may have forgotten.
      if (guest === 1) continue;
      const { irr, isr, pir } = sight.now[guest];
      // Without NMIs nothing ends the sleep of a handler that has executed HLT and not written EOI.
      if (sight.config.profile === 'interleaved' && isr !== 0 && sight.bit('schedule', 0, 'flags', 1)) continue;
      this.moments++;
      if ((irr | pir) !== 0) return `${named(irr | pir)} is never delivered to ${guestNames[guest]}`;
    }
    return undefined;
  }
}

type Event = PostedInterruptsEvent;

/** Rounds for one virtual CPU: each serves one vector at least. */
const roundsEach = 28;

const arrivals = ({ pcpus }: PostedInterruptsConfiguration): readonly Event[] =>
  ([0, 1] as const)
    .slice(0, pcpus)
    .flatMap((pcpu) =>
      (['posted', 'wakeup', 'nested', 'kick'] as const).map((physical): Event => ({ kind: 'arrive', pcpu, physical })),
    );

const steps = (agent: 'target' | 'poster0' | 'poster1', count: number): readonly Event[] =>
  Array.from({ length: count }, (): Event => ({ kind: 'step', agent }));

const isServed = (seen: Seen, v: number): boolean =>
  (seen.get('apic', v, 'irr') | seen.get('apic', v, 'isr') | seen.get('descriptor', v, 'pir')) === 0 &&
  seen.get('core', v, 'inflight') === 0;

/** A target that gets its arrivals and entries, takes everything and completes it. */
function serve(config: PostedInterruptsConfiguration, seen: Seen, v: 0 | 1): readonly Event[] {
  const halted = ((seen.get('core', v, 'flags') >>> 3) & 1) !== 0;
  const asleep = ((seen.get('schedule', v, 'flags') >>> 1) & 1) !== 0;
  const enter: Event = { kind: 'enter', vcpu: v };
  return [
    { kind: 'lower', line: 0 },
    { kind: 'lower', line: 1 },
    // An NMI ends HLT and sleep, whatever TPR and IF hide.
    ...(halted || asleep ? [{ kind: 'nmi', vcpu: v } as const] : []),
    ...arrivals(config),
    { kind: 'load', vcpu: v, pcpu: 0 },
    { kind: 'block', vcpu: v },
    enter,
    ...(v === 0 ? [{ kind: 'nestedExit' } as const] : []),
    ...[
      { kind: 'sti', vcpu: v },
      { kind: 'nop', vcpu: v },
      { kind: 'tpr', vcpu: v, priority: 0 },
    ].flatMap((event) => [enter, event as Event]),
    enter,
    ...arrivals(config),
    enter,
    ...(seen.get('apic', v, 'isr') !== 0 ? [{ kind: 'eoi', vcpu: v } as const, enter] : []),
  ];
}

function drainHypervised(config: PostedInterruptsConfiguration, round: number, seen: Seen): readonly Event[] {
  const v = round < roundsEach ? 0 : 1;
  const place = round % roundsEach;
  const others: readonly Event[] =
    config.vcpus === 2
      ? [
          { kind: 'exit', vcpu: v === 0 ? 1 : 0 },
          { kind: 'unload', vcpu: v === 0 ? 1 : 0, preempted: false },
        ]
      : [];
  if (round >= roundsEach * config.vcpus) return [];
  if (place === 0) return [...others, ...serve(config, seen, v)];
  // An event that changes nothing keeps the rounds of the next virtual CPU coming.
  if (isServed(seen, v)) return v === config.vcpus - 1 ? [] : [{ kind: 'lower', line: 0 }];
  return serve(config, seen, v);
}

function drainSteps(config: PostedInterruptsConfiguration, round: number, seen: Seen): readonly Event[] {
  if (round >= 2 * roundsEach || (round > 2 && isServed(seen, 0))) return [];
  const arrive = arrivals(config).filter(
    (event) => event.kind === 'arrive' && (event.physical === 'posted' || event.physical === 'wakeup'),
  );
  return [
    ...steps('poster0', 5),
    ...steps('poster1', 5),
    ...steps('target', 12),
    ...arrive,
    ...steps('target', 5),
    { kind: 'start', operation: 'load0' },
    ...steps('target', 5),
    { kind: 'start', operation: 'block' },
    ...steps('target', 11),
    { kind: 'start', operation: 'enter' },
    ...steps('target', 7),
    ...(seen.get('apic', 0, 'isr') !== 0 ? [{ kind: 'eoi', vcpu: 0 } as const] : []),
  ];
}

const drain: NonNullable<Law['drain']> = (configuration: AnyConfiguration, round, seen) => {
  const config = configuration as PostedInterruptsConfiguration;
  return config.profile === 'interleaved' ? drainSteps(config, round, seen) : drainHypervised(config, round, seen);
};

/** Everything gets its turn. */
export const liveness = [
  law({
    id: 'everything-gets-its-turn',
    claim:
      'A target that gets its arrivals and entries, with IF 1, TPR 0 and handlers that write EOI, takes everything.',
    judges: ['everything-is-delivered-in-the-end'],
    needs: ['apic', 'descriptor', 'core', 'schedule'],
    profiles: ['sdm', 'kvm', 'interleaved'],
    scenario: {
      name: 'vectors of three classes, posted while the target is outside',
      events: [
        { kind: 'post', to: 0, vector: 0x21 },
        { kind: 'post', to: 0, vector: 0x3f },
        { kind: 'post', to: 0, vector: 0x3e },
        { kind: 'post', to: 1, vector: 0xf1 },
      ],
    },
    watch: Served,
    drain,
  }),
];

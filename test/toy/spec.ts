import { event, type EventOf } from '../../spec/alphabet.ts';
import { defineClauses } from '../../spec/clause.ts';
import { domain, type RecordOf } from '../../spec/domain.ts';
import { bits, word, type ObservationLayout } from '../../spec/observation.ts';
import { ours } from '../../spec/source.ts';
import type { SystemSpec } from '../../spec/system.ts';

/**
 * A tiny interrupt controller that the engine is tested with: up to three level lines, an optional latch, one CPU that
 * is entered and exited, and one interrupt active at a time.
 */
export const configuration = {
  profile: domain('profile', 'whose rules', ['full', 'bare']),
  lines: domain('lines', 'interrupt lines', [2, 1, 3]),
  order: domain('order', 'which pending line is acknowledged; any: decided anew at each entry', ['lowest', 'any']),
} as const;

export type ToyConfiguration = RecordOf<typeof configuration>;

const line = domain('line', 'interrupt line', [0, 1, 2]);

export const alphabet = {
  raise: event('device', 6, { line }, 'The line goes high.'),
  lower: event('device', 4, { line }, 'The line goes low.'),
  flip: event('device', 2, {}, 'Switches latching on or off; what is latched stays.'),
  enable: event('guest', 3, {}, 'The CPU accepts interrupts.'),
  disable: event('guest', 2, {}, 'The CPU accepts no interrupts.'),
  enter: event('hypervisor', 4, {}, 'The guest runs.'),
  exit: event('hypervisor', 4, {}, 'The guest stops.'),
  ack: event('guest', 6, {}, 'The guest acknowledges an interrupt; 255 if there is none.'),
  eoi: event('guest', 4, {}, 'The guest completes the active interrupt.'),
} as const;

export type ToyEvent = EventOf<typeof alphabet>;

const source = [ours('the toy')];

export const clauses = defineClauses('toy', {
  'raise-makes-pending': { must: 'A line that is high is pending.', seenBy: ['line.pending'], source },
  'lower-takes-back': { must: 'A line that is low and not latched is not pending.', seenBy: ['line.pending'], source },
  'latch-holds': { must: 'A latched line stays pending until acknowledged.', seenBy: ['line.pending'], source },
  'mode-flips': { must: 'A flip switches latching.', seenBy: ['cpu.latching'], source },
  'enable-opens': { must: 'Enabling and disabling open and close the CPU.', seenBy: ['cpu.enabled'], source },
  'signal-is-truthful': {
    must: 'The CPU is signalled while it is enabled, nothing is active and a line is pending.',
    seenBy: ['cpu.signalled'],
    source,
  },
  'entry-runs': { must: 'After an entry the guest runs.', seenBy: ['cpu.running'], profiles: ['full'], source },
  'exit-keeps': { must: 'An exit changes nothing but running.', seenBy: ['cpu', 'line'], profiles: ['full'], source },
  'ack-takes-one': {
    must: 'An acknowledge makes one pending line active.',
    seenBy: ['reply.value', 'line.active'],
    source,
  },
  'ack-in-order': {
    may: 'The lowest pending line comes first, or the one that the entry chose.',
    knob: 'order',
    seenBy: ['reply.value'],
    source,
  },
  'ack-of-nothing': { must: 'An acknowledge with nothing to take returns 255.', seenBy: ['reply.value'], source },
  'eoi-completes': { must: 'Completion ends the active state.', seenBy: ['line.active'], source },
  'upper-bits': { undefined: 'The bits of a reply above the low byte.', excluded: 'nobody reads them', source },
});

export type ToyClause = keyof typeof clauses;

export const observation = {
  reply: {
    doc: 'what the event returned',
    count: () => 1,
    label: () => 'reply',
    fields: { value: word('line acknowledged, or 255; only the low byte is defined') },
  },
  line: {
    doc: 'one line',
    count: (config: ToyConfiguration) => config.lines,
    label: (_: ToyConfiguration, index: number) => `line${index}`,
    fields: { pending: word('pending', 'decimal'), active: word('active', 'decimal') },
  },
  cpu: {
    doc: 'the CPU',
    count: () => 1,
    label: () => 'cpu',
    fields: {
      running: word('runs', 'decimal'),
      enabled: word('enabled', 'decimal'),
      latching: word('latching', 'decimal'),
      signalled: bits('what is signalled', ['irq']),
    },
  },
} as const satisfies ObservationLayout<ToyConfiguration>;

export const toy = {
  name: 'toy',
  title: 'A tiny interrupt controller',
  seed: '002',
  clauses,
  alphabet,
  configuration,
  admits: (config) => !(config.lines === 1 && config.order === 'any'),
  observation,
  profiles: {
    full: { doc: 'everything', actors: ['device', 'guest', 'hypervisor'], limits: { profile: ['full'] } },
    bare: {
      doc: 'no hypervisor: the guest always runs',
      actors: ['device', 'guest'],
      limits: { profile: ['bare'], order: ['lowest'] },
    },
  },
} as const satisfies SystemSpec;

import { alphabet, type PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import { nestedNotificationVector, vectors } from '../../../spec/posted-interrupts/universe.ts';
import { universe, type PostedInterruptsState } from '../../../model/posted-interrupts/index.ts';
import type { Outlook } from './outlook.ts';

/** An integer in [0, n). */
export type Random = (n: number) => number;

/** What a choice looks at. */
export interface Sight {
  readonly state: PostedInterruptsState;
  readonly outlook: Outlook;
  /** The vectors that the sequence is mostly about. */
  readonly focus: number;
}

/** Fills `args` with the place of each argument in its domain. */
export type Choose = (sight: Sight, random: Random, args: Uint8Array) => void;

const eventKinds: Readonly<
  Record<string, { readonly args: Readonly<Record<string, { readonly values: readonly unknown[] }>> }>
> = alphabet;

/** Number of values of each argument of each kind. */
export const radices: Readonly<Record<string, readonly number[]>> = Object.fromEntries(
  Object.entries(eventKinds).map(([kind, { args }]) => [kind, Object.values(args).map(({ values }) => values.length)]),
);

/** One of the set bits of a mask, which is not empty. */
function oneOf(mask: number, random: Random): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count++;
  let rest = mask;
  for (let skip = random(count); skip > 0; skip--) rest &= rest - 1;
  return 31 - Math.clz32(rest & -rest);
}

const everybody = ({ state }: Sight): number => (1 << state.vcpus.length) - 1;

/** A virtual CPU of a mask, or any. */
const vcpu = (sight: Sight, random: Random, mask: number): number =>
  oneOf(mask === 0 ? everybody(sight) : mask, random);

const place = (vector: number): number => vectors.indexOf(vector as (typeof vectors)[number]);
const notification = place(nestedNotificationVector);

const vector = ({ focus }: Sight, random: Random): number =>
  random(8) === 0 ? random(vectors.length) : oneOf(focus, random);

/** A vector for a virtual CPU: often the notification vector where there is an L2. */
const vectorFor = (sight: Sight, random: Random, to: number): number =>
  to === 0 && sight.state.machine.config.nested && random(sight.outlook.l2 ? 2 : 6) === 0
    ? notification
    : vector(sight, random);

const of =
  (mask: (o: Outlook) => number): Choose =>
  (sight, random, args) => {
    args[0] = vcpu(sight, random, mask(sight.outlook));
  };

const toVector: Choose = (sight, random, args) => {
  args[0] = vcpu(sight, random, 0);
  args[1] = vectorFor(sight, random, args[0]);
};

/** Vectors that are pending or in service, else any. */
const known =
  (set: 'irr' | 'isr'): Choose =>
  (sight, random, args) => {
    const found = sight.state.vcpus[0].apic[set];
    args[0] = found !== 0 && random(3) === 0 ? oneOf(found, random) : vector(sight, random);
  };

/** Names of physical vectors in the alphabet, by their bits in the observation. */
const physicalPlaces = [0, 1, 3, 2];

const operations = ['enter', 'exit', 'halt', 'block', 'preempt', 'load0', 'load1'] as const;

function possible({ state }: Sight): number {
  const { schedule, core } = state.vcpus[0];
  const could: Readonly<Record<(typeof operations)[number], boolean>> = {
    enter: schedule.loaded && schedule.mode === 0 && !core.halted,
    exit: schedule.mode !== 0,
    halt: schedule.mode !== 0,
    block: schedule.loaded && schedule.mode === 0 && core.halted,
    preempt: schedule.loaded && schedule.mode === 0,
    load0: !schedule.loaded && !schedule.blocked,
    load1: !schedule.loaded && !schedule.blocked && state.machine.config.pcpus > 1,
  };
  return operations.reduce((mask, operation, n) => mask | (Number(could[operation]) << n), 0);
}

/** How to choose the arguments of a kind; a kind that is not listed takes any. */
export const choices: Readonly<Partial<Record<PostedInterruptsEvent['kind'], Choose>>> = {
  post: toVector,
  devicePost: (sight, random, args) => {
    args[0] = vcpu(sight, random, 0);
    args[1] = sight.state.machine.isInterleaved
      ? oneOf(sight.state.machine.vectors, random)
      : vectorFor(sight, random, args[0]);
    args[2] = Number(random(4) === 0);
  },
  raise: ({ outlook }, random, args) => {
    args[0] = outlook.linesHigh === 3 ? 0 : oneOf(3 & ~outlook.linesHigh, random);
  },
  lower: ({ outlook }, random, args) => {
    args[0] = outlook.linesHigh === 0 ? 0 : oneOf(outlook.linesHigh, random);
  },
  arrive: ({ outlook }, random, args) => {
    if (outlook.pending === 0) return;
    const bit = oneOf(outlook.pending, random);
    args[0] = bit >> 2;
    args[1] = physicalPlaces[bit & 3];
  },
  nop: of((o) => o.awake),
  sti: of((o) => (o.awake & o.closed ? o.awake & o.closed : o.awake)),
  cli: of((o) => (o.awake & ~o.closed ? o.awake & ~o.closed : o.awake)),
  movss: of((o) => o.awake),
  hlt: of((o) => o.bare),
  tpr: of((o) => o.awake),
  cr8: of((o) => o.awake),
  read: of((o) => o.awake),
  selfIpi: (sight, random, args) => {
    args[0] = vcpu(sight, random, sight.outlook.awake);
    if (random(10) > 0) args[1] = vectorFor(sight, random, args[0]);
  },
  eoi: of((o) => (o.serving ? o.serving : o.awake)),
  sendIpi: (sight, random, args) => {
    args[0] = vcpu(sight, random, sight.outlook.bare);
    args[1] = vcpu(sight, random, 0);
    if (random(12) > 0) args[2] = vectorFor(sight, random, args[1]);
  },
  svr: (sight, random, args) => {
    const { bare, disabled } = sight.outlook;
    args[0] = vcpu(sight, random, bare & disabled ? bare & disabled : bare);
    // Value 0 of the domain is on.
    args[1] = (disabled >> args[0]) & 1 ? 0 : Number(random(4) > 0);
  },
  enter: of((o) => (o.eager ? o.eager : o.enterable)),
  exit: of((o) => o.inGuest),
  abortEntry: of((o) => (o.eager ? o.eager : o.enterable)),
  sync: of((o) => o.outside),
  nmi: of((o) => o.withoutNmi),
  obstruct: of((o) => o.withIdt),
  switchApicv: ({ outlook }, _, args) => {
    args[0] = Number(outlook.apicv);
  },
  assign: ({ outlook }, _, args) => {
    args[0] = Number(outlook.assigned);
  },
  load: (sight, random, args) => {
    args[0] = vcpu(sight, random, sight.outlook.loadable);
    args[1] = sight.outlook.freePcpus === 0 ? 0 : oneOf(sight.outlook.freePcpus, random);
  },
  unload: (sight, random, args) => {
    args[0] = vcpu(sight, random, sight.outlook.outside);
    args[1] = random(2);
  },
  block: of((o) => o.halted),
  nestedPost: (sight, random, args) => {
    args[0] = vector(sight, random);
  },
  startPost: ({ state, outlook }, random, args) => {
    const { posters } = state.machine.config;
    const resting = ~(outlook.busy >> 1) & ((1 << posters) - 1);
    args[0] = oneOf(resting === 0 ? 1 : resting, random);
    args[1] = random(state.machine.config.vectors === 'three' ? 3 : 2);
  },
  start: (sight, random, args) => {
    const mask = possible(sight);
    // A target that could enter or block mostly does.
    const likely = mask & 0b1001;
    args[0] = likely !== 0 && random(3) > 0 ? oneOf(likely, random) : oneOf(mask === 0 ? 1 : mask, random);
  },
  step: ({ outlook }, random, args) => {
    args[0] = outlook.busy === 0 ? 0 : oneOf(outlook.busy, random);
  },
  setPending: (sight, random, args) => {
    known('irr')(sight, random, args);
    args[1] = Number(random(4) === 0);
  },
  setInService: (sight, random, args) => {
    known('isr')(sight, random, args);
    args[1] = random(2);
  },
  setStatus: (sight, random, args) => {
    const { irr, isr } = sight.state.vcpus[0].apic;
    if (random(3) > 0) args[0] = 1 + place(universe.max(irr));
    if (random(3) > 0) args[1] = 1 + place(universe.max(isr));
  },
  setEoiExit: known('isr'),
  setPir: (sight, random, args) => {
    args[0] = vector(sight, random);
  },
  vmEntry: (_, random, args) => {
    args[0] = Number(random(4) === 0);
    args[1] = random(3) > 0 ? 0 : random(3);
    args[2] = args[1] === 0 ? Number(random(5) === 0) : 0;
  },
};

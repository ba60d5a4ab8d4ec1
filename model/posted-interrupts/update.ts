import { physicalVectors } from '../../spec/posted-interrupts/universe.ts';
import { physicalPlace, universe, type PhysicalName } from './machine.ts';
import type { Core, Descriptor, Guest, NestedGuest, PostedInterruptsState, Schedule, VirtualCpu } from './state.ts';

type State = PostedInterruptsState;

/** The array with another element at `index`. */
function replaced<T>(array: readonly T[], index: number, element: T): readonly T[] {
  const copy = array.slice();
  copy[index] = element;
  return copy;
}

/** With another virtual CPU `v`. */
export const withVcpu = (state: State, v: number, vcpu: VirtualCpu): State =>
  state.vcpus[v] === vcpu ? state : { ...state, vcpus: replaced(state.vcpus, v, vcpu) };

/** With other fields where virtual CPU `v` is. */
export const withSchedule = (state: State, v: number, change: Partial<Schedule>): State => {
  const vcpu = state.vcpus[v];
  return withVcpu(state, v, { ...vcpu, schedule: { ...vcpu.schedule, ...change } });
};

/** With other fields in the descriptor of virtual CPU `v`. */
export const withDescriptor = (state: State, v: number, change: Partial<Descriptor>): State => {
  const vcpu = state.vcpus[v];
  return withVcpu(state, v, { ...vcpu, descriptor: { ...vcpu.descriptor, ...change } });
};

/** With other fields in what L1 keeps for L2. */
export const withNested = (state: State, nested: NestedGuest): State =>
  state.nested === nested ? state : { ...state, nested };

/** Whether L2 runs on virtual CPU `v`. */
export const runsL2 = (state: State, v: number): boolean => state.vcpus[v].core.l2;

/** The guest that runs on virtual CPU `v`: itself, or L2. */
export const guestOf = (state: State, v: number): Guest => (runsL2(state, v) ? state.nested : state.vcpus[v]);

/** With other fields of the guest that runs on virtual CPU `v`. */
export const withGuest = (state: State, v: number, change: Partial<Guest>): State =>
  runsL2(state, v)
    ? withNested(state, { ...state.nested, ...change })
    : withVcpu(state, v, { ...state.vcpus[v], ...change });

/** With other fields in the core of the guest that runs on virtual CPU `v`. */
export const withCore = (state: State, v: number, change: Partial<Core>): State =>
  withGuest(state, v, { core: { ...guestOf(state, v).core, ...change } });

/** Whether virtual CPU `v` is in the guest. */
export const isInGuest = (state: State, v: number): boolean => state.vcpus[v].schedule.mode !== 0;

/** The virtual CPU that is in the guest on physical CPU `p`, or -1. */
export const inGuestOn = (state: State, p: number): number =>
  state.vcpus.findIndex(({ schedule }) => schedule.mode !== 0 && schedule.pcpu === p);

/** Who takes or accepts on virtual CPU `v`: 1 for L1 of virtual CPU 0, 2 for its L2, 3 for virtual CPU 1. */
export const takerOn = (v: number, l2: boolean): number => (v === 0 ? (l2 ? 2 : 1) : 3);

/** With a vector among those accepted in this event. */
export const accepted = (state: State, vector: number, acceptor: number): State => ({
  ...state,
  effects: { ...state.effects, accepted: universe.with(state.effects.accepted, vector), acceptor },
});

/** With a physical vector pending on physical CPU `p`. */
export const signalled = (state: State, p: number, physical: PhysicalName): State => ({
  ...state,
  physical: replaced(state.physical, p, { pending: state.physical[p].pending | (1 << physicalPlace[physical]) }),
});

/** With a physical vector sent to physical CPU `p`. */
export const sent = (state: State, p: number, physical: PhysicalName): State => ({
  ...signalled(state, p, physical),
  effects: { ...state.effects, sent: state.effects.sent | (1 << (4 * p + physicalPlace[physical])) },
});

/** With a physical vector no longer pending on physical CPU `p`. */
export const arrived = (state: State, p: number, physical: PhysicalName): State => ({
  ...state,
  physical: replaced(state.physical, p, { pending: state.physical[p].pending & ~(1 << physicalPlace[physical]) }),
});

/** Whether a physical vector is pending on physical CPU `p`. */
export const isPendingOn = (state: State, p: number, physical: PhysicalName): boolean =>
  (state.physical[p].pending & (1 << physicalPlace[physical])) !== 0;

const nameOfVector = new Map(Object.entries(physicalVectors).map(([name, vector]) => [vector as number, name]));

/** The name of a physical vector. */
export const physicalNamed = (vector: number): PhysicalName => nameOfVector.get(vector) as PhysicalName;

/** Interruption information of an external interrupt (type 0). */
export const externalInterrupt = (vector: number): number => (0x8000_0000 | vector) >>> 0;

/** Interruption information of an NMI (type 2, vector 2). */
export const nonMaskableInterrupt = 0x8000_0202;

import { gateVectors } from '../../spec/idt-vectoring/universe.ts';
import type { Gate, Guest, IdtVectoringState as State, Payload, Pending, Program, Tables } from './state.ts';
import { isDoubleFault, type VectoredEvent } from './vectored-event.ts';

/** With other fields of the guest's processor. */
export const withGuest = (state: State, change: Partial<Guest>): State => ({
  ...state,
  guest: { ...state.guest, ...change },
});

/** With something else waiting for a boundary. */
export const withPending = (state: State, change: Partial<Pending>): State => ({
  ...state,
  pending: { ...state.pending, ...change },
});

/** With the guest's program elsewhere. */
export const withProgram = (state: State, change: Partial<Program>): State => ({
  ...state,
  program: { ...state.program, ...change },
});

/** With something else in the way of deliveries. */
export const withTables = (state: State, change: Partial<Tables>): State => ({
  ...state,
  tables: { ...state.tables, ...change },
});

/** The guest is outside, and the next entry injects an event, or none; the payload is written then. */
export const withInflight = (state: State, inflight: VectoredEvent | undefined, payload?: Payload): State => ({
  ...withGuest(state, { isResumeFlagOpen: isDoubleFault(inflight) }),
  hypervisor: { outside: true, inflight, payload },
});

/** The guest is inside; nothing is in flight then, unless the hypervisor has forgotten to forget it. */
export const withinGuest = (state: State, inflight?: VectoredEvent): State => ({
  ...withGuest(state, { isResumeFlagOpen: false }),
  hypervisor: { outside: false, inflight, payload: undefined },
});

/** RIP some bytes on: the offset changes alone. */
export const advanced = (rip: number, bytes: number): number => (rip & ~0xfff) | ((rip + bytes) & 0xfff);

/** The gate of a vector; vectors without an entry of their own have one that is present. */
export const gateOf = ({ gates }: Tables, vector: number): Gate =>
  gates[(gateVectors as readonly number[]).indexOf(vector)] ?? 'present';

import type { PackedDrain, PackedMachine } from './exploration.ts';
import type { StateTable } from './state-table.ts';

const unknown = 0;
/** From here the drain ends. */
const ends = 1;
/** The walk that is under way has been here. */
const onTheWay = 2;

/**
 * Drains every state of a table. A drain goes from state to state of the table, for all of them can be reached: each state
 * is walked from once, and a walk stops where another one has been. A byte for each slot.
 */
export class Drains {
  private readonly table: StateTable;
  private readonly machine: PackedMachine;
  private readonly drain: PackedDrain;
  private readonly symmetry: boolean;
  private readonly marks: Uint8Array;
  private readonly way: number[] = [];

  constructor(table: StateTable, machine: PackedMachine, drain: PackedDrain, symmetry: boolean) {
    this.table = table;
    this.machine = machine;
    this.drain = drain;
    this.symmetry = symmetry;
    this.marks = new Uint8Array(table.slotCount);
  }

  /** Whether the drain of the state at a place ends. A state outside the table is taken to be one from which it does. */
  ends(place: number): boolean {
    const { table, machine, drain, marks, way, symmetry } = this;
    let first = table.words[2 * place];
    let second = table.words[2 * place + 1];
    let slot = table.slotOf(first, second);
    way.length = 0;
    while (slot >= 0 && marks[slot] === unknown) {
      marks[slot] = onTheWay;
      way.push(slot);
      const code = drain.next(first, second);
      if (code < 0) break;
      if (!machine.step(first, second, code)) return false;
      first = machine.first;
      second = symmetry ? machine.canonical!(machine.second) : machine.second;
      slot = table.slotOf(first, second);
      if (slot >= 0 && marks[slot] === onTheWay) return false;
    }
    for (const passed of way) marks[passed] = ends;
    return true;
  }
}

/** The events that drain a state, until it comes to an end, cannot go on, or is where it was before. */
export function drainOf(
  machine: PackedMachine,
  drain: PackedDrain,
  from: readonly [number, number],
): readonly number[] {
  const codes: number[] = [];
  const seen = new Set<string>();
  let [first, second] = from;
  for (;;) {
    const key = `${first} ${second}`;
    const code = drain.next(first, second);
    if (code < 0 || seen.has(key)) return codes;
    seen.add(key);
    codes.push(code);
    if (!machine.step(first, second, code)) return codes;
    ({ first, second } = machine);
  }
}

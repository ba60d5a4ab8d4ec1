import type { PackedDrain, PackedMachine } from './exploration.ts';
import type { StateTable } from './state-table.ts';

/** From here the drain ends. */
const ends = 1;
/** The walk that is under way has been here. */
const onTheWay = 2;

/** Events of a drain at the most: one that takes more is taken to have no end. */
const longest = 10_000;

/**
 * Drains the states of a table. A drain goes mostly from state to state of the table: each of them is walked from once,
 * and a walk stops where another one has been. A byte for each slot.
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

  /** Whether the drain of the state at a place ends. */
  ends(place: number): boolean {
    const { table, machine, drain, marks, way, symmetry } = this;
    let first = table.words[2 * place];
    let second = table.words[2 * place + 1];
    way.length = 0;
    for (let events = 0; events < longest; events++) {
      const slot = table.slotOf(first, second);
      if (slot >= 0) {
        if (marks[slot] === onTheWay) return false;
        if (marks[slot] === ends) return this.leave();
        marks[slot] = onTheWay;
        way.push(slot);
      }
      const code = drain.next(first, second);
      if (code < 0) return this.leave();
      if (!machine.step(first, second, code)) return false;
      first = machine.first;
      second = symmetry ? machine.canonical!(machine.second) : machine.second;
    }
    return false;
  }

  private leave(): true {
    for (const slot of this.way) this.marks[slot] = ends;
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

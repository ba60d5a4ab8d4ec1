import type { PackedMachine } from './exploration.ts';
import { nobody, type StateTable } from './state-table.ts';

/** Events from reset, and the state that they lead to. */
export interface Way {
  readonly codes: readonly number[];
  readonly end: readonly [number, number];
}

/**
 * The events from reset to a state, and one more. Where states that differ in the places of equal agents are one, the
 * events that were stored are those of the state that stands for the others: they are found again by playing.
 */
export function shortestWay(
  table: StateTable,
  machine: PackedMachine,
  symmetry: boolean,
  from: number,
  last: number,
): Way {
  if (from === nobody) return { codes: [], end: machine.initial };
  const places: number[] = [];
  for (let place = from; place !== nobody; place = table.parents[place]) places.push(place);
  places.reverse();
  let [first, second] = machine.initial;
  const standing = (word: number): number => (symmetry ? machine.canonical!(word) : word);
  /** An event that leads from where the machine is to a state, the stored one if it does. */
  const eventTo = (wantedFirst: number, wantedSecond: number, stored: number): number =>
    [stored, ...machine.codes].find(
      (code) =>
        machine.step(first, second, code) && machine.first === wantedFirst && standing(machine.second) === wantedSecond,
    )!;
  const codes = places.slice(1).map((place) => {
    const code = eventTo(table.words[2 * place], table.words[2 * place + 1], table.events[place]);
    ({ first, second } = machine);
    return code;
  });
  const [lastFirst, lastSecond] = lastOf(table, machine, from, last);
  codes.push(eventTo(lastFirst, standing(lastSecond), last));
  return { codes, end: [machine.first, machine.second] };
}

/** The state that the last event leads to from the state in the table. */
function lastOf(table: StateTable, machine: PackedMachine, from: number, last: number): readonly [number, number] {
  machine.step(table.words[2 * from], table.words[2 * from + 1], last);
  return [machine.first, machine.second];
}

import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { isOfHypervisor, type Reached, type Sighted } from '../sighted.ts';
import { fateOf, throughGates, type Fate, type Underway } from './fate.ts';
import { inflightSource, injectedSource, isInstruction, raisedSource, takenSource, type Source } from './source.ts';

/** A delivery that a step begins or carries on, and what must have become of it. */
export interface Journey {
  readonly source: Source;
  /** Its obstacles have been met and its gates passed: what must be delivered. */
  readonly arrives: Fate;
  /** What may be in flight after the step; without a hypervisor nothing. */
  readonly stops: readonly Fate[];
  /** The handler that was reached; undefined: none was. */
  readonly reached: Reached | undefined;
}

/** Guest's obstacles that can lie there at once. */
const most = 3;

/** The deliveries of a step that can be told from its words alone; deliveries after these are not among them. */
export function journeys(event: IdtVectoringEvent, sight: Sighted): readonly Journey[] {
  const { before, now } = sight;
  const own = sight.obstacles(before).filter((obstacle) => !isOfHypervisor(obstacle));
  // Whether this one has been put up cannot be told.
  if (event.kind === 'spoil' && own.length >= most) return [];
  const reached = sight.reached();
  const met = sight.met(event.kind);
  const isEmpty = sight.obstacles(now).length === (event.kind === 'spoil' ? 1 : 0);
  const first = inflightSource(event, sight);
  const found: Journey[] = [];
  const journey = (source: Source, obstacles: typeof met, handler: Reached | undefined): void => {
    const through = throughGates(fateOf(source.event, obstacles, sight.config), sight);
    const stops = isEmpty ? through : through.slice(0, 1);
    found.push({ source, arrives: through.at(-1)!, stops, reached: handler });
  };
  if (first !== undefined) {
    journey(first, met, reached[0]);
    // What its handler does is another matter, but what is taken at its first instruction meets no obstacle.
    const second = reached[0] && takenSource(event, sight);
    if (second !== undefined) journey({ ...second, rip: -1 }, [], reached[1]);
    return found;
  }
  // An instruction that has begun may be delivered, or completed, before anything else.
  if (before.outside === 1 || (isInstruction(event) && before.begun !== 0)) return found;
  const source = takenSource(event, sight) ?? raisedSource(event, sight) ?? injectedSource(event, sight);
  if (source !== undefined) journey(source, met, reached[0]);
  return found;
}

/** `#14 (0x2)` and the like. */
export const nameOf = (event: Underway | undefined): string => {
  if (event === undefined) return 'shutdown';
  const code = event.error === undefined ? '' : ` with error code 0x${event.error.toString(16)}`;
  return `vector 0x${event.vector.toString(16)}, type ${event.type}${code}`;
};

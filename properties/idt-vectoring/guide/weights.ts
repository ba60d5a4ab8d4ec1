import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import type { Outlook } from './outlook.ts';

/** What an event is worth now, as a factor to its weight. */
export type Weigh = (o: Outlook) => number;

/** The factor of an event that is skipped now, or does nothing. */
const hardly = 0.01;

const when = (condition: unknown, factor: number): number => (condition ? factor : hardly);

/** Something is to be taken at a boundary, once nothing holds it back. */
const waits = (o: Outlook): boolean => o.irr !== 0 || o.nmis > 0 || o.machineCheck || o.debug;

/** An instruction of the guest's: of less worth where it is not reached. */
const instruction =
  (factor: (o: Outlook) => number): Weigh =>
  (o) => {
    if (o.halted && !o.outside) return waits(o) ? 0.5 : 0.05;
    // What has begun faults again and again until its cause is gone.
    return factor(o) * (o.cause ? 0.5 : 1);
  };

/** More of what waits where it meets something: an obstacle, a shadow, something else that waits. */
const stimulus =
  (factor: (o: Outlook) => number): Weigh =>
  (o) =>
    factor(o) * (o.halted ? 3 : 1) * (o.obstacles > 0 || o.shadow || waits(o) ? 1.4 : 1);

const always: Weigh = () => 1;

/** The factor of every kind of event. */
export const factors: Readonly<Record<IdtVectoringEvent['kind'], Weigh>> = {
  nop: instruction((o) => (waits(o) ? 1.5 : 0.5)),
  sti: instruction((o) => (o.interruptFlag ? 0.2 : o.trapFlag ? 4 : 2)),
  cli: instruction((o) => (o.interruptFlag ? 1 : 0.1)),
  movss: instruction((o) => (waits(o) || o.generalDetect || o.trapFlag ? 2 : 1)),
  popf: instruction(always),
  movdr: instruction((o) => (o.generalDetect ? 2 : 1)),
  // Of two faults and one more comes #DF, and what meets that.
  fault: instruction((o) => (o.spoils > 1 ? 3 : o.frames > 5 ? 0.3 : 1)),
  movs: instruction((o) => (o.frames > 5 ? 0.3 : 1)),
  codeBreakpoint: instruction((o) => (o.shadow ? 3 : 1)),
  dataBreakpoint: instruction((o) => (o.shadow ? 3 : 1)),
  int3: instruction(always),
  into: instruction(always),
  intn: instruction(always),
  int1: instruction(always),
  hlt: instruction((o) => (waits(o) || o.interruptFlag ? 1 : 0.5)),
  eoi: instruction((o) => (o.serving ? 1.5 : 0.1)),
  iret: (o) =>
    o.outside || o.frames > 0
      ? instruction(({ frames, nmiBlocked }) => Math.min(3, frames) * 0.7 + Number(nmiBlocked))(o)
      : hardly,
  external: stimulus((o) => (o.irr === 7 ? 0.2 : 1)),
  nmi: stimulus((o) => (o.nmis === 2 || (o.nmiBlocked && o.nmis > 0) ? 0.3 : o.nmiBlocked ? 1.5 : 1)),
  machineCheck: stimulus((o) => when(!o.machineCheck, o.mcip ? 0.1 : 0.7)),
  cure: (o) => (o.cause ? (o.frames > 1 ? 4 : 2) : when(o.causeBelow, 1)),
  gate: (o) => (o.badGates > 2 ? 1.2 : 0.6),
  spoil: (o) => when(!o.spoiled, [1.2, 1, 0.7][o.spoils]!),
  inject: (o) => (o.outside && o.inflight ? 0.6 : o.halted ? 2 : 1),
  obstruct: (o) => when(!o.full, o.inflight ? 1.3 : [1.2, 0.7, 0.5][o.obstacles]!),
  enter: (o) => when(o.outside, 3),
  kick: (o) => (o.shadow && o.trapFlag ? 5 : o.shadow || o.outside ? 2 : 1),
  migrate: (o) => (o.outside ? 3 : o.shadow || o.nmis > 0 ? 2 : 0.7),
  refused: (o) => when(!o.outside, o.shadow && o.trapFlag ? 8 : o.shadow || o.halted || o.nmiBlocked ? 2 : 1),
};

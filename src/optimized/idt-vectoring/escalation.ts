import { isException, vectorOf } from './events.ts';

/** The second exception is given in place of the first event. */
export const serial = 0;
/** Both become #DF. */
export const double = 1;
/** Shutdown. */
export const triple = 2;

const benign = 0;
const contributory = 1;
const pageFaultClass = 2;
const doubleFaultClass = 3;

/** Class of each vector of a hardware exception; everything else is benign. */
const classes = new Uint8Array(256).fill(benign);
for (const vector of [0, 10, 11, 12, 13]) classes[vector] = contributory;
for (const vector of [14, 20]) classes[vector] = pageFaultClass;
classes[8] = doubleFaultClass;

const classOf = (event: number): number => (isException(event) ? classes[vectorOf(event)] : benign);

const table = (doubleFaultThenBenign: number): Uint8Array =>
  // The class of the event being delivered chooses the row; columns: benign, contributory, page fault.
  Uint8Array.from(
    [
      [serial, serial, serial],
      [serial, double, serial],
      [serial, double, double],
      [doubleFaultThenBenign, triple, triple],
    ].flat(),
  );

/** A benign exception during delivery of #DF is a triple fault. */
export const shutdownTable = table(triple);

/** It is delivered in place of #DF. */
export const serialTable = table(serial);

/** What becomes of an exception that is raised while an event is delivered. */
export const combine = (outcomes: Uint8Array, event: number, raised: number): number =>
  outcomes[3 * classOf(event) + classOf(raised)];

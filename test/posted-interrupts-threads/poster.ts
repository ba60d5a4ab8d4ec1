import { workerData } from 'node:worker_threads';
import { vectorOf } from '../../src/optimized/posted-interrupts/index.ts';
import { physicalVectors } from '../../spec/posted-interrupts/universe.ts';
import { Arena, inGuest, postedBit, vectorsPerPoster, wakeupBit, type Start } from './arena.ts';
import { Random } from './random.ts';

const { buffer, race, poster, seed } = workerData as Start;
const arena = new Arena(buffer, race);
const { descriptor, issued } = arena;
const random = new Random(seed + 1000 * (poster + 1));

/** A CPU posts. */
function cpuPost(vector: number): void {
  const early = race === 'mode-read-early' ? arena.mode : -1;
  if (!descriptor.post(vector)) return;
  const mode = early < 0 ? arena.mode : early;
  if (mode === inGuest) arena.send(arena.pcpu, postedBit);
  else arena.wake();
}

/** The device posts. */
function devicePost(vector: number, urgent: boolean): void {
  const control = descriptor.devicePost(vector, urgent);
  if (control < 0) return;
  arena.send(descriptor.ndst, vectorOf(control) === physicalVectors.wakeup ? wakeupBit : postedBit);
}

for (let round = arena.awaitRound(0); round > 0; round = arena.awaitRound(round)) {
  const { burst, first, last, device } = arena.kind;
  const kinds = last - first + 1;
  const count = 1 + random.below(burst);
  // Of the posters, at least one posts as CPUs do in each round.
  const asDevice = device && poster > 0 && random.below(2) === 0;
  for (let i = 0; i < count; i++) {
    const vector = first + random.below(kinds);
    issued[poster * vectorsPerPoster + vector]++;
    if (asDevice) devicePost(vector, random.below(8) === 0);
    else cpuPost(vector);
  }
  arena.finishBurst();
}

import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { alphabet } from '../../../spec/idt-vectoring/alphabet.ts';
import type { Side } from '../equivalence.ts';
import { Simulation } from './simulation.ts';

/** An integer in [0, n). */
export type Pick = (n: number) => number;

const obstacles = alphabet.obstruct.args.obstacle.values;
const reasons = alphabet.kick.args.reason.values;

/** What a hypervisor does that the guest cannot tell. */
function work(pick: Pick): IdtVectoringEvent {
  switch (pick(8)) {
    case 0:
      return { kind: 'kick', reason: reasons[pick(reasons.length)]! };
    case 1:
      return { kind: 'migrate' };
    case 2:
      return { kind: 'enter' };
    default:
      return { kind: 'obstruct', obstacle: obstacles[pick(obstacles.length)]! };
  }
}

/** Most of what is put between two events. */
const most = 3;

/** The same sequence with work of the hypervisor's anywhere in it; the guest is inside at the end. */
export function insertInto({ config, events }: Side, pick: Pick): Side {
  const simulation = new Simulation(config);
  // Dense in some sequences, and single in others.
  const rarity = 1 + pick(6);
  for (const event of events) {
    if (pick(rarity) === 0) for (let n = 1 + pick(most); n > 0; n--) simulation.play(work(pick));
    simulation.offer(event);
  }
  return simulation.settled();
}

import type { Projection } from '../equivalence.ts';
import type { Reached, Sighted } from '../sighted.ts';

const hex = (word: number): string => word.toString(16);

/** RF, which is not defined in the frame of #DF. */
const rf = 1 << 2;

const frame = ({ vector, hasError, error, returnRip, flags, cr2, dr6 }: Reached): string => {
  const pushed = vector === 8 ? flags & ~rf : flags;
  return `${hex(vector)}${hasError ? `(${hex(error)})` : ''} from ${hex(returnRip)} ${[pushed, cr2, dr6].map(hex).join(' ')};`;
};

/** What the guest sees: the handlers that are reached, in order and with their frames, and the state at the end. */
export class WhatTheGuestSees implements Projection {
  protected readonly sight: Sighted;
  private handlers = '';

  constructor(sight: Sighted) {
    this.sight = sight;
  }

  step(): void {
    for (const reached of this.sight.reached()) this.handlers += ` ${frame(reached)}`;
  }

  result(): string {
    // The last event is kept by now, and what it left is what was before the next one.
    const { rip, flags, cr2, dr6, isr, deviceReads, irr, nmis, machineCheck, debug, frames, begun } = this.sight.before;
    const guest = [rip, flags, cr2, dr6, isr, deviceReads, irr, nmis, machineCheck, debug, frames, begun];
    return `${this.handlers.trim()} | ${guest.map(hex).join(' ')}`;
  }
}

/** What the hypervisor has in hand at the end as well. */
export class WhatEverybodySees extends WhatTheGuestSees {
  override result(): string {
    const { outside, inflight, error, length, payload, obstacles } = this.sight.before;
    return `${super.result()} | ${[outside, inflight, error, length, payload, obstacles].map(hex).join(' ')}`;
  }
}

import { AdapterError } from '../../../spec/contract.ts';
import { debugBits } from '../../../spec/idt-vectoring/universe.ts';
import type { ObservationData } from '../../../spec/observation.ts';
import { idtVectoringWords } from './layout.ts';

const places = new Map(idtVectoringWords.map((name, place) => [name, place]));
const debugMask = Object.values(debugBits).reduce((mask, bit) => mask | bit, 0);

/** The sections that Bochs shows, from the words that answer an event. */
export function observe(words: readonly number[]): ObservationData {
  const word = (name: (typeof idtVectoringWords)[number]): number => words[places.get(name)!];
  if (word('unexpected') !== 0)
    throw new AdapterError(
      'E_ADAPTER_THREW',
      `Bochs came to L1 in a way nobody knows: ${word('unexpected').toString(16)}`,
    );
  const delivery = (n: 0 | 1) => ({
    event: word(`event${n}`),
    error: word(`error${n}`),
    returnRip: word(`returnRip${n}`),
    flags: word(`flags${n}`),
    cr2: word(`cr2${n}`),
    dr6: word(`dr6${n}`) & debugMask,
  });
  return {
    delivery: [delivery(0), delivery(1)],
    guest: [
      {
        rip: word('rip'),
        flags: word('flags'),
        cr2: word('cr2'),
        dr6: word('dr6') & debugMask,
        isr: word('isr'),
        deviceReads: word('deviceReads'),
      },
    ],
    client: [
      {
        reason: word('clientReason'),
        vectoring: word('clientVectoring'),
        error: word('clientError'),
        length: word('clientLength'),
      },
    ],
    hypervisor: [
      {
        outside: word('outside'),
        inflight: word('inflight'),
        error: word('inflightError'),
        length: word('inflightLength'),
        // Nothing is intercepted: what has a payload gets it in the event that injects it.
        payload: 0,
      },
    ],
  };
}

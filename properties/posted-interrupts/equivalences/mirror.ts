import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { Side } from '../equivalence.ts';
import { Simulation } from './simulation.ts';

type Event = PostedInterruptsEvent;
type Post = Extract<Event, { kind: 'post' }>;

/**
 * Event kinds at which the claims about APICv end: they change what both machines have in common, or take part in it
 * differently. The projection stops there on the one side, the mirrored sequence on the other.
 */
export const endsTheClaim = (event: Event): boolean => ends.has(event.kind);

const ends: ReadonlySet<Event['kind']> = new Set([
  'devicePost',
  'raise',
  'lower',
  'sendIpi',
  'svr',
  'nmi',
  'obstruct',
  'abortEntry',
  'switchApicv',
  'nestedEntry',
]);

/** Entries in a row at the most: an interrupt window between two. */
const entries = 4;

/**
 * Makes, of a sequence for APICv, one for injection by software: whoever is in the guest on the one side is made to be
 * there on the other.
 *
 * @param delays whether what is posted to a running guest waits for the moment at which it is taken from PIR
 */
export function mirrored({ config, events }: Side, delays: boolean): Side | undefined {
  if (config.apicv !== 'on') return undefined;
  const one = new Simulation(config);
  const other = new Simulation({ ...config, apicv: 'off', pprOnTie: 'tpr' });
  let waiting: Post[] = [];

  const accept = (post: Post): void => {
    other.play(post);
    // The kick makes it leave the guest, and the entry takes the vector.
    other.play({ kind: 'arrive', pcpu: other.state.vcpus[post.to].schedule.pcpu as 0 | 1, physical: 'kick' });
  };
  const acceptAll = (v: number): void => {
    waiting.filter(({ to }) => to === v).forEach(accept);
    waiting = waiting.filter(({ to }) => to !== v);
  };
  const meet = (): void => {
    for (const v of ([0, 1] as const).slice(0, config.vcpus)) {
      if (one.mode(v) === 0 && other.mode(v) !== 0) other.play({ kind: 'exit', vcpu: v });
      for (let n = 0; n < entries && one.mode(v) !== 0 && other.mode(v) === 0; n++)
        other.play({ kind: 'enter', vcpu: v });
    }
  };

  for (const event of events) {
    const before = one.state;
    if (!one.play(event)) continue;
    if (endsTheClaim(event)) break;
    const taken = [0, 1].filter(
      (v) => v < config.vcpus && before.vcpus[v].descriptor.pir !== 0 && one.state.vcpus[v].descriptor.pir === 0,
    );
    taken.forEach(acceptAll);
    if (event.kind === 'post' && delays && before.vcpus[event.to].schedule.mode !== 0) waiting.push(event);
    else if (event.kind === 'post') accept(event);
    else if (event.kind !== 'arrive' && event.kind !== 'sync') other.play(event);
    meet();
    for (let v = 0; v < config.vcpus; v++) if (one.mode(v) === 0) acceptAll(v);
  }
  return { config: { ...config, apicv: 'off', pprOnTie: 'tpr' }, events: other.events };
}

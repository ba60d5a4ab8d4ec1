import { alphabet, type PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../../../spec/posted-interrupts/configuration.ts';
import { interleavedVectors } from '../../../spec/posted-interrupts/universe.ts';

type Plan<Kind> = (
  event: Extract<PostedInterruptsEvent, { kind: Kind }>,
  config: PostedInterruptsConfiguration,
) => readonly [number, number] | undefined;

const operations = alphabet.start.args.operation.values;
const agents = alphabet.step.args.agent.values;

const placesOf = ({ vectors }: PostedInterruptsConfiguration): readonly number[] =>
  interleavedVectors[vectors === 'three' ? 'three' : 'two'];

/** The arguments of the events that there are, in the order of their numbers; `undefined`: the configuration lacks it. */
const plans: { readonly [Kind in PostedInterruptsEvent['kind']]?: Plan<Kind> } = {
  startPost({ poster, vector }, config) {
    const place = placesOf(config).indexOf(vector);
    return poster < config.posters && place >= 0 ? [poster, place] : undefined;
  },
  start: ({ operation }, { pcpus }) =>
    operation === 'load1' && pcpus < 2 ? undefined : [operations.indexOf(operation), 0],
  step({ agent }, { posters }) {
    const number = agents.indexOf(agent);
    return number <= posters ? [number, 0] : undefined;
  },
  devicePost({ to, vector, urgent }, config) {
    const place = placesOf(config).indexOf(vector);
    return config.devicePosting && to === 0 && place >= 0 ? [place, Number(urgent)] : undefined;
  },
  arrive: ({ pcpu, physical }, { pcpus }) =>
    pcpu < pcpus && (physical === 'posted' || physical === 'wakeup')
      ? [pcpu, Number(physical === 'wakeup')]
      : undefined,
  eoi: ({ vcpu }) => (vcpu === 0 ? [0, 0] : undefined),
};

const numbers = Object.keys(plans);

/** The number of an event's kind in bits 7:0, its arguments in 15:8 and 23:16; -1 where a configuration lacks it. */
export function planOf(event: PostedInterruptsEvent, config: PostedInterruptsConfiguration): number {
  const plan = plans[event.kind] as Plan<string> | undefined;
  const args = plan?.(event as never, config);
  return args === undefined ? -1 : numbers.indexOf(event.kind) | (args[0] << 8) | (args[1] << 16);
}

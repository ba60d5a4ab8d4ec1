import { configuration } from '../../../spec/idt-vectoring/configuration.ts';
import { observation } from '../../../spec/idt-vectoring/observation.ts';
import type { AnyConfiguration } from '../../../spec/alphabet.ts';
import type { ObservationLayout } from '../../../spec/observation.ts';
import { Layout } from '../../../src/engine/layout.ts';

/** The default value of every parameter. */
export const defaultConfiguration: AnyConfiguration = Object.freeze(
  Object.fromEntries(Object.entries(configuration).map(([name, { values }]) => [name, values[0]])),
);

const layout = new Layout(observation as unknown as ObservationLayout, defaultConfiguration);
const at = (section: keyof typeof observation, field: string): number => layout.offset(section, 0, field);

/** Places of words in the observation of a machine that has a hypervisor. */
export const places = {
  delivery: at('delivery', 'event'),
  deliveryFields: Object.keys(observation.delivery.fields).length,
  /** What the guest can find out, from here to {@link places.guestEnd}: `guest`, `pending`, `program`. */
  guest: at('guest', 'rip'),
  guestEnd: at('tables', 'obstacles'),
  rip: at('guest', 'rip'),
  flags: at('guest', 'flags'),
  cr2: at('guest', 'cr2'),
  dr6: at('guest', 'dr6'),
  irr: at('pending', 'irr'),
  nmis: at('pending', 'nmis'),
  machineCheck: at('pending', 'machineCheck'),
  pendingDebug: at('pending', 'debug'),
  begun: at('program', 'begun'),
  obstacles: at('tables', 'obstacles'),
  exits: at('exit', 'count'),
  reason: at('exit', 'reason'),
  qualification: at('exit', 'qualification'),
  interruption: at('exit', 'interruption'),
  vectoring: at('exit', 'vectoring'),
  vectoringError: at('exit', 'vectoringError'),
  client: at('client', 'reason'),
  outside: at('hypervisor', 'outside'),
  inflight: at('hypervisor', 'inflight'),
} as const;

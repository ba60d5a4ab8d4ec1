import type { PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import type { PostedInterruptsConfiguration } from '../../../spec/posted-interrupts/configuration.ts';
import type { Outlook } from './outlook.ts';

/** What an event is worth now, as a factor to its weight. */
export type Weigh = (o: Outlook, config: PostedInterruptsConfiguration) => number;

/** The factor of an event that is skipped now. */
const hardly = 0.01;

const when = (condition: unknown, factor: number): number => (condition ? factor : hardly);
const awake: Weigh = (o) => when(o.awake, 1);
/** An access that traps ends the run of a guest. */
const traps: Weigh = (o) => when(o.bare, 0.6);
const always: Weigh = () => 1;
const outside: Weigh = (o) => when(o.outside, 1);
const withApicv: Weigh = (o) => when(o.apicv, 1);

/** The factor of every kind of event. */
export const factors: Readonly<Record<PostedInterruptsEvent['kind'], Weigh>> = {
  post: always,
  devicePost: (o) => when(o.assigned, 1),
  raise: (o, { vcpus }) => when(o.linesHigh !== 3, vcpus === 1 ? 1 : 0.8),
  lower: (o) => when(o.linesHigh, 1),
  arrive: (o) => when(o.pending, 2),
  nop: awake,
  sti: (o) => when(o.awake, o.closed & o.awake ? 3 : 0.2),
  cli: (o) => when(o.awake & ~o.closed, 0.7),
  movss: awake,
  hlt: (o) => when(o.bare, 1.5),
  tpr: awake,
  cr8: awake,
  read: awake,
  selfIpi: awake,
  eoi: (o) => (o.serving ? 2.5 : when(o.awake, 0.1)),
  sendIpi: traps,
  svr: (o) => when(o.bare, o.disabled ? 4 : 1),
  enter: (o) => (o.eager ? 1.5 : when(o.enterable, 0.8)),
  exit: (o) => when(o.inGuest, 0.5),
  abortEntry: (o) => when(o.enterable, o.eager ? 2 : 1),
  sync: outside,
  nmi: (o) => when(o.withoutNmi, 1),
  obstruct: (o) => when(o.withIdt, 1),
  switchApicv: (_, { apicv }) => when(apicv !== 'absent', 1),
  assign: (_, { devicePosting }) => when(devicePosting, 1),
  saveRestore: (o) => when(!o.inGuest, 1.5),
  load: (o) => when(o.loadable && o.freePcpus, 2),
  unload: (o) => when(o.outside, 0.6),
  block: (o) => when(o.halted, 3),
  nestedEntry: (o) => when(o.l2Enterable, 2),
  nestedExit: (o) => when(o.l2 && o.inGuest & 1, 0.7),
  nestedPost: (_, { nested }) => (nested ? 1 : 0),
  startPost: (o, { posters }) => when((o.busy >> 1) + 1 < 1 << posters, 1),
  start: (o) => when(!(o.busy & 1), 1),
  step: (o) => when(o.busy, 1),
  setPending: always,
  setInService: always,
  setPriority: always,
  setStatus: (o) => when(!o.inGuest && o.apicv, 1),
  setWindow: (o) => when(!o.inGuest, 1),
  setThreshold: (o) => when(!o.inGuest && !o.apicv, 2),
  setEoiExit: (o) => when(!o.inGuest && o.apicv, 1),
  setPir: withApicv,
  setOn: withApicv,
  setSn: withApicv,
  signal: always,
  vmEntry: (o) => when(!o.inGuest, 1.5),
  vmExit: (o) => when(o.inGuest, 0.7),
};

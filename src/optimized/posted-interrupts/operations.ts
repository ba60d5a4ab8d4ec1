import { alphabet, type PostedInterruptsEvent } from '../../../spec/posted-interrupts/alphabet.ts';
import { profiles } from '../../../spec/posted-interrupts/profiles.ts';
import { pack } from '../../../spec/packing.ts';
import { devicePost, hostPost, lower, raise } from './acceptance.ts';
import { arrive, arriveBetweenSteps } from './arrival.ts';
import { start, startPost, step } from './atomic-steps.ts';
import { abortEntry, assign, enter, exit, nmi, obstruct, saveRestore, switchApicv, syncNow } from './hypervisor.ts';
import { cli, cr8, eoi, hlt, movss, nop, read, selfIpi, sendIpi, sti, svr, tpr } from './instructions.ts';
import type { Machine } from './machine.ts';
import { nestedEntry, nestedExit, nestedPost } from './nested.ts';
import {
  leaveVm,
  setEoiExit,
  setInService,
  setOn,
  setPending,
  setPir,
  setPriority,
  setSn,
  setStatus,
  setThreshold,
  setWindow,
  signal,
  vmEntry,
} from './processor.ts';
import { block, load, unload } from './scheduler.ts';

/** The packed form of the alphabet. */
export const packing = pack<PostedInterruptsEvent>(alphabet);

/**
 * Plays one kind of event, with its arguments in declaration order: numbers as they are, booleans as 0 or 1, strings as
 * their place in the domain. Whether the precondition held.
 */
export type Operation = (m: Machine, a: number, b: number, c: number) => boolean;

const operations: Readonly<Record<PostedInterruptsEvent['kind'], Operation>> = {
  post: hostPost,
  devicePost,
  raise,
  lower,
  arrive,
  nop,
  sti,
  cli,
  movss,
  hlt,
  tpr,
  cr8,
  read,
  selfIpi,
  eoi,
  sendIpi,
  svr,
  enter,
  exit,
  abortEntry,
  sync: syncNow,
  nmi,
  obstruct,
  switchApicv,
  assign,
  saveRestore,
  load,
  unload,
  block,
  nestedEntry,
  nestedExit,
  nestedPost,
  startPost,
  start,
  step,
  setPending,
  setInService,
  setPriority,
  setStatus,
  setWindow,
  setThreshold,
  setEoiExit,
  setPir,
  setOn,
  setSn,
  signal,
  vmEntry,
  vmExit: leaveVm,
};

/** Stands for the events of actors that a profile does not have. */
const absent: Operation = () => false;

/** The operation of each kind in each profile, in the order of the machine's profile numbers. */
export const operationTables: readonly (readonly Operation[])[] = (['sdm', 'kvm', 'arch', 'interleaved'] as const).map(
  (profile) => {
    const actors: readonly string[] = profiles[profile].actors;
    return (packing.kinds as readonly PostedInterruptsEvent['kind'][]).map((kind) => {
      if (!actors.includes(alphabet[kind].by)) return absent;
      return profile === 'interleaved' && kind === 'arrive' ? arriveBetweenSteps : operations[kind];
    });
  },
);

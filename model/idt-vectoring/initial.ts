import type { IdtVectoringConfiguration } from '../../spec/idt-vectoring/configuration.ts';
import { gateVectors } from '../../spec/idt-vectoring/universe.ts';
import { Machine } from './machine.ts';
import {
  noClient,
  noDelivery,
  noEntry,
  noExit,
  type Guest,
  type IdtVectoringState,
  type Pending,
  type Program,
} from './state.ts';

const guest: Guest = {
  rip: 0,
  interruptFlag: true,
  trapFlag: false,
  resumeFlag: false,
  isResumeFlagOpen: false,
  cr2: 0,
  dr6: 0,
  generalDetect: false,
  shadow: 'none',
  nmiBlocked: false,
  halted: false,
  shutdown: false,
  veBusy: false,
  mcip: false,
  isr: 0,
  deviceReads: 0,
};

const pending: Pending = { irr: 0, nmis: 0, machineCheck: false, debug: 0 };

const program: Program = { frames: [], begun: undefined };

/** What a processor that has shut down shows: nothing else. */
export const afterShutdown = { guest: { ...guest, interruptFlag: false, shutdown: true }, pending, program } as const;

/** The state after reset. */
export const initialState = (config: IdtVectoringConfiguration): IdtVectoringState => ({
  machine: new Machine(config),
  guest,
  pending,
  program,
  tables: { obstacles: [], gates: gateVectors.map(() => 'present') },
  hypervisor: { outside: false, inflight: undefined, payload: undefined },
  delivery: noDelivery,
  exit: noExit,
  entry: noEntry,
  client: noClient,
});

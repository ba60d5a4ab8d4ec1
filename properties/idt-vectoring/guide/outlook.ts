import { maximumObstacles } from '../../../spec/idt-vectoring/universe.ts';
import { isObstacleOfHypervisor } from '../../../model/idt-vectoring/events/obstacle-owner.ts';
import type { IdtVectoringState } from '../../../model/idt-vectoring/index.ts';

/** What weights and choices depend on, looked up once per event. */
export interface Outlook {
  shutdown: boolean;
  outside: boolean;
  /** An event is in flight. */
  inflight: boolean;
  shadow: boolean;
  interruptFlag: boolean;
  trapFlag: boolean;
  generalDetect: boolean;
  nmiBlocked: boolean;
  halted: boolean;
  veBusy: boolean;
  mcip: boolean;
  serving: boolean;
  frames: number;
  /** An instruction has begun; it has a cause; a frame below has one. */
  begun: boolean;
  cause: boolean;
  causeBelow: boolean;
  irr: number;
  nmis: number;
  machineCheck: boolean;
  debug: boolean;
  /** Obstacles of the hypervisor's and of the guest's. */
  obstacles: number;
  spoils: number;
  full: boolean;
  spoiled: boolean;
  /** Gates that are not present. */
  badGates: number;
  isShadowPaging: boolean;
  /** In the order of `gateVectors`. */
  gates: readonly string[];
}

export const newOutlook = (): Outlook => ({
  shutdown: false,
  outside: false,
  inflight: false,
  shadow: false,
  interruptFlag: true,
  trapFlag: false,
  generalDetect: false,
  nmiBlocked: false,
  halted: false,
  veBusy: false,
  mcip: false,
  serving: false,
  frames: 0,
  begun: false,
  cause: false,
  causeBelow: false,
  irr: 0,
  nmis: 0,
  machineCheck: false,
  debug: false,
  obstacles: 0,
  spoils: 0,
  full: false,
  spoiled: false,
  badGates: 0,
  isShadowPaging: false,
  gates: [],
});

/** Looks around. */
export function survey({ machine, guest, pending, program, tables, hypervisor }: IdtVectoringState, o: Outlook): void {
  o.shutdown = guest.shutdown;
  o.outside = hypervisor.outside;
  o.inflight = hypervisor.inflight !== undefined;
  o.shadow = guest.shadow !== 'none';
  o.interruptFlag = guest.interruptFlag;
  o.trapFlag = guest.trapFlag;
  o.generalDetect = guest.generalDetect;
  o.nmiBlocked = guest.nmiBlocked;
  o.halted = guest.halted;
  o.veBusy = guest.veBusy;
  o.mcip = guest.mcip;
  o.serving = guest.isr !== 0;
  o.frames = program.frames.length;
  o.begun = program.begun !== undefined;
  o.cause = program.begun?.cause === true;
  o.causeBelow = program.frames.some(({ begun }) => begun?.cause === true);
  o.irr = pending.irr;
  o.nmis = pending.nmis;
  o.machineCheck = pending.machineCheck;
  o.debug = pending.debug !== 0;
  o.obstacles = tables.obstacles.filter(isObstacleOfHypervisor).length;
  o.spoils = tables.obstacles.length - o.obstacles;
  o.full = o.obstacles >= maximumObstacles;
  o.spoiled = o.spoils >= maximumObstacles;
  o.badGates = tables.gates.filter((gate) => gate !== 'present').length;
  o.isShadowPaging = machine.isShadow;
  o.gates = tables.gates;
}

import { alphabet, type Vmcs12Event } from '../../../spec/vmcs12/alphabet.ts';
import { fieldsByClass } from '../../../spec/vmcs12/fields.ts';
import { profiles } from '../../../spec/vmcs12/profiles.ts';
import { pack } from '../../../spec/packing.ts';
import * as controlRegisters from './control-register-instructions.ts';
import { controls, optionalControls } from './controls.ts';
import { enter } from './entry.ts';
import { faultOf, int1, int3, intN, iret } from './events-of-l2.ts';
import * as exiting from './exiting-instructions.ts';
import * as level1 from './level1.ts';
import { hostExit, hostObstruct } from './level0/host-events.ts';
import type { Machine } from './machine.ts';
import * as msrs from './msr-instructions.ts';
import * as outside from './outside.ts';
import * as plain from './plain-instructions.ts';
import * as segments from './segment-instructions.ts';

/** The packed form of the alphabet. */
export const packing = pack<Vmcs12Event>(alphabet);

/**
 * Plays one kind of event, with its arguments in declaration order: numbers as they are, booleans as 0 or 1, strings as
 * their place in the domain. Whether the precondition held.
 */
export type Operation = (m: Machine, a: number, b: number) => boolean;

const operations: Readonly<Record<Vmcs12Event['kind'], Operation>> = {
  vmread: level1.vmread,
  vmwrite: level1.vmwriteOf(fieldsByClass.guest),
  vmwriteOptional: level1.vmwriteOf(fieldsByClass.guestOptional),
  vmwriteControl: level1.vmwriteOf(fieldsByClass.control),
  vmwriteHost: level1.vmwriteOf(fieldsByClass.host),
  vmwriteExit: level1.vmwriteOf(fieldsByClass.exitInformation),
  control: level1.controlOf(controls),
  controlOptional: level1.controlOf(optionalControls),
  msrBitmap: level1.msrBitmap,
  msrBitmapOptional: level1.msrBitmapOptional,
  inject: level1.inject,
  obstruct: level1.obstruct,
  obstructOptional: level1.obstructOptional,
  vmclear: level1.vmclear,
  vmptrld: level1.vmptrld,
  enter,
  set: level1.set,
  setOptional: level1.setOptional,
  nop: plain.nop,
  movCr0: controlRegisters.movCr0,
  movCr3: controlRegisters.movCr3,
  movCr4: controlRegisters.movCr4,
  clts: controlRegisters.clearTs,
  lmsw: controlRegisters.loadMsw,
  movDr7: controlRegisters.movDr7,
  wrmsr: msrs.writeMsr,
  wrmsrOptional: msrs.writeOptionalMsr,
  rdmsr: msrs.readMsr,
  loadSegment: segments.loadSegment,
  farJump: segments.farJump,
  lgdt: segments.loadGdt,
  lidt: segments.loadIdt,
  movRsp: plain.movRsp,
  sti: plain.sti,
  cli: plain.cli,
  popf: plain.popf,
  vmfunc: plain.vmfunc,
  dirty: plain.dirty,
  selfIpi: msrs.selfIpi,
  vmcall: exiting.vmcall,
  cpuid: exiting.cpuid,
  hlt: exiting.hlt,
  out: exiting.out,
  outs: exiting.outs,
  int3,
  int1,
  intN,
  iret,
  fault: faultOf,
  tripleFault: exiting.tripleFault,
  access: exiting.access,
  taskSwitch: exiting.taskSwitch,
  movCr8: exiting.movCr8,
  eoi: msrs.eoi,
  apicWrite: exiting.apicWrite,
  interrupt: outside.externalInterrupt,
  nmi: outside.nmi,
  init: outside.init,
  sipi: outside.sipi,
  tick: outside.tick,
  hostExit,
  hostObstruct,
};

/** Stands for the events of actors that a profile does not have. */
const absent: Operation = () => false;

/** The operation of each kind, by profile. */
export const operationTable = (profile: keyof typeof profiles): readonly Operation[] => {
  const actors: readonly string[] = profiles[profile].actors;
  return (packing.kinds as readonly Vmcs12Event['kind'][]).map((kind) =>
    actors.includes(alphabet[kind].by) ? operations[kind] : absent,
  );
};

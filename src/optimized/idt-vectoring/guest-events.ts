import { alphabet } from '../../../spec/idt-vectoring/alphabet.ts';
import { type InstructionName, instructions } from '../../../spec/idt-vectoring/universe.ts';
import { cause } from './begun.ts';
import { runInstruction } from './execute.ts';
import type { Machine } from './machine.ts';

type Operation = (m: Machine, argument: number) => boolean;

const numberOf = (name: InstructionName): number => 1 + instructions.indexOf(name);

/** An instruction without an argument, or with one that is told by its place. */
const plain = (begun: number): Operation => {
  return (m, place) => {
    runInstruction(m, begun | (place << 8));
    return true;
  };
};

/** Places of the values of a domain of vectors. */
const placesOf = (values: readonly number[]): Uint8Array => {
  const places = new Uint8Array(256);
  values.forEach((value, place) => (places[value] = place));
  return places;
};

const virtualization = 20;
const faultPlaces = placesOf(alphabet.fault.args.vector.values);
const intnPlaces = placesOf(alphabet.intn.args.vector.values);
const faultNumber = numberOf('fault');
const intnNumber = numberOf('intn');
const iretNumber = numberOf('iret');

/** What an IRET meets that is the guest's own is a cause, which stays until it is cured. */
const causes = Uint32Array.from(alphabet.iret.args.meets.values, (meets) =>
  meets === 'gp' || meets === 'pf' ? cause : 0,
);

function fault(m: Machine, vector: number): boolean {
  // #VE is a matter of EPT.
  if (vector === virtualization && m.shadowPaging) return false;
  runInstruction(m, faultNumber | (faultPlaces[vector] << 8) | cause);
  return true;
}

function intn(m: Machine, vector: number): boolean {
  runInstruction(m, intnNumber | (intnPlaces[vector] << 8));
  return true;
}

function iret(m: Machine, meets: number): boolean {
  if (m.outside === 0 && m.frames.count === 0) return false;
  runInstruction(m, iretNumber | (meets << 8) | causes[meets]);
  return true;
}

/** The guest's instructions by event kind. */
export const guestEvents: Readonly<Record<InstructionName, Operation>> = {
  nop: plain(numberOf('nop')),
  sti: plain(numberOf('sti')),
  cli: plain(numberOf('cli')),
  movss: plain(numberOf('movss')),
  popf: plain(numberOf('popf')),
  movdr: plain(numberOf('movdr')),
  fault,
  movs: plain(numberOf('movs') | cause),
  codeBreakpoint: plain(numberOf('codeBreakpoint') | cause),
  dataBreakpoint: plain(numberOf('dataBreakpoint')),
  int3: plain(numberOf('int3')),
  into: plain(numberOf('into')),
  intn,
  int1: plain(numberOf('int1')),
  hlt: plain(numberOf('hlt')),
  eoi: plain(numberOf('eoi')),
  iret,
};

import { alphabet } from '../../../spec/idt-vectoring/alphabet.ts';
import { faults, instructionLengths } from '../../../spec/idt-vectoring/universe.ts';
import { cause } from './begun.ts';
import { complete } from './complete.ts';
import { doubleFault, exception, machineCheck, pageFault, unblocking, vectorOf } from './events.ts';
import { exit, reasons, tellException } from './exit.ts';
import type { Machine } from './machine.ts';
import { raise } from './raise.ts';
import { vmEntry } from './vm-entry.ts';

const { values: meetings } = alphabet.iret.args.meets;
const gp = meetings.indexOf('gp');
const page = meetings.indexOf('page');
const pml = meetings.indexOf('pml');

const generalProtection = exception(13);
const virtualizationVector = 20;

/** IRET: NMIs are not blocked any more from its beginning, even if it faults. */
export function iret(m: Machine, meets: number): void {
  const wasBlocked = m.nmiBlocked;
  m.nmiBlocked = 0;
  if ((m.begun & cause) !== 0) {
    const { errors, address } = faults.iret;
    if (meets === gp) raise(m, generalProtection, errors[13], 0, 0, 1, wasBlocked);
    else raise(m, pageFault, errors[14], 0, address, 1, wasBlocked);
    return;
  }
  if (m.hypervised && (meets === page || (meets === pml && !m.shadowPaging))) repair(m, meets, wasBlocked);
  returnFromHandler(m);
}

/** The hypervisor repairs what the IRET met: executed again it must find NMIs blocked as they were. */
function repair(m: Machine, meets: number, wasBlocked: number): void {
  const bit12 = wasBlocked === 0 ? 0 : unblocking;
  m.resumeFlag = 1;
  if (meets === pml) {
    exit(m, reasons.pmlFull, bit12);
  } else if (m.shadowPaging) {
    exit(m, reasons.exception, faults.shadow.address);
    tellException(m, pageFault | bit12, faults.shadow.error);
  } else {
    exit(m, reasons.eptViolation, bit12);
  }
  m.nmiBlocked = wasBlocked;
  vmEntry(m);
  m.nmiBlocked = 0;
}

function returnFromHandler(m: Machine): void {
  const { frames } = m;
  complete(m, instructionLengths.iret);
  // An IRET that was begun can outlive the frames that are remembered.
  if (frames.count === 0) return;
  const at = --frames.count;
  const flags = frames.flags[at];
  const vector = frames.vector[at];
  m.rip = frames.rip[at];
  m.interruptFlag = flags & 1;
  m.trapFlag = (flags >>> 1) & 1;
  m.resumeFlag = vector === vectorOf(doubleFault) ? 0 : (flags >>> 2) & 1;
  m.begun = frames.begun[at];
  if (vector === vectorOf(machineCheck)) m.mcip = 0;
  else if (vector === virtualizationVector) m.veBusy = 0;
}

import { ext, faults, idtBit } from '../../../spec/idt-vectoring/universe.ts';
import { enter } from './enter.ts';
import { combine, double, triple } from './escalation.ts';
import { doubleFault, exception, isOfProgram, none, pageFault, vectorOf } from './events.ts';
import { exit, exitForTripleFault, reasons, tellClient, tellException, tellVectoring } from './exit.ts';
import { absent, closed, gateOf, task } from './gates.ts';
import { reachHandler, reachTask } from './handler.ts';
import { type Machine, shutDown } from './machine.ts';
import * as obstacles from './obstacles.ts';
import { decide, hold, merge, rfOfImage } from './policy.ts';

const notPresent = exception(11);
const generalProtection = exception(13);

/** Access type 3, linear access during event delivery, in bits 15:12. */
const accessOfDelivery = 0x3000;

/** Source of the task switch in bits 31:30, IDT; the selector of the task in 15:0. */
const taskGateInIdt = 0xc000_0040;

/** Vectors whose error codes have EXT. */
const withExt = (1 << 11) | (1 << 12) | (1 << 13);

/** Delivers an event through the IDT, with the RF that its frame will have. It may end outside, or in another handler. */
export function deliver(m: Machine, event: number, error: number, length: number, rf: number): void {
  m.halted = 0;
  // Types 4 and 6 keep pending debug exceptions outside the MOV SS shadow; all others discard them.
  if (!isOfProgram(event) || m.movss !== 0) m.debug = 0;
  m.sti = 0;
  m.movss = 0;

  const obstacle = obstacles.takeObstacle(m);
  if (obstacle === 0) passGate(m, event, error, length, rf);
  else if (obstacle < obstacles.firstOfGuest) meetHypervisor(m, obstacle, event, error, length, rf);
  else meetGuest(m, obstacle, event, error, length, rf);
}

/** The delivery is cut short: RF is saved as the frame would have had it. */
function cut(m: Machine, reason: number, qualification: number, event: number, error: number, length: number): void {
  exit(m, reason, qualification);
  tellVectoring(m, event, error, length);
}

function meetHypervisor(m: Machine, obstacle: number, event: number, error: number, length: number, rf: number): void {
  m.resumeFlag = rf;
  switch (obstacle) {
    case obstacles.page:
      if (m.shadowPaging) {
        cut(m, reasons.exception, faults.shadow.address, event, error, length);
        tellException(m, pageFault, faults.shadow.error);
      } else {
        cut(m, reasons.eptViolation, 0, event, error, length);
      }
      break;
    case obstacles.pml:
      cut(m, reasons.pmlFull, 0, event, error, length);
      break;
    case obstacles.apicAccess:
      cut(m, reasons.apicAccess, accessOfDelivery, event, error, length);
      break;
    case obstacles.misconfiguration:
      cut(m, reasons.eptMisconfiguration, 0, event, error, length);
      break;
    default:
      cut(m, reasons.eptViolation, 0, event, error, length);
      tellClient(m, event, error, length);
      // L1 gives it back, whatever the policy of L0.
      hold(m, event, error, length, 0);
      return;
  }
  decide(m, event, error, length);
}

/** EXT of an error code: whether what was being delivered is external to the program. */
const extOf = (event: number): number => (isOfProgram(event) ? 0 : ext);

function meetGuest(m: Machine, obstacle: number, event: number, error: number, length: number, rf: number): void {
  const vector = obstacles.faultVectors[obstacle];
  const raised = exception(vector);
  const raisedError = obstacles.faultErrors[obstacle] | (((withExt >>> vector) & 1) === 0 ? 0 : extOf(event));
  if (!m.hypervised || obstacle < obstacles.firstEmulated) {
    nest(m, event, error, length, raised, raisedError);
    return;
  }
  m.resumeFlag = rf;
  cut(m, reasons.apicAccess, accessOfDelivery, event, error, length);
  merge(m, event, raised, raisedError, addressOf(raised));
}

const addressOf = (raised: number): number => (raised === pageFault ? faults.delivery.address : 0);

function passGate(m: Machine, event: number, error: number, length: number, rf: number): void {
  const gate = gateOf(m, vectorOf(event));
  const gateError = (vectorOf(event) << 3) | idtBit | extOf(event);
  if (gate === absent) {
    nest(m, event, error, length, notPresent, gateError);
  } else if (gate === closed && isOfProgram(event)) {
    nest(m, event, error, length, generalProtection, gateError);
  } else if (gate === task) {
    switchTask(m, event, error, length, rf);
  } else {
    reachHandler(m, event, error, length, rf);
  }
}

/** The hypervisor performs the switch, and the event is consumed by it. */
function switchTask(m: Machine, event: number, error: number, length: number, rf: number): void {
  if (!m.hypervised) {
    reachTask(m, event, error, length, rf);
    return;
  }
  m.resumeFlag = rf;
  cut(m, reasons.taskSwitch, taskGateInIdt, event, error, length);
  reachTask(m, event, error, length, rf);
  enter(m, none, 0, 0);
}

/** An exception that the processor raises while it delivers an event. */
function nest(m: Machine, event: number, error: number, length: number, raised: number, raisedError: number): void {
  // The exception bitmap is asked about the exception that was raised, before anything is made of the two.
  if (((m.bitmap >>> vectorOf(raised)) & 1) !== 0) {
    m.resumeFlag = 1;
    cut(m, reasons.exception, addressOf(raised), event, error, length);
    tellException(m, raised, raisedError);
    merge(m, event, raised, raisedError, addressOf(raised));
    return;
  }
  if (raised === pageFault) m.cr2 = faults.delivery.address;
  const outcome = combine(m.escalation, event, raised);
  if (outcome === triple) {
    if (m.hypervised) exitForTripleFault(m);
    shutDown(m);
  } else if (outcome !== double) {
    deliver(m, raised, raisedError, 0, rfOfImage(m, raised));
  } else if (((m.bitmap >>> vectorOf(doubleFault)) & 1) !== 0) {
    m.resumeFlag = 0;
    exit(m, reasons.exception, 0);
    tellException(m, doubleFault, 0);
    hold(m, doubleFault, 0, 0, 0);
  } else {
    deliver(m, doubleFault, 0, 0, rfOfImage(m, doubleFault));
  }
}

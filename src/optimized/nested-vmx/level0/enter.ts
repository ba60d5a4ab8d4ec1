import { readViolation } from '../../../../spec/nested-vmx/universe.ts';
import { exitReasons } from '../../../../spec/vmx/exit-reasons.ts';
import { activityStates } from '../../../../spec/vmx/guest-non-register-state.ts';
import * as control from '../controls.ts';
import { isNmi, vectorIn } from '../information.ts';
import type { Machine } from '../machine.ts';
import { tellDelivery } from '../outputs.ts';
import { takePosted } from './descriptor.ts';
import { leave } from './leave.ts';
import { look } from './look.ts';
import { reflect } from './reflect.ts';

/** VM entry with 01 or 02, as L0 has written it, up to the end of event injection. */
export function enter(m: Machine): void {
  const { l0 } = m;
  const vmcs = m.l2Runs ? l0.vmcs02 : l0.vmcs01;
  const controls = vmcs.base | l0.armed;
  vmcs.controls = controls;
  l0.registers.copy(m.current);
  m.current = l0.registers;
  l0.onProcessor = true;
  l0.nestedRunPending = false;
  if (m.l2Runs) {
    l0.timer = (controls & control.preemptionTimer) !== 0 && m.timer;
    evaluateL2(m, controls);
  } else if (m.l0Apicv) {
    evaluateL1(m, controls);
  }
  const { entryInformation } = vmcs;
  if (entryInformation >= 0) return;
  vmcs.entryInformation = 0;
  // Such an entry fails, and L0 has lost the event: it is L0's duty to end the blocking first.
  if (isNmi(entryInformation) && l0.registers.nmi !== 0) return;
  deliver(m, entryInformation, vmcs.entryError, vmcs.entryLength);
}

function evaluateL2(m: Machine, controls: number): void {
  if ((controls & control.virtualInterruptDelivery) === 0) return;
  m.virtual.virtualizePpr();
  m.virtual.evaluate((controls & control.interruptWindow) !== 0);
}

function evaluateL1(m: Machine, controls: number): void {
  const { l0 } = m;
  if (l0.statusStale) {
    l0.statusStale = false;
    l0.virtual.restoreStatus();
  }
  takePosted(m);
  l0.virtual.virtualizePpr();
  l0.virtual.evaluate((controls & control.interruptWindow) !== 0);
}

/** The processor delivers an event through the IDT of whoever is on it, or meets a page that is not in L0's EPT. */
export function deliver(m: Machine, info: number, error: number, length: number): void {
  const { l0 } = m;
  const { registers } = l0;
  registers.activity = activityStates.active;
  registers.blocking = 0;
  if (isNmi(info)) registers.nmi = 1;
  if (l0.trapDelivery || (m.l2Runs && !m.vmcs.idt)) {
    violation(m, info, error, length);
    return;
  }
  l0.inFlight = false;
  tellDelivery(m, m.l2Runs ? 2 : 1, info, error, length, registers);
  if (!m.l2Runs) {
    m.frames1.push(registers.interrupts);
    registers.interrupts = 0;
    return;
  }
  m.frames2.push(registers.interrupts);
  registers.enterHandler(vectorIn(info));
  if ((l0.vmcs02.controls & control.monitorTrapFlag) !== 0) l0.mtf = true;
}

/**
 * The exit to L0 with the event as IDT-vectoring information: L0 puts its own page back and injects the event again,
 * "with nothing recognized between"; a page that L1's EPT does not map is L1's business.
 */
function violation(m: Machine, info: number, error: number, length: number): void {
  const { l0 } = m;
  leave(m);
  l0.trapDelivery = false;
  if (m.l2Runs && !m.vmcs.idt) {
    reflect(m, exitReasons.eptViolation, readViolation, 0, length, info, error);
    return;
  }
  l0.inFlight = true;
  injectAndEnter(m, info, error, length);
}

/** L0 lets the running level have an event: the next entry delivers it. */
export function injectAndEnter(m: Machine, info: number, error: number, length: number): void {
  const { l0 } = m;
  (m.l2Runs ? l0.vmcs02 : l0.vmcs01).inject(info, error, length);
  // With "virtual NMIs", as 01 and 02 have it, an entry that injects an NMI while they are blocked fails.
  if (isNmi(info)) m.current.nmi = 0;
  look(m);
  enter(m);
}

import { exitReasons, nestedNotificationVector } from '../../../spec/posted-interrupts/universe.ts';
import { highest, remove } from '../local-apic/index.ts';
import { tellAccepted } from './acceptance.ts';
import { boundary, interruptInfo } from './boundary.ts';
import { beginEntry, enterVm, writeControls } from './entry.ts';
import { blockedByMovss, unblocked } from './guest.ts';
import { consumedWord, exitWords, kvm, replyWord, touch, type Machine } from './machine.ts';
import { outside, type VirtualCpu } from './virtual-cpu.ts';

const l1ReasonWord = exitWords + 4;
const l1InterruptionWord = exitWords + 5;

/** L2 exits to L1, whose host state has IF 0. "Nothing is injected." */
function exitToL1(m: Machine, cpu: VirtualCpu, reason: number): void {
  m.words[l1ReasonWord] = 0x80000000 | reason;
  cpu.l2Runs = false;
  m.l2.virtual.recognized = false;
  const { guest } = cpu;
  guest.interruptFlag = false;
  guest.blocking = unblocked;
  beginEntry(m, cpu);
  writeControls(m, cpu);
  if (m.apicv) guest.virtual.svi = highest(guest.apic.isr);
  enterVm(m, cpu);
}

/** Moves what is posted for L2 into its page. */
function takePostedForL2(m: Machine): void {
  const { apic, virtual } = m.l2;
  virtual.raiseRvi(m.l2Descriptor.processNotification(apic.irr));
}

/** L1's local APIC is looked at: a notification for L2 is consumed, any other deliverable vector makes L2 exit. */
function lookAtL1(m: Machine, cpu: VirtualCpu): void {
  const { apic } = cpu.guest;
  for (let vector = apic.deliverable(); vector !== 0; vector = apic.deliverable()) {
    if (vector !== nestedNotificationVector) {
      apic.acknowledge(vector);
      exitToL1(m, cpu, exitReasons.externalInterrupt);
      m.words[l1InterruptionWord] = interruptInfo(vector);
      return;
    }
    remove(apic.irr, vector);
    m.words[consumedWord] = 1;
    takePostedForL2(m);
    if (m.profile === kvm) continue;
    m.l2.virtual.evaluate(false);
    boundary(m, cpu);
  }
}

/** VM entry to L2, and its first boundary. */
function enterVmOfL2(m: Machine, cpu: VirtualCpu): void {
  m.l2.virtual.virtualizePpr();
  m.l2.virtual.evaluate(false);
  boundary(m, cpu);
}

/** Software enters L2. */
export function enterL2(m: Machine, cpu: VirtualCpu): void {
  beginEntry(m, cpu);
  if (m.profile !== kvm) {
    enterVmOfL2(m, cpu);
    lookAtL1(m, cpu);
    return;
  }
  // "An interrupt for L1 is looked at before the entry of L2."
  if (m.piPending) {
    m.piPending = false;
    if (m.l2Descriptor.on) takePostedForL2(m);
  }
  lookAtL1(m, cpu);
  if (cpu.l2Runs) enterVmOfL2(m, cpu);
}

/** L1 enters L2. */
export function nestedEntry(m: Machine): boolean {
  const cpu = m.cpus[0];
  const { guest } = cpu;
  if (!m.nested || cpu.mode === outside || cpu.l2Runs || cpu.halted || cpu.obstructed || cpu.nmi) return false;
  if (guest.blocking === blockedByMovss) return false;
  touch(m, cpu);
  guest.blocking = unblocked;
  guest.virtual.recognized = false;
  cpu.l2Runs = true;
  if (m.profile === kvm) m.piPending = false;
  enterL2(m, cpu);
  return true;
}

/** L2 executes VMCALL. */
export function nestedExit(m: Machine): boolean {
  const cpu = m.cpus[0];
  if (cpu.mode === outside || !cpu.l2Runs) return false;
  touch(m, cpu);
  m.l2.blocking = unblocked;
  exitToL1(m, cpu, exitReasons.vmcall);
  return true;
}

/** An agent of L1 posts for L2, and is told whether it is to notify. */
export function nestedPost(m: Machine, vector: number): boolean {
  if (!m.nested) return false;
  const { l2Descriptor } = m;
  touch(m, m.cpus[0]);
  l2Descriptor.testAndSetPir(vector);
  m.words[replyWord] = l2Descriptor.testAndSetOn() ? 0 : 1;
  tellAccepted(m, m.l2, vector);
  return true;
}

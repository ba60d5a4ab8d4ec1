import type { Vmcs12Configuration } from '../../../spec/vmcs12/configuration.ts';
import { fieldNames, fieldSpec } from '../../../spec/vmcs12/fields.ts';
import { codeSegments } from '../../../spec/vmcs12/universe.ts';
import * as field from './field-numbers.ts';
import { withMpx, withoutMpx } from './layout.ts';
import { dirtyAll, none, type Machine } from './machine.ts';
import * as l1 from './registers-of-l1.ts';
import { show } from './show.ts';
import type { Vmcs } from './vmcs.ts';

const initial = Uint32Array.from(fieldNames, (name) => {
  const { reset, values } = fieldSpec(name);
  return reset ?? values[0];
});

/** L1 runs with a current VMCS that nobody has entered yet. */
export function reset(m: Machine, config: Vmcs12Configuration): void {
  m.nested = config.profile === 'nested';
  m.mpx = config.mpx;
  m.savesEferLma = config.savesEferLma;
  m.int1HasType5 = config.int1Type === 5;
  m.zeroLengthInjection = config.zeroLengthInjection;
  m.writesExitInformation = config.writesExitInformation;
  for (const vmcs of m.slots) resetVmcs(vmcs, config.guestMode === 'pae');
  m.current = 0;
  m.vmcs = m.slots[0];
  m.launched = 0;
  m.hardware.fill(0);
  m.heldSlot = none;
  m.heldIsNewer = false;
  m.l2Runs = false;
  m.mtfDue = false;
  m.singleSteps = false;
  resetL1(m.l1);
  m.msrBitmap = 0;
  m.msrStore.fill(0);
  m.obstacle = 0;
  m.cr2 = 0;
  m.dr6 = 0xffff_0ff0;
  m.perfGlobal = 0;
  m.l0.reset();
  m.layout = config.mpx ? withMpx : withoutMpx;
  if (m.words.length === m.layout.wordCount) m.words.fill(0);
  else m.words = new Uint32Array(m.layout.wordCount);
  m.dirty = dirtyAll;
  show(m);
}

function resetVmcs(vmcs: Vmcs, pae: boolean): void {
  const { fields } = vmcs;
  fields.set(initial);
  vmcs.undefinedFields = 0;
  if (!pae) return;
  fields[field.efer] = 0;
  fields[field.csSelector] = 0x18;
  fields[field.csAccessRights] = codeSegments[0x18].accessRights;
  fields[field.entryControls] = 0;
}

function resetL1(registers: Uint32Array): void {
  registers.fill(0);
  registers[l1.rflags] = 2;
  registers[l1.cr0] = 0x8001_0033;
  registers[l1.cr3] = 0x10_0000;
  registers[l1.cr4] = 0x2220;
  registers[l1.dr7] = 0x400;
  registers[l1.csSelector] = 8;
  registers[l1.fsBase] = 0x10_2000;
  registers[l1.gdtrBase] = 0x10_4000;
  registers[l1.gdtrLimit] = 0xffff;
  registers[l1.sysenterCs] = 0x28;
  registers[l1.pat] = 0x0007_0406;
  registers[l1.efer] = 0x500;
}

import type { IdtVectoringConfiguration } from '../../../spec/idt-vectoring/configuration.ts';
import { exceptionBitmaps } from '../../../spec/idt-vectoring/universe.ts';
import { serialTable, shutdownTable } from './escalation.ts';
import { pageFault, vectorOf } from './events.ts';
import { drop, dropExceptions, type Machine, native, reinject, shutDown } from './machine.ts';
import { show } from './show.ts';
import { hypervisedSize, nativeSize } from './words.ts';

const profileNumbers = { reinject, drop, 'drop-exceptions': dropExceptions, native };

/** Brings the machine into the state after reset: inside the guest, IF 1, nothing in the way. */
export function reset(m: Machine, config: IdtVectoringConfiguration): void {
  configure(m, config);
  // What shutdown forgets is what reset forgets of the hypervisor.
  shutDown(m);
  m.shutdown = 0;
  m.rip = 0;
  m.interruptFlag = 1;
  m.trapFlag = 0;
  m.resumeFlag = 0;
  m.cr2 = 0;
  m.dr6 = 0;
  m.generalDetect = 0;
  m.sti = 0;
  m.movss = 0;
  m.nmiBlocked = 0;
  m.halted = 0;
  m.veBusy = 0;
  m.mcip = 0;
  m.deviceReads = 0;
  m.irr = 0;
  m.isr = 0;
  m.nmis = 0;
  m.machineCheck = 0;
  m.debug = 0;
  m.begun = 0;
  m.frames.count = 0;
  m.obstacles = 0;
  m.guestObstacles = 0;
  m.hypervisorObstacles = 0;
  m.gates = 0;
  m.deliveries = 0;
  m.crossed = false;
  const size = m.hypervised ? hypervisedSize : nativeSize;
  if (m.words.length === size) m.words.fill(0);
  else m.words = new Uint32Array(size);
  show(m);
}

function configure(m: Machine, config: IdtVectoringConfiguration): void {
  m.profile = profileNumbers[config.profile];
  m.hypervised = m.profile !== native;
  m.shadowPaging = config.paging === 'shadow';
  const forShadow = m.shadowPaging ? 1 << vectorOf(pageFault) : 0;
  m.bitmap = m.hypervised ? exceptionBitmaps[config.intercepts] | forShadow : 0;
  m.virtualNmi = config.nmi === 'virtual';
  m.interruptGates = config.gates === 'interrupt';
  m.stiBlocksNmi = config.stiBlocksNmi;
  m.escalation = config.dfThenBenign === 'serial' ? serialTable : shutdownTable;
  m.int1Type = config.int1Type;
  m.zeroLengthInjection = config.zeroLengthInjection;
  m.noHwErrCodeCheck = config.noHwErrCodeCheck;
  m.rfOnGeneralDetect = config.rfOnGeneralDetect;
}

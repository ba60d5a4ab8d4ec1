import type { NestedVmxConfiguration } from '../../../spec/nested-vmx/configuration.ts';
import { presets } from '../../../spec/nested-vmx/universe.ts';
import { interruptibility } from '../../../spec/vmx/guest-non-register-state.ts';
import { controlSet } from './controls.ts';
import { compose01 } from './level0/composition.ts';
import { noVirtualization, postedToo, virtualInterrupts, type Machine } from './machine.ts';
import { show, wordCount } from './show.ts';

const { blockingByMovSs, blockingBySti } = interruptibility;
const held = { none: 0, sti: blockingBySti, movss: blockingByMovSs, both: blockingBySti | blockingByMovSs };
const virtualizations = { none: noVirtualization, virtual: virtualInterrupts, posted: postedToo };

/** Brings the machine into the state after reset: L1 runs, and nothing has happened. */
export function reset(m: Machine, config: NestedVmxConfiguration): void {
  configure(m, config);
  m.l2Runs = false;
  m.l1.startAsHost();
  m.l1.nmi = 0;
  m.current = m.l1;
  m.frames1.clear();
  m.frames2.clear();
  m.vmcs.reset(controlSet(presets[config.preset]));
  m.apic.reset();
  m.pic = false;
  m.line = false;
  m.remoteIrr = false;
  m.nmi = false;
  m.init = false;
  m.sipi = false;
  m.mtf = false;
  m.timer = false;
  m.virtual.page.reset();
  m.virtual.reset();
  m.pir.fill(0);
  m.outstanding = false;
  m.l0.reset();
  compose01(m);
  m.apicChanged = true;
  m.virtualChanged = true;
  show(m);
}

function configure(m: Machine, config: NestedVmxConfiguration): void {
  m.nested = config.profile === 'nested';
  m.virtualization = virtualizations[config.apicVirtualization];
  m.l0Apicv = config.l0Apicv;
  m.holdsInterruptExit = held[config.blocksInterruptExit];
  m.holdsNmiExit = held[config.blocksNmiExit];
  m.holdsNmi = config.stiBlocksNmi ? held.both : held.movss;
  m.stiFailsNmiInjection = config.stiFailsNmiInjection;
  m.zeroOnTie = config.pprOnTie === 'zero';
  const size = wordCount(m.virtualization);
  if (m.words.length === size) m.words.fill(0);
  else m.words = new Uint32Array(size);
}

import {
  physical40,
  physicalTimer,
  physicalPlaceOf,
  sharedBank,
  spi34Place,
  spi35Place,
  timerPlace,
} from './interrupts.ts';
import type { Machine } from './machine.ts';
import { acknowledgePhysical, setActiveBit, setActiveState, signalledPhysical } from './physical.ts';
import { inject } from './routing.ts';
import { leave } from './scheduling.ts';
import { timerFires } from './timer.ts';
import { spurious } from '../../../spec/vgic/universe.ts';

/**
 * The host of physical CPU `p` takes what is signalled to it: acknowledge, handler, priority drop. The host splits
 * drop and deactivation, so a forwarded interrupt stays active until its guest completes it.
 */
export function hostIrq(m: Machine, p: number): boolean {
  if (p >= m.pcpus || signalledPhysical(m, p) === spurious) return false;
  const v = m.tenant[p];
  if (v >= 0 && m.runs[v] !== 0) leave(m, v);
  const intid = signalledPhysical(m, p);
  m.words[0] = intid;
  if (intid === spurious) return true;
  const interrupt = physicalPlaceOf[intid];
  acknowledgePhysical(m, interrupt, p);
  if (interrupt === physicalTimer) {
    handOver(m, interrupt, p);
    if (v >= 0 && timerFires(m, v)) inject(m, v, timerPlace, true);
    return true;
  }
  const place = interrupt === physical40 ? spi34Place : spi35Place;
  if ((m.mapped[sharedBank] & (1 << place)) === 0) {
    setActiveBit(m, interrupt, p, false);
    return true;
  }
  handOver(m, interrupt, p);
  inject(m, m.firstVcpu[0], place, true);
  return true;
}

/** Without hardware deactivation the handler masks the interrupt in the place of leaving it active. */
function handOver(m: Machine, interrupt: number, p: number): void {
  if (m.hwDeactivation) return;
  setActiveState(m, interrupt, p, true);
  setActiveBit(m, interrupt, p, false);
}

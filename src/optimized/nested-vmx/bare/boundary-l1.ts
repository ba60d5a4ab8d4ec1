import { interruptDelivery, nmiDelivery, nothing } from '../actions.ts';
import { interruptInfo, nmiInfo } from '../information.ts';
import { acknowledge, interruptSource } from '../interrupt-controllers.ts';
import type { Machine } from '../machine.ts';
import { deliverToL1 } from './delivery.ts';

/** What the boundary of L1 would do. */
export function lookL1(m: Machine): number {
  const { l1 } = m;
  if (m.nmi && l1.nmi === 0 && (l1.blocking & m.holdsNmi) === 0) return nmiDelivery;
  return l1.open && interruptSource(m) !== 0 ? interruptDelivery : nothing;
}

/** The boundary of L1. Whether it acted. */
export function boundaryL1(m: Machine): boolean {
  const action = lookL1(m);
  if (action === nothing) return false;
  if (action === nmiDelivery) {
    m.nmi = false;
    deliverToL1(m, nmiInfo);
  } else {
    const source = interruptSource(m);
    acknowledge(m, source);
    deliverToL1(m, interruptInfo(source));
  }
  return true;
}

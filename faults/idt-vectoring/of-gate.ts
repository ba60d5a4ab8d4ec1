import { idtBit } from '../../spec/idt-vectoring/universe.ts';
import type { VectoredEvent } from '../../model/idt-vectoring/index.ts';

/**
 * Whether a fault of a delivery was raised by the gate. Such a fault comes again with each attempt: a hypervisor that
 * makes the same mistake with it each time never gets the guest to go on, and no sequence of ours would end.
 */
export const isOfGate = ({ vector, error = 0 }: VectoredEvent): boolean => vector !== 14 && (error & idtBit) !== 0;

import type { AtomicStep, Program } from '../../spec/posted-interrupts/steps.ts';
import type { PartClasses } from '../../model/posted-interrupts/index.ts';
import { Order } from '../../model/posted-interrupts/steps/order.ts';

/** The rules with one operation in another order, or with steps left out. */
export const ordered = (operation: Program, steps: readonly AtomicStep[]): PartClasses['order'] =>
  class extends Order {
    override program(asked: Program): readonly AtomicStep[] {
      return asked === operation ? steps : super.program(asked);
    }
  };

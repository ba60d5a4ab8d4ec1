import { control } from '../machine.ts';
import { Part } from '../part.ts';
import type { Core } from '../state.ts';

/** What is taken at a boundary of L2, from the highest rank to the lowest. */
export type Taken =
  | 'sipi'
  | 'init'
  | 'mtf'
  | 'timer'
  | 'nmi-window'
  | 'nmi-exit'
  | 'nmi-delivery'
  | 'interrupt-window'
  | 'virtual-interrupt'
  | 'interrupt-exit'
  | 'interrupt-delivery';

/** What a boundary finds. */
export interface Situation {
  readonly core: Core;
  readonly controls: number;
  readonly mtf: boolean;
  readonly timer: boolean;
  readonly recognized: boolean;
  readonly sipi: boolean;
  readonly init: boolean;
  readonly nmi: boolean;
  /** The vector of the interrupt source, 0 if none. */
  readonly interrupt: number;
}

/** What goes before what: which clause has decided where several things wait. */
export class Priorities extends Part {
  note(taken: Taken, { controls, mtf, timer, recognized, nmi, interrupt }: Situation): void {
    const windows = (controls & (control.interruptWindow | control.nmiWindow)) !== 0;
    const behindTimer = windows || nmi || interrupt !== 0 || recognized;
    let waits = false;
    switch (taken) {
      case 'sipi':
        break;
      case 'init':
        waits = mtf || timer || behindTimer;
        if (waits) this.cite('init-goes-before-the-rest');
        break;
      case 'mtf':
        waits = timer || behindTimer;
        if (waits) this.cite('mtf-goes-before-timer-and-interrupts');
        break;
      case 'timer':
        waits = behindTimer;
        if (waits) this.cite('timer-goes-before-windows-and-interrupts');
        break;
      case 'nmi-window':
        waits = nmi;
        if (waits) this.cite('nmi-window-goes-before-the-nmi');
        break;
      case 'nmi-exit':
      case 'nmi-delivery':
        waits = interrupt !== 0 || recognized;
        if (waits) this.cite('nmi-goes-before-interrupts');
        break;
      case 'interrupt-window':
        waits = interrupt !== 0;
        if (waits) this.cite('window-goes-before-interrupt');
        break;
      case 'virtual-interrupt':
        waits = interrupt !== 0;
        if (waits) this.cite('virtual-interrupt-goes-before-exit');
        break;
      case 'interrupt-exit':
      case 'interrupt-delivery':
        break;
      default:
        taken satisfies never;
    }
    if (waits) this.cite('one-action-at-a-boundary');
  }
}

/** One list register. Fields that a layout does not have under the given `hw` are 0. */
export interface ListRegister {
  readonly pending: boolean;
  readonly active: boolean;
  readonly hw: boolean;
  readonly group: number;
  /** Eight bits, the lower three are 0. */
  readonly priority: number;
  readonly intid: number;
  /** Physical INTID, with HW=1. */
  readonly pIntId: number;
  /** Requesting CPU of an SGI, with HW=0. */
  readonly source: number;
  /** Whether completion raises a maintenance interrupt, with HW=0. */
  readonly eoi: boolean;
}

/** All bits 0. */
export const emptyListRegister: ListRegister = {
  pending: false,
  active: false,
  hw: false,
  group: 0,
  priority: 0,
  intid: 0,
  pIntId: 0,
  source: 0,
  eoi: false,
};

/** Whether the state is not invalid. */
export const isValid = (lr: ListRegister): boolean => lr.pending || lr.active;

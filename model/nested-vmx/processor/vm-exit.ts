/** What a VM exit reports, before it is known who gets it. */
export interface VmExit {
  /** Basic exit reason. */
  readonly reason: number;
  readonly qualification: number;
  readonly information: number;
  readonly vectoring: number;
  readonly vectoringError: number;
  readonly length: number;
}

/** An exit with nothing but a reason. */
export const plainExit = (reason: number): VmExit => ({
  reason,
  qualification: 0,
  information: 0,
  vectoring: 0,
  vectoringError: 0,
  length: 0,
});

import type { GuestState } from '../guest-state.ts';

/** A VMCS that L0 keeps: 01 for L1, 02 for L2. */
export class Vmcs0 {
  readonly guest: GuestState;
  /** Controls without what L0 arms from look to look. */
  base = 0;
  /** Controls of the entry that was made last. */
  controls = 0;
  entryInformation = 0;
  entryError = 0;
  entryLength = 0;

  constructor(guest: GuestState) {
    this.guest = guest;
  }

  inject(information: number, error: number, length: number): void {
    this.entryInformation = information;
    this.entryError = error;
    this.entryLength = length;
  }

  clear(): void {
    this.base = 0;
    this.controls = 0;
    this.inject(0, 0, 0);
  }
}

import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';

interface Entry {
  /** What IAR returned: the INTID, for an SGI with its source. */
  readonly value: number;
  dropped: boolean;
}

/** INTIDs from here on are special: they acknowledge nothing. */
const firstSpecial = 1020;

const intidOf = (value: number): number => value & 0x3ff;

/**
 * What guest and host remember of their own accesses, where a later access needs it: a completion writes back what was
 * read from IAR, and GICV_CTLR is written whole.
 */
export class SoftwareMemory {
  /** EnableGrp0 to CBPR of GICV_CTLR. */
  enables: number;
  /** EOImode of GICV_CTLR. */
  eoiMode: number;
  /** Newest last. */
  #guest: readonly Entry[] = [];
  #host: number | undefined;

  constructor({ eoiMode, groups }: VgicConfiguration) {
    this.eoiMode = eoiMode;
    this.enables = groups === 'both' ? 0b111 : 0b001;
  }

  /** The guest read this from GICV_IAR. */
  guestRead(value: number): void {
    if (intidOf(value) < firstSpecial) this.#guest = [...this.#guest, { value, dropped: false }];
  }

  /** The host read this from GICC_IAR. */
  hostRead(value: number): void {
    if (intidOf(value) < firstSpecial) this.#host = value;
  }

  /** What the guest writes to GICV_EOIR; undefined if it has nothing to complete. */
  guestDrop(): number | undefined {
    const entry = this.#guest.findLast(({ dropped }) => !dropped);
    if (entry === undefined) return undefined;
    entry.dropped = true;
    if (this.eoiMode === 0) this.#forget(entry);
    return entry.value;
  }

  /** What the guest writes to GICV_DIR for an interrupt whose priority is dropped; undefined if there is no such. */
  guestDeactivate(intid: number): number | undefined {
    const entry = this.#guest.find(({ value, dropped }) => dropped && intidOf(value) === intid);
    if (entry === undefined) return undefined;
    this.#forget(entry);
    return entry.value;
  }

  /** What the host writes to GICC_EOIR; undefined if it has nothing to complete. */
  hostDrop(): number | undefined {
    const value = this.#host;
    this.#host = undefined;
    return value;
  }

  #forget(entry: Entry): void {
    this.#guest = this.#guest.filter((other) => other !== entry);
  }
}

import { physicalInterrupts, virtualInterrupts } from '../../../spec/vgic/universe.ts';

/**
 * Interrupts are told by their place in the universe of the spec, which is also their bit in every set. A virtual
 * interrupt belongs to a *bank*: 0 to 2 are the SGIs and PPIs of a virtual CPU, 3 and 4 the SPIs of a VM. Bank and
 * place make the *key* of an interrupt.
 */

export const sgiCount = 3;
export const privateCount = 5;
export const interruptCount = 9;
export const timerPlace = 3;
export const ppi30Place = 4;
export const spi32Place = 5;
export const spi33Place = 6;
export const spi34Place = 7;
export const spi35Place = 8;

export const privateSet = 0x01f;
export const spiSet = 0x1e0;

export const bankCount = 5;
/** The bank of the SPIs of VM 0. */
export const sharedBank = 3;

/** The key of the interrupt at `place` of `bank`. */
export const keyOf = (bank: number, place: number): number => (bank << 4) | place;
export const keyCount = bankCount << 4;

/** Places of the physical interrupts 27, 40 and 41. The first is banked: banks 0 and 1 belong to a physical CPU each. */
export const physicalTimer = 0;
export const physical40 = 1;
export const physical41 = 2;
export const physicalSpis = 0x6;
export const physicalBankCount = 3;
/** The bank of the physical SPIs. */
export const physicalSharedBank = 2;

export const intidOf = Uint16Array.from(virtualInterrupts, ({ intid }) => intid);
export const placeOf = new Uint8Array(64);
virtualInterrupts.forEach(({ intid }, place) => {
  placeOf[intid] = place;
});

export const physicalIntidOf = Uint16Array.from(physicalInterrupts, ({ pIntId }) => pIntId);
export const physicalPlaceOf = new Uint8Array(64);
physicalInterrupts.forEach(({ pIntId }, place) => {
  physicalPlaceOf[pIntId] = place;
});

/** The place of the physical interrupt behind a virtual one that can be mapped. */
export const physicalBehind = (place: number): number => (place === timerPlace ? physicalTimer : place - 6);

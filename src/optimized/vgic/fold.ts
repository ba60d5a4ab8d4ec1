import { keyOf, placeOf, sgiCount, spiSet } from './interrupts.ts';
import { bankOf, lrStride, touchBank, touchInterface, type Machine } from './machine.ts';
import { sampleDevice, setActiveStateBehind } from './physical.ts';
import { lrActive, lrEoi, lrHw, lrPending, lrSource, lrSourceShift, lrState, lrVirtualId } from './registers.ts';
import { showLr } from './show.ts';

/** Takes the list registers of physical CPU `p` back into the software state of virtual CPU `v`, and zeroes them. */
export function fold(m: Machine, v: number, p: number): void {
  for (let i = 0; i < m.usedLrs[p]; i++) foldLr(m, v, p, m.lr[p * lrStride + i]);
  zeroInterface(m, p);
}

/** "Zero the hardware list registers, and HCR := 0." */
export function zeroInterface(m: Machine, p: number): void {
  for (let i = 0; i < m.usedLrs[p]; i++) {
    m.lr[p * lrStride + i] = 0;
    showLr(m, p, i, 0);
  }
  m.usedLrs[p] = 0;
  m.hcr[p] = 0;
  touchInterface(m, p);
}

function foldLr(m: Machine, v: number, p: number, lr: number): void {
  const place = placeOf[lr & lrVirtualId];
  const bank = bankOf(m, v, place);
  const bit = 1 << place;
  const wasActive = (m.active[bank] & bit) !== 0;
  const active = (lr & lrActive) !== 0;
  const source = (lr & lrSource) >> lrSourceShift;
  if ((lr & (lrState | lrEoi | lrHw)) === lrEoi) m.words[1] |= bit & spiSet;

  if (active) m.active[bank] |= bit;
  else m.active[bank] &= ~bit;
  if (active && place < sgiCount) m.activeSource[keyOf(bank, place)] = source;

  if ((m.level[bank] & bit) === 0) {
    if ((lr & lrPending) !== 0) {
      m.latch[bank] |= bit;
      if (place < sgiCount) m.sources[v] |= 1 << (3 * place + source);
    }
  } else {
    if ((lr & lrState) === 0) m.latch[bank] &= ~bit;
    if ((m.mapped[bank] & bit) !== 0) resample(m, bank, place, p, (lr & lrPending) !== 0, wasActive && !active);
  }
  touchBank(m, bank);
}

/** A mapped level-sensitive interrupt comes back: is its device still asking? If not, the physical side is released. */
function resample(m: Machine, bank: number, place: number, p: number, pending: boolean, deactivated: boolean): void {
  const bit = 1 << place;
  if (!m.hwDeactivation) {
    if (((m.active[bank] | m.latch[bank]) & bit) === 0) setActiveStateBehind(m, place, p, false);
    return;
  }
  if (!pending && !(deactivated && (m.line[bank] & bit) !== 0)) return;
  if (sampleDevice(m, place, p)) {
    m.line[bank] |= bit;
  } else {
    m.line[bank] &= ~bit;
    setActiveStateBehind(m, place, p, false);
  }
}

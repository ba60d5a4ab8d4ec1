import { keyOf, placeOf, sgiCount, spiSet } from './interrupts.ts';
import { bankOf, lrStride, touchBank, type Machine } from './machine.ts';
import { sampleDevice, setActiveStateBehind } from './physical.ts';
import { lrActive, lrEoi, lrHw, lrPending, lrSource, lrSourceShift, lrState, lrVirtualId } from './registers.ts';
import { zeroInterface } from './list-registers.ts';

/** Takes the list registers of physical CPU `p` back into the software state of virtual CPU `v`, and zeroes them. */
export function fold(m: Machine, v: number, p: number): void {
  for (let i = 0; i < m.usedLrs[p]; i++) foldLr(m, v, p, m.lr[p * lrStride + i]);
  zeroInterface(m, p);
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
    if (m.hwDeactivation && (m.mapped[bank] & bit) !== 0) {
      resample(m, bank, place, p, (lr & lrPending) !== 0, wasActive && !active);
    }
  }
  // Without hardware deactivation: unmasked when the guest has nothing of it any more, edge-triggered ones too.
  if (!m.hwDeactivation && (m.mapped[bank] & ~(m.active[bank] | m.latch[bank]) & bit) !== 0) {
    setActiveStateBehind(m, place, p, false);
  }
  touchBank(m, bank);
}

/** A mapped level-sensitive interrupt comes back: is its device still asking? If not, the physical side is released. */
function resample(m: Machine, bank: number, place: number, p: number, pending: boolean, deactivated: boolean): void {
  const bit = 1 << place;
  if (!pending && !(deactivated && (m.line[bank] & bit) !== 0)) return;
  if (sampleDevice(m, place, p)) {
    m.line[bank] |= bit;
  } else {
    m.line[bank] &= ~bit;
    setActiveStateBehind(m, place, p, false);
  }
}

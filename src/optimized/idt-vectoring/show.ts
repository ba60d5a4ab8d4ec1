import { none, valid } from './events.ts';
import type { Machine } from './machine.ts';
import { guestWords, hypervisorWords, pendingWords, programWords, tableWords } from './words.ts';

const shutdownFlag = 1 << 8;

/** Brings the words that show state up to date. Outputs of the event are written when they arise. */
export function show(m: Machine): void {
  const { words } = m;
  words[tableWords] = m.obstacles;
  words[tableWords + 1] = m.gates;
  if (m.hypervised) showHypervisor(m);
  if (m.shutdown !== 0) {
    for (let i = guestWords; i < tableWords; i++) words[i] = 0;
    words[guestWords + 1] = shutdownFlag;
    return;
  }
  words[guestWords] = m.rip;
  words[guestWords + 1] =
    m.interruptFlag |
    (m.trapFlag << 1) |
    (m.resumeFlag << 2) |
    (m.generalDetect << 3) |
    (m.sti << 4) |
    (m.movss << 5) |
    (m.nmiBlocked << 6) |
    (m.halted << 7) |
    (m.veBusy << 9) |
    (m.mcip << 10);
  words[guestWords + 2] = m.cr2;
  words[guestWords + 3] = m.dr6;
  words[guestWords + 4] = m.isr;
  words[guestWords + 5] = m.deviceReads;

  words[pendingWords] = m.irr;
  words[pendingWords + 1] = m.nmis;
  words[pendingWords + 2] = m.machineCheck;
  words[pendingWords + 3] = m.debug;

  words[programWords] = m.frames.count;
  words[programWords + 1] = m.begun;
}

function showHypervisor(m: Machine): void {
  const { words } = m;
  words[hypervisorWords] = m.outside;
  words[hypervisorWords + 1] = m.inflight === none ? 0 : m.inflight | valid;
  words[hypervisorWords + 2] = m.inflightError;
  words[hypervisorWords + 3] = m.inflightLength;
  words[hypervisorWords + 4] = m.payload;
}

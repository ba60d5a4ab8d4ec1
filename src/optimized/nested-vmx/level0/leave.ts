import { monitorTrapFlag } from '../controls.ts';
import type { Machine } from '../machine.ts';

/** The guest leaves the processor: L0 has control, and what was pending in the processor is in its hands. */
export function leave(m: Machine): void {
  const { l0 } = m;
  const saved = (m.l2Runs ? l0.vmcs02 : l0.vmcs01).guest;
  saved.copy(l0.registers);
  m.current = saved;
  l0.onProcessor = false;
  l0.looked = false;
  if (m.l2Runs) {
    // A trap that L0 has set for itself ends here.
    if (l0.mtf && m.vmcs.has(monitorTrapFlag)) m.mtf = true;
    m.timer = l0.timer;
    m.virtual.recognized = false;
  } else {
    l0.virtual.recognized = false;
  }
  l0.mtf = false;
  l0.timer = false;
}

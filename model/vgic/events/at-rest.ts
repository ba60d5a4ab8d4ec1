import { isValid } from '../hardware/list-register.ts';
import type { Parts } from '../parts.ts';
import type { VgicState } from '../state.ts';

/** Whether the virtual interrupt at place `i` is neither pending, latched, active nor listed, with its line low. */
export function isAtRest(parts: Parts, state: VgicState, i: number): boolean {
  const irq = state.software.irqs[i];
  if (parts.routing.isPending(irq) || irq.latch || irq.line || irq.active) return false;
  return state.machine.isSeed2015 ? !irq.queued && !isInListRegister(state, i) : irq.holder < 0;
}

/** `seed-2015`: whether a list register in use holds the SPI at place `i`. */
function isInListRegister({ machine, hardware, software }: VgicState, i: number): boolean {
  const { intid, vm } = software.irqs[i].id;
  return machine.members[vm].some((v) => {
    const { running, loadedOn, saved, used } = software.vcpus[v];
    const listRegisters = running ? hardware.cpus[loadedOn].listRegisters : saved;
    return listRegisters.some((lr, n) => (used & (1 << n)) !== 0 && isValid(lr) && lr.intid === intid);
  });
}

import type { CpuInterface } from './hardware/cpu-interface.ts';
import type { Hardware, Software, VgicState, VirtualCpu, VirtualState } from './state.ts';

/** The array with another element at `index`; the array itself if it is the same element. */
export function replaced<T>(array: readonly T[], index: number, element: T): readonly T[] {
  if (array[index] === element) return array;
  const copy = array.slice();
  copy[index] = element;
  return copy;
}

/** With another interface of physical CPU `p`. */
export const withCpu = (hardware: Hardware, p: number, cpu: CpuInterface): Hardware =>
  hardware.cpus[p] === cpu ? hardware : { ...hardware, cpus: replaced(hardware.cpus, p, cpu) };

/** With another tier A. */
export const withHardware = (state: VgicState, hardware: Hardware): VgicState =>
  state.hardware === hardware ? state : { ...state, hardware };

/** With another tier B. */
export const withSoftware = (state: VgicState, software: Software): VgicState => ({ ...state, software });

/** With another state of the virtual interrupt at place `i`. */
export const withIrq = (state: VgicState, i: number, irq: VirtualState): VgicState =>
  state.software.irqs[i] === irq
    ? state
    : withSoftware(state, { ...state.software, irqs: replaced(state.software.irqs, i, irq) });

/** With another state of virtual CPU `v`. */
export const withVcpu = (state: VgicState, v: number, vcpu: VirtualCpu): VgicState =>
  withSoftware(state, { ...state.software, vcpus: replaced(state.software.vcpus, v, vcpu) });

/** With the value that the event returns. */
export const replying = (state: VgicState, value: number): VgicState => ({
  ...state,
  reply: { ...state.reply, value },
});

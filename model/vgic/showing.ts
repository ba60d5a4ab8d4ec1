import { physicalInterrupts, virtualInterrupts } from '../../spec/vgic/universe.ts';
import type { CpuInterface } from './hardware/cpu-interface.ts';
import { Part } from './part.ts';
import type { Image, Shown, VgicState, VirtualState } from './state.ts';

const sgis = virtualInterrupts.filter(({ type }) => type === 'sgi').length;
const allBits = 0xffff_ffff;

/** What the state shows: derived after each step from what has changed, and kept where the words are the same. */
export class Showing extends Part {
  /** The state with what it shows; `before` is a state whose images may be kept. */
  show(state: VgicState, before: VgicState | undefined): VgicState {
    const { irqs, lists } = state.software;
    const sameHardware = before?.hardware === state.hardware;
    const sameSoftware = before?.software.irqs === irqs && before.software.lists === lists;
    if (sameHardware && sameSoftware) return state;
    const {
      listRegister,
      interface: interfaces,
      physical,
    } = sameHardware ? before.shown : this.hardwareImages(state, before);
    const { distributor, software } = sameSoftware ? before.shown : this.softwareImages(state, before?.shown);
    return { ...state, shown: { listRegister, interface: interfaces, physical, distributor, software } };
  }

  private hardwareImages(state: VgicState, before: VgicState | undefined): Omit<Shown, 'distributor' | 'software'> {
    const { pcpus, nrLr, encoding } = state.machine.config;
    const listRegister: Image[] = before === undefined ? [] : before.shown.listRegister.slice();
    const interfaces: Image[] = before === undefined ? [] : before.shown.interface.slice();
    const physical: Image[] = [];
    for (let p = 0; p < pcpus; p++) {
      const cpu = state.hardware.cpus[p];
      const was = before?.hardware.cpus[p];
      if (was === undefined || was.listRegisters !== cpu.listRegisters) {
        for (let n = 0; n < nrLr; n++) {
          if (was !== undefined && was.listRegisters[n] === cpu.listRegisters[n]) continue;
          listRegister[p * nrLr + n] = image(this.parts.encoding.listRegister(cpu.listRegisters[n], encoding));
        }
      }
      if (was !== cpu) interfaces[p] = this.interface(state, cpu, before?.shown.interface[p]);
      physical.push(kept(before?.shown.physical[p], this.physical(state, p)));
    }
    return { listRegister, interface: interfaces, physical };
  }

  /** GICH_HCR, VMCR, APR, EISR0, ELRSR0, MISR and the lines to the virtual CPU and to the hypervisor. */
  private interface(state: VgicState, cpu: CpuInterface, before: Image | undefined): Image {
    const { encoding, maintenance } = this.parts;
    const { config } = state.machine;
    const eisr = maintenance.eisr(cpu.listRegisters);
    const elrsr = maintenance.elrsr(cpu.listRegisters);
    const misr = maintenance.misr(cpu, eisr, before?.words[5] ?? 0);
    const lines = this.lines(cpu, config.tieBreak === 'any') | (Number(maintenance.line(cpu.hcr, misr)) << 2);
    const words = [
      encoding.hcr(cpu.hcr),
      encoding.vmcr(cpu.vmcr, config.encoding),
      cpu.apr,
      eisr,
      elrsr,
      misr,
      lines & 0b111,
    ];
    const open = (lines >> 3) & 0b11;
    return open === 0
      ? image(words)
      : { words, defined: words.map((_, w) => (w === 6 ? (allBits & ~open) >>> 0 : allBits)) };
  }

  /** Bit 0 virq, bit 1 vfiq; bits 3 and 4 where it is open which of the two. */
  private lines(cpu: CpuInterface, anyOfTie: boolean): number {
    const signalled = this.parts.priority.signalled(cpu, anyOfTie);
    if (signalled.length === 0) return 0;
    const lines = signalled.map((n) => (this.takesFiq(cpu, cpu.listRegisters[n].group) ? 0b10 : 0b01));
    return lines[0] | (lines.some((line) => line !== lines[0]) ? 0b11000 : 0);
  }

  /** "takes the virtual FIQ line instead of the IRQ line if FIQEn is 1" */
  takesFiq(cpu: CpuInterface, group: number): boolean {
    const fiq = group === 0 && cpu.vmcr.fiqEn;
    this.cite(fiq ? 'group-0-takes-vfiq-with-fiqen' : 'virq-while-an-interrupt-is-signalled');
    return fiq;
  }

  private physical(state: VgicState, p: number): Image {
    const { physical } = this.parts;
    let pending = 0;
    let active = 0;
    let masked = 0;
    physicalInterrupts.forEach(({ pIntId }, place) => {
      const interrupt = physical.of(state.hardware, pIntId, p);
      pending |= Number(physical.isPending(interrupt)) << place;
      active |= Number(interrupt.active) << place;
      masked |= Number(!interrupt.enabled || interrupt.masked) << place;
    });
    return image([pending, active, masked, physical.signalled(state.hardware, p)]);
  }

  private softwareImages(state: VgicState, before: Shown | undefined): Pick<Shown, 'distributor' | 'software'> {
    return {
      distributor: state.machine.vm.map((_, v) => kept(before?.distributor[v], this.distributor(state, v))),
      software: state.machine.vm.map((_, v) => kept(before?.software[v], this.software(state, v))),
    };
  }

  private distributor({ machine, software }: VgicState, v: number): Image {
    if (machine.isArch) return image([0, 0, 0]);
    const { routing } = this.parts;
    const irqs = machine.visible[v].map((i) => software.irqs[i]);
    return image([
      set(irqs, (irq) => irq.enabled),
      set(irqs, (irq) => routing.isPending(irq)),
      set(irqs, (irq) => irq.active),
    ]);
  }

  private software({ machine, software }: VgicState, v: number): Image {
    if (machine.isArch) return image([0, 0, 0, 0]);
    const irqs = machine.visible[v].map((i) => software.irqs[i]);
    let listed = 0;
    for (const i of software.lists[v]) listed |= 1 << software.irqs[i].id.bit;
    let sources = 0;
    for (let k = 0; k < sgis; k++) sources |= irqs[k].sources << (3 * k);
    return image([set(irqs, (irq) => irq.latch), set(irqs, (irq) => irq.line), listed, sources]);
  }
}

const image = (words: readonly number[]): Image => ({ words, defined: undefined });

/** The old image if it has the same words. */
const kept = (before: Image | undefined, now: Image): Image =>
  before !== undefined && before.words.every((word, w) => word === now.words[w]) ? before : now;

function set(irqs: readonly VirtualState[], has: (irq: VirtualState) => boolean): number {
  let bits = 0;
  for (let k = 0; k < irqs.length; k++) if (has(irqs[k])) bits |= 1 << k;
  return bits;
}

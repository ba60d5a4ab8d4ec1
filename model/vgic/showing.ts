import { physicalInterrupts } from '../../spec/vgic/universe.ts';
import type { CpuInterface } from './hardware/cpu-interface.ts';
import type { Knobs } from './hardware/priority.ts';
import { Part } from './part.ts';
import type { Image, Shown, VgicState } from './state.ts';
import { replaced } from './update.ts';

const allBits = 0xffff_ffff;

/** What the state shows: derived after each step from what has changed, and kept where the words are the same. */
export class Showing extends Part {
  /** The state with what it shows; `before` is a state whose images may be kept. */
  show(state: VgicState, before: VgicState | undefined): VgicState {
    const old = before?.shown ?? state.shown;
    const { irqs } = state.software;
    const sameHardware = before?.hardware === state.hardware;
    const sameSoftware = before?.software.irqs === irqs;
    if (sameHardware && sameSoftware) return state;
    const { listRegister, interface: ofCpus, physical } = sameHardware ? old : this.hardwareImages(state, before, old);
    const { distributor, software } = sameSoftware ? old : this.softwareImages(state, before, old);
    return { ...state, shown: { listRegister, interface: ofCpus, physical, distributor, software } };
  }

  private hardwareImages(
    state: VgicState,
    before: VgicState | undefined,
    old: Shown,
  ): Pick<Shown, 'listRegister' | 'interface' | 'physical'> {
    const { pcpus, nrLr, encoding } = state.machine.config;
    let { listRegister, interface: ofCpus, physical } = old;
    for (let p = 0; p < pcpus; p++) {
      const cpu = state.hardware.cpus[p];
      const was = before?.hardware.cpus[p];
      for (let n = 0; n < nrLr; n++) {
        const lr = cpu.listRegisters[n];
        if (was?.listRegisters[n] === lr) continue;
        listRegister = replaced(listRegister, p * nrLr + n, image(this.parts.encoding.listRegister(lr, encoding)));
      }
      if (was !== cpu) ofCpus = replaced(ofCpus, p, this.interface(state, cpu, old.interface[p]));
      const samePhysical =
        was?.hostAcknowledged === cpu.hostAcknowledged && before?.hardware.interrupts === state.hardware.interrupts;
      if (!samePhysical) physical = replaced(physical, p, kept(old.physical[p], this.physical(state, p)));
    }
    return { listRegister, interface: ofCpus, physical };
  }

  /** GICH_HCR, VMCR, APR, EISR0, ELRSR0, MISR and the lines to the virtual CPU and to the hypervisor. */
  private interface(state: VgicState, cpu: CpuInterface, old: Image | undefined): Image {
    const { encoding, maintenance } = this.parts;
    const { config } = state.machine;
    const eisr = maintenance.eisr(cpu.listRegisters);
    const elrsr = maintenance.elrsr(cpu.listRegisters);
    const misr = maintenance.misr(cpu, eisr, old?.words[5] ?? 0);
    const lines = this.lines(cpu, config) | (Number(maintenance.line(cpu.hcr, misr)) << 2);
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
  private lines(cpu: CpuInterface, knobs: Knobs): number {
    const signalled = this.parts.priority.signalled(cpu, knobs);
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

  private softwareImages(
    state: VgicState,
    before: VgicState | undefined,
    old: Shown,
  ): Pick<Shown, 'distributor' | 'software'> {
    let { distributor, software } = old;
    for (let v = 0; v < state.machine.vm.length; v++) {
      if (before !== undefined && isSameFor(v, state, before)) continue;
      const [known, own] = this.sets(state, v);
      distributor = replaced(distributor, v, kept(old.distributor[v], known));
      software = replaced(software, v, kept(old.software[v], own));
    }
    return { distributor, software };
  }

  /** The virtual interrupts that a virtual CPU can name, as sets: what the guest could read, and what only software knows. */
  private sets({ machine, software }: VgicState, v: number): readonly [distributor: Image, software: Image] {
    let [enabled, pending, active, latch, line, listed, sources] = [0, 0, 0, 0, 0, 0, 0];
    if (!machine.isArch) {
      for (const i of machine.visible[v]) {
        const irq = software.irqs[i];
        const bit = 1 << irq.id.bit;
        if (irq.enabled) enabled |= bit;
        if (this.parts.routing.isPending(irq)) pending |= bit;
        if (irq.active) active |= bit;
        if (irq.latch) latch |= bit;
        if (irq.line) line |= bit;
        if (irq.holder === v) listed |= bit;
        if (irq.id.isSgi) sources |= irq.sources << (3 * irq.id.bit);
      }
    }
    return [image([enabled, pending, active]), image([latch, line, listed, sources])];
  }
}

/** Whether the interrupts that virtual CPU `v` can name are the same in both states. */
function isSameFor(v: number, { machine, software }: VgicState, before: VgicState): boolean {
  for (const i of machine.visible[v]) if (software.irqs[i] !== before.software.irqs[i]) return false;
  return true;
}

const image = (words: readonly number[]): Image => ({ words, defined: undefined });

/** The old image if it has the same words. */
function kept(old: Image | undefined, now: Image): Image {
  if (old === undefined) return now;
  for (let w = 0; w < now.words.length; w++) if (old.words[w] !== now.words[w]) return now;
  return old;
}

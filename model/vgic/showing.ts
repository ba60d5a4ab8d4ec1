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
    const { cpus, interrupts } = state.hardware;
    let { listRegister, interface: ofCpus, physical } = old;
    for (let p = 0; p < cpus.length; p++) {
      const cpu = cpus[p];
      const was = before?.hardware.cpus[p];
      if (was !== cpu) {
        listRegister = this.listRegisters(state, p, was, listRegister);
        ofCpus = replaced(ofCpus, p, this.interface(state, cpu, old.interface[p]));
      }
      if (was?.hostAcknowledged !== cpu.hostAcknowledged || before?.hardware.interrupts !== interrupts) {
        physical = replaced(physical, p, kept(old.physical[p], this.physical(state, p)));
      }
    }
    return { listRegister, interface: ofCpus, physical };
  }

  /** The images of all list registers, with new ones for those of physical CPU `p` that have changed. */
  private listRegisters(
    { hardware, machine }: VgicState,
    p: number,
    was: CpuInterface | undefined,
    old: readonly Image[],
  ): readonly Image[] {
    const { nrLr, encoding } = machine.config;
    const { listRegisters } = hardware.cpus[p];
    if (was?.listRegisters === listRegisters) return old;
    const images = old.slice();
    for (let n = 0; n < nrLr; n++) {
      if (was?.listRegisters[n] === listRegisters[n]) continue;
      images[p * nrLr + n] = image(this.parts.encoding.listRegister(listRegisters[n], encoding));
    }
    return images;
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
    let first = 0;
    let open = 0;
    for (const n of signalled) {
      const line = this.takesFiq(cpu, cpu.listRegisters[n].group) ? 0b10 : 0b01;
      if (first === 0) first = line;
      else if (line !== first) open = 0b11000;
    }
    return first | open;
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
    for (let place = 0; place < physicalInterrupts.length; place++) {
      const interrupt = physical.of(state.hardware, physicalInterrupts[place].pIntId, p);
      pending |= Number(physical.isPending(interrupt)) << place;
      active |= Number(interrupt.active) << place;
      masked |= Number(!interrupt.enabled || interrupt.masked) << place;
    }
    return image([pending, active, masked, physical.signalled(state.hardware, p)]);
  }

  private softwareImages(
    state: VgicState,
    before: VgicState | undefined,
    old: Shown,
  ): Pick<Shown, 'distributor' | 'software'> {
    let { distributor, software } = old;
    for (let v = 0; v < state.machine.vm.length; v++) {
      const known = old.distributor[v] ?? nothingKnown;
      const own = old.software[v] ?? nothingOwn;
      const now = this.sets(state, before, v, { known, own });
      distributor = replaced(distributor, v, now.known);
      software = replaced(software, v, now.own);
    }
    return { distributor, software };
  }

  /** The sets of a virtual CPU, brought up to date for the interrupts that have changed. */
  private sets({ machine, software }: VgicState, before: VgicState | undefined, v: number, old: Sets): Sets {
    if (machine.isArch) return old;
    let known: number[] | undefined;
    let own: number[] = [];
    const { irqs } = software;
    const were = before?.software.irqs;
    for (const i of machine.visible[v]) {
      const irq = irqs[i];
      if (were !== undefined && irq === were[i]) continue;
      if (known === undefined) {
        known = old.known.words.slice();
        own = old.own.words.slice();
      }
      const { bit } = irq.id;
      known[0] = withMember(known[0], bit, irq.enabled);
      known[1] = withMember(known[1], bit, this.parts.routing.isPending(irq));
      known[2] = withMember(known[2], bit, irq.active);
      own[0] = withMember(own[0], bit, irq.latch);
      own[1] = withMember(own[1], bit, irq.line);
      own[2] = withMember(own[2], bit, irq.holder === v);
      if (irq.id.isSgi) own[3] = (own[3] & ~(0b111 << (3 * bit))) | (irq.sources << (3 * bit));
    }
    return known === undefined ? old : { known: kept(old.known, image(known)), own: kept(old.own, image(own)) };
  }
}

/** The virtual interrupts that a virtual CPU can name, as sets. */
interface Sets {
  /** What the guest could read: enabled, pending, active. */
  readonly known: Image;
  /** What only software knows: latch, line, listed, and the sources of SGIs. */
  readonly own: Image;
}

/** The set with, or without, the member of a number. */
const withMember = (set: number, member: number, isIn: boolean): number =>
  isIn ? set | (1 << member) : set & ~(1 << member);

const image = (words: readonly number[]): Image => ({ words, defined: undefined });

const nothingKnown = image([0, 0, 0]);
const nothingOwn = image([0, 0, 0, 0]);

/** The old image if it has the same words. */
function kept(old: Image | undefined, now: Image): Image {
  if (old === undefined) return now;
  for (let w = 0; w < now.words.length; w++) if (old.words[w] !== now.words[w]) return now;
  return old;
}

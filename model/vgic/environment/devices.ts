import type { Skip } from '../../../spec/contract.ts';
import { alphabet } from '../../../spec/vgic/alphabet.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { VgicState } from '../state.ts';
import { replaced, withHardware } from '../update.ts';

/** A level-sensitive input. */
export type LevelWire = (typeof alphabet.raise.args.wire.values)[number];

/** An edge-triggered input. */
export type EdgeWire = (typeof alphabet.pulse.args.wire.values)[number];

const levelWires: readonly LevelWire[] = alphabet.raise.args.wire.values;

/** Number of level-sensitive inputs. */
export const wireCount = levelWires.length;

/** Devices drive their lines. */
export class Devices extends Part {
  /** Level of the wire of software SPI 32 of a VM. */
  isSpi32High(state: VgicState, vm: number): boolean {
    return state.environment.wires[levelWires.indexOf(vm === 0 ? 'spi32.vm0' : 'spi32.vm1')];
  }

  /** A level-sensitive line goes high or low. */
  drive(state: VgicState, wire: LevelWire, high: boolean): VgicState | Skip {
    const i = wire === 'p40' ? 0 : this.input(state, wire);
    if (i < 0) return skips.absent;
    const index = levelWires.indexOf(wire);
    const { environment } = state;
    if (environment.wires[index] === high) return skips.unchanged;
    const driven = { ...state, environment: { ...environment, wires: replaced(environment.wires, index, high) } };
    if (wire !== 'p40') return this.parts.injection.inject(driven, i, high);
    return withHardware(driven, this.parts.physical.setLine(driven.hardware, 40, 0, high));
  }

  /** A rising edge. */
  pulse(state: VgicState, wire: EdgeWire): VgicState | Skip {
    if (wire === 'p41') return withHardware(state, this.parts.physical.pulse(state.hardware, 41));
    const i = this.input(state, wire);
    return i < 0 ? skips.absent : this.parts.injection.inject(state, i, true);
  }

  /** Place of the virtual interrupt that a wire leads to, or -1. */
  private input({ machine }: VgicState, wire: Exclude<LevelWire | EdgeWire, 'p40' | 'p41'>): number {
    if (machine.isArch) return -1;
    const { vms, vcpus } = machine.config;
    switch (wire) {
      case 'spi32.vm0':
        return machine.spi(0, 32);
      case 'spi32.vm1':
        return vms > 1 ? machine.spi(1, 32) : -1;
      case 'spi33.vm0':
        return machine.spi(0, 33);
      case 'spi33.vm1':
        return vms > 1 ? machine.spi(1, 33) : -1;
      case 'ppi30.cpu0':
        return machine.irq(0, 30);
      case 'ppi30.cpu1':
        return vcpus > 1 ? machine.irq(1, 30) : -1;
      case 'ppi30.cpu2':
        return vcpus > 2 ? machine.irq(2, 30) : -1;
    }
  }
}

import { ppi30Place, physical40, physical41, physicalSharedBank, spi32Place, spi33Place } from './interrupts.ts';
import { arch, touchPhysical, type Machine } from './machine.ts';
import { inject } from './routing.ts';

// Places in the domains `levelWire` and `edgeWire` of the alphabet.
const levelP40 = 2;
const edgeP41 = 1;
/** The virtual CPU of ppi30.cpuN, else -1. */
const vcpuOfWire = Int8Array.of(-1, 0, -1, -1, 1, 2);
/** The VM of spi32.vmN, else -1. */
const vmOfLevelWire = Int8Array.of(0, -1, -1, 1, -1, -1);
const vmOfEdgeWire = Int8Array.of(0, -1, 1);

/** The level of the wire of SPI 32 of a VM. */
export const isSpi32High = (m: Machine, vm: number): boolean => m.wire[vmOfLevelWire.indexOf(vm)] !== 0;

/** Drives a level-sensitive wire to `high`, 0 or 1. */
export function drive(m: Machine, wire: number, high: number): boolean {
  if (wire === levelP40) {
    if (((m.physicalLine[physicalSharedBank] >> physical40) & 1) === high) return false;
    m.physicalLine[physicalSharedBank] ^= 1 << physical40;
    touchPhysical(m, physicalSharedBank);
    return true;
  }
  if (m.profile === arch || m.wire[wire] === high) return false;
  const vm = vmOfLevelWire[wire];
  if (vm >= 0) {
    if (vm >= m.vms) return false;
    m.wire[wire] = high;
    inject(m, m.firstVcpu[vm], spi32Place, high !== 0);
  } else {
    const v = vcpuOfWire[wire];
    if (v >= m.vcpus) return false;
    m.wire[wire] = high;
    inject(m, v, ppi30Place, high !== 0);
  }
  return true;
}

/** A rising edge. */
export function pulse(m: Machine, wire: number): boolean {
  if (wire === edgeP41) {
    m.physicalLatch[physicalSharedBank] |= 1 << physical41;
    touchPhysical(m, physicalSharedBank);
    return true;
  }
  const vm = vmOfEdgeWire[wire];
  if (m.profile === arch || vm >= m.vms) return false;
  inject(m, m.firstVcpu[vm], spi33Place, true);
  return true;
}

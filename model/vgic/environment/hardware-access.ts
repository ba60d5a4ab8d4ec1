import type { Skip } from '../../../spec/contract.ts';
import { spurious } from '../../../spec/vgic/universe.ts';
import { emptyListRegister, isValid, type ListRegister } from '../hardware/list-register.ts';
import { Part } from '../part.ts';
import { skips } from '../skips.ts';
import type { VgicState } from '../state.ts';
import { replaced, replying, withCpu, withHardware } from '../update.ts';

/** The state field of a list register as it is written. */
export type WrittenState = 'invalid' | 'pending' | 'active' | 'pending+active';

/** Direct access to the hardware of physical CPU 0, without a hypervisor. */
export class HardwareAccess extends Part {
  /** GICH_LRn; skipped where it would be UNPREDICTABLE. */
  writeLr(state: VgicState, n: number, written: WrittenState, fields: Partial<ListRegister>): VgicState | Skip {
    const cpu = state.hardware.cpus[0];
    if (n >= cpu.listRegisters.length) return skips.absent;
    const pending = written === 'pending' || written === 'pending+active';
    const active = written === 'active' || written === 'pending+active';
    const lr: ListRegister = { ...emptyListRegister, ...fields, pending, active };
    if (isValid(lr) && cpu.listRegisters.some((other, m) => m !== n && clash(lr, other))) return skips.unpredictable;
    const listRegisters = replaced(cpu.listRegisters, n, lr);
    return withHardware(state, withCpu(state.hardware, 0, { ...cpu, listRegisters }));
  }

  /** GICH_HCR: "A write … sets EOICount to what it carries." */
  writeHcr(state: VgicState, value: number): VgicState {
    this.cite('hcr-write-resets-eoicount');
    const hcr = {
      en: (value & 0x01) !== 0,
      uie: (value & 0x02) !== 0,
      lrenpie: (value & 0x04) !== 0,
      npie: (value & 0x08) !== 0,
      vgrp0eie: (value & 0x10) !== 0,
      vgrp0die: (value & 0x20) !== 0,
      vgrp1eie: (value & 0x40) !== 0,
      vgrp1die: (value & 0x80) !== 0,
      eoiCount: value >>> 27,
    };
    return withHardware(state, withCpu(state.hardware, 0, { ...state.hardware.cpus[0], hcr }));
  }

  /** The line of physical PPI 27. */
  driveTimer(state: VgicState, high: boolean): VgicState | Skip {
    const { physical } = this.parts;
    if (physical.of(state.hardware, 27, 0).line === high) return skips.unchanged;
    return withHardware(state, physical.setLine(state.hardware, 27, 0, high));
  }

  /** GICC_IAR: "returns 1023 and changes nothing while nothing is signalled". */
  hostAck(state: VgicState): VgicState {
    const { physical } = this.parts;
    const pIntId = physical.signalled(state.hardware, 0);
    if (pIntId !== spurious) {
      return replying(withHardware(state, physical.acknowledge(state.hardware, pIntId, 0)), pIntId);
    }
    this.cite('host-acknowledge-of-nothing-is-spurious');
    return replying(state, spurious);
  }

  /** GICC_EOIR for what the host acknowledged last. */
  hostEoi(state: VgicState): VgicState | Skip {
    if (state.hardware.cpus[0].hostAcknowledged === 0) return skips.nothingAcknowledged;
    this.cite('host-eoi-drops-priority-only');
    return withHardware(state, this.parts.physical.dropPriority(state.hardware, 0));
  }

  /** GICC_DIR. */
  hostDir(state: VgicState, pIntId: number): VgicState | Skip {
    const { physical } = this.parts;
    if (!physical.of(state.hardware, pIntId, 0).active) return skips.unpredictable;
    if (state.hardware.cpus[0].hostAcknowledged === pIntId) return skips.unpredictable;
    this.cite('host-dir-deactivates');
    return withHardware(state, physical.deactivate(state.hardware, pIntId, 0));
  }

  /** GICD_ISENABLER and GICD_ICENABLER. */
  setEnabled(state: VgicState, pIntId: number, on: boolean): VgicState {
    return withHardware(state, this.parts.physical.setEnabled(state.hardware, pIntId, 0, on));
  }

  /** GICD_ISPENDR and GICD_ICPENDR. */
  setPending(state: VgicState, pIntId: number, on: boolean): VgicState | Skip {
    const { physical } = this.parts;
    const { edge, line } = physical.of(state.hardware, pIntId, 0);
    if (!on && !edge && line) return skips.highLine;
    this.cite('physical-pending-writes-set-and-clear-the-latch');
    return withHardware(state, physical.setLatch(state.hardware, pIntId, 0, on));
  }

  /** GICD_ISACTIVER and GICD_ICACTIVER. */
  setActive(state: VgicState, pIntId: number, on: boolean): VgicState | Skip {
    if (state.hardware.cpus[0].hostAcknowledged === pIntId) return skips.unpredictable;
    this.cite('setting-active-has-no-other-effect');
    return withHardware(state, this.parts.physical.setActive(state.hardware, pIntId, 0, on));
  }
}

/** Two valid list registers of one virtual INTID, or of one physical one. */
const clash = (lr: ListRegister, other: ListRegister): boolean =>
  isValid(other) && (lr.intid === other.intid || (lr.hw && other.hw && lr.pIntId === other.pIntId));

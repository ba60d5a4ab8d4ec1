import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { law, Watch, type VgicBreach } from '../../law.ts';
import { Inputs } from '../../trace/inputs.ts';

/** Level-sensitive at reset, with a device behind them. */
const levels = [27, 30, 32, 34] as const;

/**
 * INV-11. A software interrupt was asserted when its virtual CPU was entered last. What the device of a mapped one does
 * is known to the hypervisor only at certain moments, so that one need only have been asserted at one of them since it
 * was acknowledged last. An interrupt that software made pending by a register write is excused until it is acknowledged.
 */
class NeedsAssertion extends Watch {
  private readonly inputs = new Inputs(this.machine.config);
  private readonly asserted = new Set<number>();
  private readonly written = new Set<number>();
  /** Interrupts whose line userspace has driven. */
  private readonly overridden = new Set<number>();

  step(event: VgicEvent): VgicBreach | undefined {
    const { machine, inputs } = this;
    inputs.follow(event);
    switch (event.kind) {
      // What is made inactive by a register write, rather than completed, keeps the latch that it was delivered for.
      case 'setPending':
      case 'clearActive':
      case 'userSetPending':
      case 'userSetActive':
        this.written.add(inputs.key(event.vcpu, event.intid));
        break;
      case 'userLineLevel':
        this.overridden.add(inputs.key(event.vcpu, event.intid));
        break;
      case 'iar':
      case 'aiar':
        return machine.reply < 1020 ? this.judge(event.vcpu, machine.reply & 0x3ff) : undefined;
      default:
    }
    for (let v = 0; v < machine.config.vcpus; v++) {
      for (const intid of levels) this.note(v, intid, event);
    }
    return undefined;
  }

  private note(v: number, intid: number, event: VgicEvent): void {
    const { inputs, machine } = this;
    const key = this.place(v, intid);
    const high = inputs.level(v, intid);
    if (inputs.isMapped(v, intid)) {
      if (high && (machine.schedule.running[v] === 0 || event.kind === 'hostIrq')) this.asserted.add(key);
      return;
    }
    if (event.kind !== 'enter' || event.vcpu !== v) return;
    if (high) this.asserted.add(key);
    else this.asserted.delete(key);
  }

  /** What was asserted at an entry was so for the virtual CPU that was entered. */
  private place(v: number, intid: number): number {
    return this.inputs.key(v, intid) * 4 + (this.inputs.isMapped(v, intid) ? 0 : v);
  }

  private judge(v: number, intid: number): VgicBreach | undefined {
    const { inputs } = this;
    if (!levels.some((level) => level === intid) || inputs.isEdge(v, intid)) return undefined;
    const key = inputs.key(v, intid);
    const excused = this.written.delete(key) || this.overridden.has(key);
    const asserted = this.asserted.has(this.place(v, intid));
    this.moments++;
    if (inputs.isMapped(v, intid)) this.asserted.delete(this.place(v, intid));
    if (excused || asserted) return undefined;
    // A virtual SPI of VM 1 that is mapped in VM 0 has no device, and what is not mapped any more hears of none.
    if (!inputs.isMapped(v, intid) && intid === 34) return undefined;
    return {
      clause: inputs.isMapped(v, intid) ? 'mapped-level-line-falls-when-offered' : 'level-pending-is-never-copied-back',
      summary: `the guest acknowledged level-sensitive interrupt ${intid}, which nothing had asserted since`,
    };
  }
}

export const levelAcknowledgeNeedsAssertion = law({
  id: 'level-acknowledge-needs-assertion',
  claim:
    'A level-sensitive interrupt is acknowledged only if its line was high when the guest was entered, or for a mapped one at some moment since it was acknowledged last.',
  judges: [
    'level-pending-is-never-copied-back',
    'mapped-level-line-falls-when-offered',
    'stale-line-is-sampled-after-deactivation',
    'enable-samples-a-mapped-level',
    'completed-level-clears-the-latch',
  ],
  needs: ['reply'],
  profiles: ['kvm'],
  scenario: {
    name: 'a line that is lowered by the handler of the guest',
    events: [
      { kind: 'raise', wire: 'spi32.vm0' },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
      { kind: 'lower', wire: 'spi32.vm0' },
      { kind: 'eoir', vcpu: 0 },
      { kind: 'exit', vcpu: 0 },
      { kind: 'enter', vcpu: 0 },
      { kind: 'iar', vcpu: 0 },
    ],
  },
  watch: NeedsAssertion,
});

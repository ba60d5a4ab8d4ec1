import type { VgicEvent } from '../../../../spec/vgic/alphabet.ts';
import { Watch } from '../../law.ts';
import { Inputs } from '../../trace/inputs.ts';

/** Changes nothing about what is pending for whom, apart from `iar`, which is looked at by itself. */
const neutral: ReadonlySet<VgicEvent['kind']> = new Set(['exit', 'put', 'enter', 'load']);

/**
 * A law about the machine at rest. It says nothing where the sequence could not be brought to rest: where some virtual
 * CPU still has a running priority, or was not seen to have nothing to acknowledge right after an entry.
 */
export abstract class AtRest extends Watch {
  protected readonly inputs = new Inputs(this.machine.config);
  /** Interrupts that are not judged, by key. */
  protected readonly excused = new Set<number>();
  private readonly quiet = new Uint8Array(this.machine.config.vcpus);
  private readonly priorities = new Uint32Array(this.machine.config.vcpus);
  private entered = -1;

  /** Follows an event; to be called first. */
  protected follow(event: VgicEvent): void {
    const { machine, inputs, priorities } = this;
    inputs.follow(event);
    for (let v = 0; v < priorities.length; v++) {
      const p = machine.schedule.pcpu[v];
      if (p >= 0) priorities[v] = machine.interface(p, 'apr');
    }
    if (event.kind === 'iar' && this.entered === event.vcpu && machine.reply >= 1020 && machine.reply < 1024) {
      this.quiet[event.vcpu] = 1;
    } else if (!neutral.has(event.kind)) {
      this.quiet.fill(0);
    }
    this.entered = event.kind === 'enter' ? event.vcpu : -1;
    // While the distributor is off nothing is queued, and only a knob makes its enable do it later.
    if (event.kind === 'switchDistributor' && !event.on && !machine.config.distEnableRequeues) this.gap = true;
  }

  /** Whether the distributor was off at some time, and does not catch up. */
  protected gap = false;

  /** Whether a target came to rest, so that whatever it was owed should have been delivered to it. */
  protected rests(v: number): boolean {
    if (this.quiet.includes(0)) return false;
    return this.priorities[this.inputs.target(v, 32)] === 0 && this.priorities.every((apr) => apr === 0);
  }

  /** Whether the mask of a guest at rest lets an interrupt through. */
  protected audible(v: number, intid: number): boolean {
    return this.inputs.priority(v, intid) < 0xf8;
  }
}

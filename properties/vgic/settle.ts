import type { AnyConfiguration, AnyEvent } from '../../spec/alphabet.ts';
import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import { vmOf, type VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { virtualInterrupts } from '../../spec/vgic/universe.ts';
import type { Seen } from '../../src/engine/property.ts';
import { bitOf } from './trace/machine.ts';

const intids = virtualInterrupts.map(({ intid }) => intid) as readonly (0 | 1 | 15 | 27 | 30 | 32 | 33 | 34 | 35)[];
/** Acknowledges that a guest can have open at the most, by its priorities, and some to spare. */
const nesting = 8;

type Vcpu = 0 | 1 | 2;

/**
 * Lets a machine come to rest: a guest that is well behaved completes what it has open, permits everything, and then
 * serves interrupts, quelling the device of each, until nothing is left. One virtual CPU at a time, on physical CPU 0.
 */
class Settling {
  private readonly config: VgicConfiguration;
  private phase: 'unwind' | 'permit' | 'serve' | 'done' = 'unwind';
  private vcpu: Vcpu = 0;
  /** Virtual CPUs in a row that had nothing to serve. */
  private quiet = 0;

  constructor(config: VgicConfiguration) {
    this.config = config;
  }

  next(seen: Seen): readonly VgicEvent[] {
    switch (this.phase) {
      case 'unwind':
        this.phase = 'permit';
        return this.unwind();
      case 'permit':
        this.phase = 'serve';
        return [...this.permit(seen), ...this.ask(0)];
      case 'serve':
        return this.serve(seen.get('reply', 0, 'value'));
      case 'done':
        return [];
    }
  }

  private get vcpus(): readonly Vcpu[] {
    return ([0, 1, 2] as const).slice(0, this.config.vcpus);
  }

  private unwind(): readonly VgicEvent[] {
    const { vcpus } = this;
    return [
      ...vcpus.flatMap((vcpu): VgicEvent[] => [
        { kind: 'exit', vcpu },
        { kind: 'put', vcpu },
      ]),
      ...vcpus.flatMap((vcpu): VgicEvent[] => [
        { kind: 'load', vcpu, pcpu: 0 },
        { kind: 'switchDistributor', vcpu, on: true },
        { kind: 'enter', vcpu },
        { kind: 'pmr', vcpu, mask: 0xf8 },
        // Everything on, with CBPR as it is: one of the first two is skipped.
        ...(this.config.groups === 'both'
          ? ([
              { kind: 'ctlr', vcpu, value: 0x17 },
              { kind: 'ctlr', vcpu, value: 0x07 },
            ] as const)
          : ([{ kind: 'ctlr', vcpu, value: 0x01 }] as const)),
        ...Array.from({ length: nesting }, (): VgicEvent => ({ kind: 'eoir', vcpu })),
        ...intids.flatMap((intid): VgicEvent[] => [
          { kind: 'dir', vcpu, intid },
          { kind: 'dir', vcpu, intid },
        ]),
        { kind: 'exit', vcpu },
        { kind: 'put', vcpu },
      ]),
    ];
  }

  /** Ends what no completion can end, enables what is disabled, and exits once more, so that lists are pruned. */
  private permit(seen: Seen): readonly VgicEvent[] {
    return this.vcpus.flatMap((vcpu): VgicEvent[] => {
      const active = seen.get('distributor', vcpu, 'active');
      const enabled = seen.get('distributor', vcpu, 'enabled');
      return [
        { kind: 'load', vcpu, pcpu: 0 },
        ...intids
          .filter((intid) => (active & bitOf(intid)) !== 0)
          .map((intid): VgicEvent => ({ kind: 'clearActive', vcpu, intid })),
        ...intids
          .filter((intid) => (enabled & bitOf(intid)) === 0)
          .map((intid): VgicEvent => ({ kind: 'enable', vcpu, intid })),
        { kind: 'enter', vcpu },
        { kind: 'exit', vcpu },
        { kind: 'put', vcpu },
      ];
    });
  }

  private ask(vcpu: Vcpu): readonly VgicEvent[] {
    this.vcpu = vcpu;
    return [{ kind: 'load', vcpu, pcpu: 0 }, ...this.again(vcpu)];
  }

  private again(vcpu: Vcpu): readonly VgicEvent[] {
    const hostIrq: VgicEvent = { kind: 'hostIrq', pcpu: 0 };
    return [hostIrq, hostIrq, hostIrq, { kind: 'enter', vcpu }, { kind: 'iar', vcpu }];
  }

  private serve(reply: number): readonly VgicEvent[] {
    const { vcpu } = this;
    const intid = intids.find((known) => known === (reply & 0x3ff));
    if (intid !== undefined) {
      this.quiet = 0;
      return [
        ...this.quell(vcpu, intid),
        { kind: 'eoir', vcpu },
        { kind: 'dir', vcpu, intid },
        { kind: 'exit', vcpu },
        ...this.again(vcpu),
      ];
    }
    const leave: readonly VgicEvent[] = [
      { kind: 'exit', vcpu },
      { kind: 'put', vcpu },
    ];
    if (++this.quiet < this.config.vcpus) return [...leave, ...this.ask(((vcpu + 1) % this.config.vcpus) as Vcpu)];
    this.phase = 'done';
    return leave;
  }

  /** What the handler does to the device. A line that userspace drives is lowered by userspace. */
  private quell(vcpu: Vcpu, intid: (typeof intids)[number]): readonly VgicEvent[] {
    const lowered: readonly VgicEvent[] = [
      { kind: 'exit', vcpu },
      ...(intid >= 30 ? ([{ kind: 'userLineLevel', vcpu, intid: intid as 30, value: false }] as const) : []),
      { kind: 'enter', vcpu },
    ];
    switch (intid) {
      case 27:
        return [{ kind: 'programTimer', vcpu, deadline: 'never', masked: false }];
      case 30:
        return [{ kind: 'lower', wire: (['ppi30.cpu0', 'ppi30.cpu1', 'ppi30.cpu2'] as const)[vcpu] }, ...lowered];
      case 32:
        return [{ kind: 'lower', wire: vmOf(this.config, vcpu) === 1 ? 'spi32.vm1' : 'spi32.vm0' }, ...lowered];
      case 34:
        return [{ kind: 'lower', wire: 'p40' }, ...lowered];
      case 33:
      case 35:
        return lowered;
      default:
        return [];
    }
  }
}

const settlings = new WeakMap<Seen, Settling>();

/** Drains a sequence of `vgic`; laws that share it are judged on the same drain. */
export function settle(config: AnyConfiguration, round: number, seen: Seen): readonly AnyEvent[] {
  let settling = settlings.get(seen);
  if (settling === undefined || round === 0) {
    settling = new Settling(config as VgicConfiguration);
    settlings.set(seen, settling);
  }
  return settling.next(seen);
}

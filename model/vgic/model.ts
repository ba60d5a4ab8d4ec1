import { Skip, type Cite, type Model, type SectionView } from '../../spec/contract.ts';
import type { VgicEvent } from '../../spec/vgic/alphabet.ts';
import type { VgicClause } from '../../spec/vgic/clauses.ts';
import type { VgicConfiguration } from '../../spec/vgic/configuration.ts';
import { distributorEvent } from './events/distributor-events.ts';
import { guestEvent } from './events/guest-events.ts';
import { hardwareEvent } from './events/hardware-events.ts';
import { hypervisorEvent } from './events/hypervisor-events.ts';
import { userspaceEvent } from './events/userspace-events.ts';
import { initialState } from './initial.ts';
import { assemble, type PartClasses, type Parts } from './parts.ts';
import { skips } from './skips.ts';
import { noReply, type VgicState } from './state.ts';
import { views } from './views.ts';

/** How a model is put together. */
export interface VgicModelOptions {
  /** Told the name of each clause that decides a step. */
  readonly cite?: Cite<VgicClause>;
  /** Classes that take the place of the rules: subclasses of those in `partClasses`. */
  readonly parts?: Partial<PartClasses>;
}

type Next = VgicState | readonly VgicState[] | Skip;

/** The reference model of the `vgic` system. */
export class VgicModel implements Model<VgicConfiguration, VgicEvent, VgicState> {
  readonly views: readonly SectionView<VgicState>[] = views;
  private readonly parts: Parts;

  constructor({ cite = () => {}, parts = {} }: VgicModelOptions = {}) {
    this.parts = assemble(cite, parts);
  }

  initial(config: VgicConfiguration): VgicState {
    return this.parts.showing.show(initialState(config), undefined);
  }

  step(state: VgicState, event: VgicEvent): Next {
    const { machine } = state;
    if (!machine.plays[event.kind]) return skips.actor;
    if ('vcpu' in event && event.vcpu >= machine.config.vcpus) return skips.absent;
    const next = this.next(state.reply === noReply ? state : { ...state, reply: noReply }, event);
    if (next instanceof Skip) return next;
    if (!isSeveral(next)) return this.parts.showing.show(next, state);
    const shown = next.map((one) => this.parts.showing.show(one, state));
    return shown.length === 1 ? shown[0] : shown;
  }

  private next(state: VgicState, event: VgicEvent): Next {
    const { parts } = this;
    switch (event.kind) {
      case 'raise':
        return parts.devices.drive(state, event.wire, true);
      case 'lower':
        return parts.devices.drive(state, event.wire, false);
      case 'pulse':
        return parts.devices.pulse(state, event.wire);
      case 'tick':
        return parts.timer.tick(state) ?? skips.nothingWaits;

      case 'iar':
      case 'aiar':
      case 'eoir':
      case 'dir':
      case 'eoirSpurious':
      case 'hppir':
      case 'rpr':
      case 'pmr':
      case 'ctlr':
      case 'eoiMode':
      case 'bpr':
      case 'programTimer':
        return guestEvent(parts, state, event);

      case 'enable':
      case 'disable':
      case 'setPending':
      case 'clearPending':
      case 'setActive':
      case 'clearActive':
      case 'readPending':
      case 'readActive':
      case 'setPriority':
      case 'setTargets':
      case 'setTrigger':
      case 'setGroup':
      case 'switchDistributor':
      case 'sendSgi':
      case 'setSgiPending':
      case 'clearSgiPending':
        return distributorEvent(parts, state, event);

      case 'enter':
      case 'exit':
      case 'abortEntry':
      case 'load':
      case 'put':
      case 'hostIrq':
      case 'wakes':
      case 'mapPhysical':
      case 'unmapPhysical':
      case 'resetVcpu':
        return hypervisorEvent(parts, state, event);

      case 'saveRestore':
      case 'userSetPending':
      case 'userLineLevel':
      case 'userSetActive':
      case 'userReadPending':
        return userspaceEvent(parts, state, event);

      case 'writeLr':
      case 'writeSgiLr':
      case 'writeHwLr':
      case 'writeHcr':
      case 'raiseTimer':
      case 'hostAck':
      case 'hostEoi':
      case 'hostDir':
      case 'physicalEnable':
      case 'physicalPending':
      case 'physicalActive':
        return hardwareEvent(parts, state, event);

      default:
        return event satisfies never;
    }
  }
}

const isSeveral = (next: VgicState | readonly VgicState[]): next is readonly VgicState[] => Array.isArray(next);

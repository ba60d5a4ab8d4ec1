import type { VgicEvent } from '../../../spec/vgic/alphabet.ts';
import type { VgicConfiguration } from '../../../spec/vgic/configuration.ts';
import { vmOf } from '../../../spec/vgic/configuration.ts';
import type { Inputs } from './inputs.ts';

/** One thing that is delivered once: an edge-triggered interrupt of a virtual CPU, an SGI from one source. */
export interface EdgeTarget {
  readonly vcpu: number;
  readonly intid: number;
  readonly source: number;
}

/** A number per target; SPIs are those of the VM. */
export const edgeKey = (inputs: Inputs, { vcpu, intid, source }: EdgeTarget): number =>
  inputs.key(vcpu, intid) * 4 + source;

/** Place of a virtual CPU in its VM: the number that it has as a source of SGIs. */
const placeOf = (config: VgicConfiguration, v: number): number => (vmOf(config, v) === 1 ? v - (config.vcpus - 1) : v);

/** What an event makes pending once, of the edge-triggered interrupts. */
export function edgesOf(event: VgicEvent, inputs: Inputs, config: VgicConfiguration): readonly EdgeTarget[] {
  switch (event.kind) {
    case 'raise': {
      if (event.wire !== 'spi32.vm0' && event.wire !== 'spi32.vm1') return [];
      return edgeOf(inputs, event.wire === 'spi32.vm1' ? config.vcpus - 1 : 0, 32);
    }
    case 'pulse':
      if (event.wire === 'p41') return inputs.isMapped(0, 35) ? [{ vcpu: 0, intid: 35, source: 0 }] : [];
      return edgeOf(inputs, event.wire === 'spi33.vm1' ? config.vcpus - 1 : 0, 33);
    case 'setPending':
      return event.intid < 16 ? [] : edgeOf(inputs, event.vcpu, event.intid);
    case 'userSetPending': {
      if (!event.value) return [];
      const source = event.intid < 16 ? placeOf(config, event.vcpu) : 0;
      return event.intid < 16 ? [{ ...event, source }] : edgeOf(inputs, event.vcpu, event.intid);
    }
    case 'setSgiPending':
      return [{ vcpu: event.vcpu, intid: event.sgi, source: event.source }];
    case 'sendSgi':
      return receiversOf(event, config).map((vcpu) => ({
        vcpu,
        intid: event.sgi,
        source: placeOf(config, event.vcpu),
      }));
    default:
      return [];
  }
}

function edgeOf(inputs: Inputs, vcpu: number, intid: number): readonly EdgeTarget[] {
  return inputs.isEdge(vcpu, intid) ? [{ vcpu: inputs.owner(vcpu, intid), intid, source: 0 }] : [];
}

/** The virtual CPUs that GICD_SGIR names. */
export function receiversOf(
  event: Extract<VgicEvent, { kind: 'sendSgi' }>,
  config: VgicConfiguration,
): readonly number[] {
  const members = Array.from({ length: config.vcpus }, (_, v) => v).filter(
    (v) => vmOf(config, v) === vmOf(config, event.vcpu),
  );
  switch (event.filter) {
    case 0:
      return members.filter((_, place) => ((event.cpus >> place) & 1) !== 0);
    case 1:
      return members.filter((v) => v !== event.vcpu);
    case 2:
      return [event.vcpu];
    case 3:
      return [];
  }
}

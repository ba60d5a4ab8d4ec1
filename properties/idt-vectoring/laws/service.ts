import type { IdtVectoringEvent } from '../../../spec/idt-vectoring/alphabet.ts';
import { externalVectors } from '../../../spec/idt-vectoring/universe.ts';
import { isInstruction } from '../delivery/source.ts';
import { law, Watch } from '../law.ts';
import type { Page } from '../sighted.ts';

const needs = ['guest', 'pending', 'program', 'hypervisor'] as const;

/** A set of vectors in words. */
const named = (set: number): string =>
  externalVectors
    .filter((_, place) => (set >>> place) & 1)
    .map((vector) => `0x${vector.toString(16)}`)
    .join(', ');

const highest = (set: number): number => (set === 0 ? 0 : 1 << (31 - Math.clz32(set)));

class Service extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { before, now } = this.sight;
    if (this.sight.has('shutdown')) return undefined;
    const gained = now.isr & ~before.isr;
    const lost = before.isr & ~now.isr;
    if ((before.isr | now.isr) !== 0) this.moments++;
    if (gained !== 0 && (gained & before.irr & ~now.irr) !== gained) {
      return `${named(gained)} went into service and had not been pending, or is pending still`;
    }
    if (lost === 0) return undefined;
    if (event.kind !== 'eoi') return `${named(lost)} left service without EOI`;
    return lost === highest(before.isr) ? undefined : `EOI ended ${named(lost)} with ${named(before.isr)} in service`;
  }
}

class Arrivals extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { before, now } = this.sight;
    if (this.sight.has('shutdown')) return undefined;
    const arrived = event.kind === 'external' ? 1 << externalVectors.indexOf(event.vector) : 0;
    const appeared = now.irr & ~before.irr & ~arrived;
    const gone = (before.irr | arrived) & ~now.irr;
    if ((before.irr | now.irr) !== 0) this.moments++;
    if (appeared !== 0) return `${named(appeared)} became pending by itself`;
    if ((gone & ~now.isr) !== 0) return `${named(gone & ~now.isr)} is neither pending nor in service`;
    return undefined;
  }
}

class Nmis extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { before, now } = this.sight;
    if (this.sight.has('shutdown')) return undefined;
    if (before.nmis === 0 && now.nmis === 0) return undefined;
    this.moments++;
    if (event.kind === 'nmi') {
      const most = this.sight.has('nmiBlocked', before) ? 1 : 2;
      const expected = before.nmis < most ? before.nmis + 1 : before.nmis;
      return now.nmis === expected ? undefined : `${now.nmis} NMIs are pending, not ${expected}`;
    }
    if (now.nmis > before.nmis) return 'an NMI became pending by itself';
    if (now.nmis === before.nmis) return undefined;
    if (!isInstruction(event) || now.nmis < before.nmis - 1) return `${before.nmis - now.nmis} pending NMIs are gone`;
    return this.sight.has('nmiBlocked') ? undefined : 'an NMI was taken and NMIs are not blocked';
  }
}

const isIret = (page: Page): boolean => (page.begun & 0xff) === iret;
/** Place of IRET in `instructions`, from 1. */
const iret = 17;

class NmiBlocking extends Watch {
  override step(event: IdtVectoringEvent): string | undefined {
    const { sight } = this;
    const { before, now } = sight;
    if (sight.has('shutdown')) return undefined;
    const was = sight.has('nmiBlocked', before);
    const is = sight.has('nmiBlocked');
    const wasTaken = now.nmis < before.nmis;
    if (was || is) this.moments++;
    if (!was && is && !wasTaken && event.kind !== 'inject') return 'NMIs are blocked, and none was taken';
    const mayReturn = event.kind === 'iret' || isIret(before);
    if (was && !is && !mayReturn) return 'NMIs are not blocked any more, and no IRET was executed';
    if (was && wasTaken && !mayReturn) return 'an NMI was taken while NMIs were blocked';
    const returned = mayReturn && before.outside === 0 && now.frames < before.frames;
    return returned && is && !wasTaken ? 'IRET was completed and NMIs are blocked still' : undefined;
  }
}

const interrupted = {
  name: 'two interrupts and an NMI, with an obstacle on the way',
  events: [
    { kind: 'external', vector: 0x31 },
    { kind: 'nmi' },
    { kind: 'nmi' },
    { kind: 'nop' },
    { kind: 'iret', meets: 'nothing' },
    { kind: 'nop' },
    { kind: 'iret', meets: 'nothing' },
    { kind: 'external', vector: 0x40 },
    { kind: 'nop' },
    { kind: 'nop' },
    { kind: 'eoi' },
  ],
} as const;

/** Interrupts and NMIs: what is acknowledged, counted and blocked, however their deliveries go. */
export const service = [
  law({
    id: 'in-service-until-eoi',
    claim: 'A vector goes into service from IRR, once, and leaves it by EOI alone, the highest first.',
    judges: ['in-service-until-eoi', 'external-is-acknowledged-once', 'acknowledged-once', 'eoi-ends-the-highest'],
    needs,
    scenario: interrupted,
    watch: Service,
  }),
  law({
    id: 'pending-interrupt-waits-or-is-served',
    claim: 'A pending vector stays pending until it is in service, and no vector becomes pending that did not arrive.',
    judges: ['external-is-acknowledged-once', 'extint-passes-by-the-apic', 'migration-is-invisible'],
    needs,
    scenario: interrupted,
    watch: Arrivals,
  }),
  law({
    id: 'every-nmi-is-counted',
    claim: 'One NMI waits while one is in service, two while none is; each is taken at a boundary, and blocks NMIs.',
    judges: ['nmis-are-counted-to-two', 'migration-keeps-every-nmi', 'acknowledged-once'],
    needs,
    scenario: interrupted,
    watch: Nmis,
  }),
  law({
    id: 'nmi-blocked-until-iret',
    claim: 'NMIs are blocked from the moment one is taken or injected, and IRET alone ends that.',
    judges: ['nmi-blocked-from-delivery-to-iret', 'iret-repaired-restores-nmi-blocking', 'migration-keeps-every-nmi'],
    needs,
    scenario: interrupted,
    watch: NmiBlocking,
  }),
];

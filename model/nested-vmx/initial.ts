import type { NestedVmxConfiguration } from '../../spec/nested-vmx/configuration.ts';
import { presets } from '../../spec/nested-vmx/universe.ts';
import { localApicAtReset } from '../local-apic/index.ts';
import { levelOfL1, levelOfL2 } from './bare/show.ts';
import { noEvent } from './events.ts';
import { control, Machine } from './machine.ts';
import type { Parts } from './parts.ts';
import { noOutputs, type Shown } from './shown.ts';
import type { Chips, Core, Guest, Hypervisor, NestedVmxState, VirtualApic, Vmcs12 } from './state.ts';

const l1: Core = {
  interruptFlag: false,
  blocking: 0,
  nmiBlocking: false,
  activity: 0,
  frames: 1,
  steps: 0,
  handler: 0,
};
const l2: Core = { ...l1, interruptFlag: true };

const page: VirtualApic = {
  irr: 0,
  isr: 0,
  tpr: 0,
  ppr: 0,
  rvi: 0,
  svi: 0,
  pir: 0,
  on: false,
  recognized: false,
};

const chips: Chips = {
  apic: localApicAtReset,
  pic: false,
  line: false,
  remoteIrr: false,
  nmi: false,
  init: false,
  sipi: false,
};

const l0: Hypervisor = {
  runPending: false,
  inflight: noEvent,
  mtf: false,
  timer: false,
  nmiBlocking: false,
  window: false,
  trapDelivery: false,
  trapInstruction: false,
  trapEmulation: false,
  looked: false,
  plan: 'enter',
};

/** The state after reset: see `docs/nested-vmx-events.md`. */
export function initialState(config: NestedVmxConfiguration, { composition }: Parts): NestedVmxState {
  const machine = new Machine(config);
  const controls = presets[config.preset].reduce((word, name) => word | control[name], 0);
  const vmcs12: Vmcs12 = { core: l2, controls, entry: noEvent, expired: false, idt: true, virtual: page };
  const guest: Guest = { core: l2, controls, virtual: page, idt: true, mtf: false, timer: false };
  const shown = shownAtReset(controls);
  const shared = { machine, out: noOutputs, shown, chips, runsL2: false } as const;
  if (!machine.isNested) return { ...shared, kind: 'bare', l1, guest, entry: noEvent, expired: false };
  const guest01: Guest = { ...guest, core: l1, controls: composition.controls01(machine) };
  return {
    ...shared,
    kind: 'nested',
    inGuest: false,
    vmcs01: { guest: guest01, entry: noEvent },
    vmcs02: { guest: { ...guest, controls: composition.controls02(controls) }, entry: noEvent },
    vmcs12,
    l0,
    physical: { interrupt: false, nmi: false, notification: false },
  };
}

function shownAtReset(controls: number): Shown {
  return {
    apic: localApicAtReset,
    l1: levelOfL1(l1, true, false),
    l2: levelOfL2(l2, false),
    vmcs: { controls, entryInformation: 0, expired: false, idt: true },
    pending: {
      nmi: false,
      init: false,
      sipi: false,
      mtf: false,
      timer: false,
      pic: false,
      line: false,
      remoteIrr: false,
    },
    virtual: page,
  };
}

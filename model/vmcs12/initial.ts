import type { Vmcs12Configuration } from '../../spec/vmcs12/configuration.ts';
import { Machine } from './machine.ts';
import { noDelivery, noStep, type L1, type L2, type Segment, type Table, type Vmcs12State } from './state.ts';
import { vmcsAtReset, type FieldValues } from './vmcs.ts';

const l1: L1 = {
  rip: 0,
  rsp: 0,
  rflags: 2,
  cr0: 0x8001_0033,
  cr3: 0x10_0000,
  cr4: 0x2220,
  dr7: 0x400,
  csSelector: 8,
  fsBase: 0x10_2000,
  gdtrBase: 0x10_4000,
  gdtrLimit: 0xffff,
  sysenterCs: 0x28,
  pat: 0x0007_0406,
  efer: 0x500,
};

const noSegment: Segment = { selector: 0, base: 0, limit: 0, accessRights: 0 };
const noTable: Table = { base: 0, limit: 0 };
const noControlRegister = { hardware: 0, shadow: 0, owned: 0 } as const;

/** L2 before it has ever been entered. */
const neverEntered: L2 = {
  cr0: noControlRegister,
  cr3: 0,
  cr4: noControlRegister,
  dr7: 0,
  rsp: 0,
  rip: 0,
  rflags: 0,
  isRfUndefined: false,
  cs: noSegment,
  ss: noSegment,
  ds: noSegment,
  fs: noSegment,
  ldtr: noSegment,
  gdtr: noTable,
  idtr: noTable,
  sysenterCs: 0,
  sysenterEsp: 0,
  pat: 0,
  efer: 0,
  debugctl: 0,
  bndcfgs: 0,
  pdptes: [0, 0],
  activity: 0,
  shadow: 0,
  nmiBlocking: false,
  pendingDebug: 0,
  rvi: 0,
  svi: 0,
  pmlIndex: 0,
  timer: 0,
  eptp: 0,
};

/** Fields at reset for an L2 outside IA-32e mode. */
const pae: FieldValues = { efer: 0, csSelector: 0x18, csAccessRights: 0xc09b, entryControls: 0 };

const vmcsOf = { long: vmcsAtReset({}), pae: vmcsAtReset(pae) } as const;

/** The state after reset, see `docs/vmcs12-events.md`. */
export function initialState(config: Vmcs12Configuration): Vmcs12State {
  const vmcs = vmcsOf[config.guestMode];
  return {
    machine: new Machine(config),
    step: noStep,
    delivery: noDelivery,
    platform: { level: 1, current: 0, launched: 0 },
    vmcss: [vmcs, vmcs],
    l1,
    l1Debugctl: { value: 0 },
    l1Bndcfgs: { value: 0 },
    shared: { cr2: 0, dr6: 0xffff_0ff0 },
    sharedPerfGlobal: { value: 0 },
    msrStore: { sysenterCs: 0, pat: 0 },
    memory: { msrBitmap: {}, obstacle: 'none' },
    l2: neverEntered,
    l0: { lazyFpu: false, trapsPge: false, isObstructed: false, vmcs02: {}, vmcs12AtEntry: vmcs },
  };
}

import type { Cite } from '../../spec/contract.ts';
import { ControlChecks } from './entry/control-checks.ts';
import { Entry } from './entry/entry.ts';
import { GuestStateChecks } from './entry/guest-state-checks.ts';
import { GuestStateLoading } from './entry/guest-state-loading.ts';
import { HostStateChecks } from './entry/host-state-checks.ts';
import { LateFailure } from './entry/late-failure.ts';
import { ControlFields } from './exit/control-fields.ts';
import { Definedness } from './exit/definedness.ts';
import { ExitInformation } from './exit/exit-information.ts';
import { Exits } from './exit/exits.ts';
import { HostStateLoading } from './exit/host-state-loading.ts';
import { MsrLists } from './exit/msr-lists.ts';
import { ReturnPoint } from './exit/return-point.ts';
import { SavedMsrs } from './exit/saved-msrs.ts';
import { SavedNonRegister } from './exit/saved-non-register.ts';
import { SavedRegisters } from './exit/saved-registers.ts';
import { SavedSegments } from './exit/saved-segments.ts';
import { Composition } from './l0/composition.ts';
import { ControlRegisters } from './l0/control-registers.ts';
import { PhysicalExits } from './l0/physical-exits.ts';
import { OwnState } from './l1/own-state.ts';
import { VmxInstructions } from './l1/vmx-instructions.ts';
import { ApicInstructions } from './l2/apic-instructions.ts';
import { Boundary } from './l2/boundary.ts';
import { ControlRegisterInstructions } from './l2/control-register-instructions.ts';
import { Delivery } from './l2/delivery.ts';
import { Exceptions } from './l2/exceptions.ts';
import { Execution } from './l2/execution.ts';
import { ExitingInstructions } from './l2/exiting-instructions.ts';
import { MemoryInstructions } from './l2/memory-instructions.ts';
import { MsrInstructions } from './l2/msr-instructions.ts';
import { Obstacles } from './l2/obstacles.ts';
import { Paging } from './l2/paging.ts';
import { RegisterInstructions } from './l2/register-instructions.ts';
import { Signals } from './l2/signals.ts';
import type { Vmcs12Clause } from './part.ts';

/** The rules as the clauses state them: a class for each group. */
const classes = {
  // L1.
  vmxInstructions: VmxInstructions,
  ownState: OwnState,
  // VM entries.
  entry: Entry,
  controlChecks: ControlChecks,
  hostStateChecks: HostStateChecks,
  guestStateChecks: GuestStateChecks,
  guestStateLoading: GuestStateLoading,
  lateFailure: LateFailure,
  // L2.
  paging: Paging,
  execution: Execution,
  boundary: Boundary,
  delivery: Delivery,
  obstacles: Obstacles,
  controlRegisterInstructions: ControlRegisterInstructions,
  memoryInstructions: MemoryInstructions,
  msrInstructions: MsrInstructions,
  registerInstructions: RegisterInstructions,
  exitingInstructions: ExitingInstructions,
  exceptions: Exceptions,
  apicInstructions: ApicInstructions,
  signals: Signals,
  // VM exits.
  exits: Exits,
  exitInformation: ExitInformation,
  definedness: Definedness,
  controlFields: ControlFields,
  returnPoint: ReturnPoint,
  savedRegisters: SavedRegisters,
  savedSegments: SavedSegments,
  savedMsrs: SavedMsrs,
  savedNonRegister: SavedNonRegister,
  hostStateLoading: HostStateLoading,
  msrLists: MsrLists,
  // L0.
  controlRegisters: ControlRegisters,
  composition: Composition,
  physicalExits: PhysicalExits,
} as const;

/** The groups of rules that a model is made of. */
export type Parts = { readonly [K in keyof typeof classes]: InstanceType<(typeof classes)[K]> };

/** A class for each part. */
export type PartClasses = {
  readonly [K in keyof Parts]: new (cite: Cite<Vmcs12Clause>, parts: Parts) => Parts[K];
};

/** The rules as the clauses state them. */
export const partClasses: PartClasses = classes;

/** Makes the parts; each holds the others through the same object. */
export function assemble(cite: Cite<Vmcs12Clause>, replacements: Partial<PartClasses>): Parts {
  const parts: Record<string, unknown> = {};
  const chosen: PartClasses = { ...partClasses, ...replacements };
  for (const [name, PartClass] of Object.entries(chosen)) parts[name] = new PartClass(cite, parts as unknown as Parts);
  return parts as unknown as Parts;
}

import { fields, fieldNames, fieldSpec, type VmcsFieldName } from '../../../spec/vmcs12/fields.ts';
import { observation } from '../../../spec/vmcs12/observation.ts';
import { controlBits, optionalControlBits, places as constants } from '../../../spec/vmcs12/universe.ts';
import type { Snapshot } from '../answer.ts';
import { pageAddress } from '../guest-layout.ts';
import { source, type Source } from '../source.ts';
import { vmcs12Capabilities } from './capabilities.ts';
import { arrivedRegisters, vmcs12Layout } from './layout.ts';

const { hostShift, eptShift, absent, readOnly, denied, misconfigured } = vmcs12Layout;

/** Where L2 meets a page fault: not present, read-only. */
export const faultAddresses = {
  pf: absent + constants.faultAddress,
  pfWrite: readOnly + constants.faultAddress,
} as const;

/** Fields with addresses of L1, which the machine has lower. */
const inHost: ReadonlySet<string> = new Set(['hostCr3', 'hostRsp', 'hostRip', 'hostFsBase', 'hostGdtrBase']);
const addressesOfL1: ReadonlySet<string> = new Set(['cr3', 'rsp', 'rip', 'fsBase', 'gdtrBase']);

/** The bits of each control field that the model has. */
const modelBits = new Map<VmcsFieldName, number>();
for (const { field, bit } of [...Object.values(controlBits), ...Object.values(optionalControlBits)])
  modelBits.set(field, ((modelBits.get(field) ?? 0) | (1 << bit)) >>> 0);

const apicAccessExit = 44;
/** Access type: linear, during event delivery. */
const duringDelivery = 3;

const low = (value: bigint): number => Number(BigInt.asUintN(32, value));

/** What a page-fault address of the machine is in the specification. */
export const faultAddress = (value: number): number =>
  value === faultAddresses.pf || value === faultAddresses.pfWrite ? constants.faultAddress : value;

/** Where a field is. */
export const fieldPlace = (name: VmcsFieldName): Source => source.vmcsEncoding(fields[name].encoding);

/** What VMWRITE has to write for a value of the specification. */
export function machineValue(name: VmcsFieldName, value: number): bigint {
  const { high } = fieldSpec(name);
  if (inHost.has(name)) return BigInt(value - hostShift);
  if (name === 'eptp') return BigInt(value + eptShift);
  if (high === 'ones') return value === 0xffff_ffff ? 2n ** 64n - 1n : BigInt(value);
  return BigInt(value) + (BigInt(high ?? 0) << 32n);
}

/** The specification's value of a field; RIP stays the machine's. */
export function modelValue(name: VmcsFieldName, real: bigint): number {
  const value = low(real);
  if (inHost.has(name)) return value === 0 ? 0 : value + hostShift;
  if (name === 'eptp') return value === 0 ? 0 : value - eptShift;
  if (name === 'exitQualification') return faultAddress(value);
  if (name === 'guestLinearAddress' || name === 'guestPhysicalAddress')
    return value === denied || value === misconfigured ? constants.data : value;
  const bits = modelBits.get(name);
  return bits === undefined ? value : (value & bits) >>> 0;
}

const shown: ReadonlySet<string> = new Set(vmcs12Capabilities.shows);
const shownFields = fieldNames.filter((name) => shown.has(fields[name].group));
const groups = [...new Set(shownFields.map((name) => fields[name].group))].map(
  (group) => [group, shownFields.filter((name) => fields[name].group === group)] as const,
);
const arrived = arrivedRegisters.map((name, i) => [name, source.memory64(vmcs12Layout.arrived + 8 * i)] as const);
const cr2 = source.register('cr2');
const dr6 = source.register('dr6');
/** Data of the entries of the MSR-store area. */
const stored = { sysenterCs: pageAddress('msrAreas', 8), pat: pageAddress('msrAreas', 0x18) } as const;

/** Sections by name, one instance each. */
export type Sections = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Places that the sequences of this system watch. */
export const watched: readonly Source[] = [
  ...shownFields.map(fieldPlace),
  ...arrived.map(([, place]) => place),
  cr2,
  dr6,
  ...Object.values(stored).map((address) => source.memory32(address)),
];

/** The sections that L1 reads, from a snapshot; RIP of L2 is the machine's. */
export function sectionsOf(snapshot: Snapshot): Sections {
  const sections: Record<string, Readonly<Record<string, number>>> = {};
  for (const [group, names] of groups)
    sections[group] = Object.fromEntries(names.map((name) => [name, modelValue(name, snapshot.get(fieldPlace(name)))]));
  const { exitReason, exitQualification } = sections['exitInformation'];
  if (exitReason === apicAccessExit && exitQualification >>> 12 === duringDelivery)
    sections['exitInformation'] = {
      ...sections['exitInformation'],
      exitQualification: (duringDelivery << 12) | constants.apicFrameOffset,
    };
  sections['l1'] = Object.fromEntries(
    arrived.map(([name, place]) => {
      const value = low(snapshot.get(place));
      return [name, addressesOfL1.has(name) && value !== 0 ? value + hostShift : value];
    }),
  );
  sections['shared'] = { cr2: faultAddress(low(snapshot.get(cr2))), dr6: low(snapshot.get(dr6)) };
  sections['msrStore'] = Object.fromEntries(
    Object.entries(stored).map(([name, address]) => [name, low(snapshot.get(source.memory32(address)))]),
  );
  return sections;
}

/** The layout's section names that are shown, in its order. */
export const shownSections = Object.keys(observation).filter((name) => shown.has(name));

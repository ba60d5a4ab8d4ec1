import { controlBits, optionalControlBits, type ControlBit } from '../../../spec/vmcs12/universe.ts';
import { fieldNames } from '../../../spec/vmcs12/fields.ts';

const places = { ...controlBits, ...optionalControlBits };

/** A control in one number: 32 times the number of its field, and its bit. */
const place = (name: ControlBit): number => fieldNames.indexOf(places[name].field) * 32 + places[name].bit;

/** Whether a control is 1 in the fields of a VMCS. */
export const has = (fields: Uint32Array, control: number): boolean =>
  ((fields[control >>> 5] >>> (control & 31)) & 1) !== 0;

/** The field that has the control, and its bit there as a mask. */
export const fieldOf = (control: number): number => control >>> 5;
export const maskOf = (control: number): number => 1 << (control & 31);

/** The controls by their places in the domains of the alphabet. */
export const controls = Object.keys(controlBits).map((name) => place(name as ControlBit));
export const optionalControls = Object.keys(optionalControlBits).map((name) => place(name as ControlBit));

export const externalInterruptExiting = place('externalInterruptExiting');
export const nmiExiting = place('nmiExiting');
export const virtualNmis = place('virtualNmis');
export const interruptWindowExiting = place('interruptWindowExiting');
export const tscOffsetting = place('tscOffsetting');
export const hltExiting = place('hltExiting');
export const cr3LoadExiting = place('cr3LoadExiting');
export const tprShadow = place('tprShadow');
export const nmiWindowExiting = place('nmiWindowExiting');
export const movDrExiting = place('movDrExiting');
export const unconditionalIoExiting = place('unconditionalIoExiting');
export const msrBitmaps = place('msrBitmaps');
export const apicAccesses = place('apicAccesses');
export const ept = place('ept');
export const apicRegisters = place('apicRegisters');
export const virtualInterruptDelivery = place('virtualInterruptDelivery');
export const saveDebugControls = place('saveDebugControls');
export const acknowledgeInterrupt = place('acknowledgeInterrupt');
export const savePat = place('savePat');
export const loadHostPat = place('loadHostPat');
export const saveEfer = place('saveEfer');
export const loadHostEfer = place('loadHostEfer');
export const loadDebugControls = place('loadDebugControls');
export const loadPat = place('loadPat');
export const loadEfer = place('loadEfer');
export const interceptDb = place('interceptDb');
export const interceptBp = place('interceptBp');
export const interceptUd = place('interceptUd');
export const interceptGp = place('interceptGp');
export const interceptPf = place('interceptPf');
export const preemptionTimer = place('preemptionTimer');
export const monitorTrapFlag = place('monitorTrapFlag');
export const vmFunctions = place('vmFunctions');
export const pml = place('pml');
export const eptpSwitching = place('eptpSwitching');
export const saveTimer = place('saveTimer');
export const clearBndcfgs = place('clearBndcfgs');
export const ia32eModeGuest = place('ia32eModeGuest');
export const loadBndcfgs = place('loadBndcfgs');

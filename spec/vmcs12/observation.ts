import { bits, word, type Field, type ObservationLayout, type Section } from '../observation.ts';
import type { Vmcs12Configuration } from './configuration.ts';
import { fieldSpec, fieldsOf, type FieldGroup } from './fields.ts';

type Config = Vmcs12Configuration;

/** How often a section stands in the observation. */
type Instances = Pick<Section<Config>, 'count' | 'label'>;

const once = (name: string): Instances => ({ count: () => 1, label: () => name });
const withMpx = (name: string): Instances => ({ count: (config: Config) => (config.mpx ? 1 : 0), label: () => name });

/** The section of one group of fields: a word per field, as VMREAD of the current VMCS gives its low half. */
const group = (name: FieldGroup, doc: string, instances = once(name)) => ({
  doc: `${doc}, as L1 reads them by VMREAD; 0 without a current VMCS`,
  ...instances,
  fields: Object.fromEntries(
    fieldsOf(name).map((field) => [field, word(`VMCS field 0x${fieldSpec(field).encoding.toString(16)}`)]),
  ) as Readonly<Record<string, Field>>,
});

/** What is seen after each event. The first two sections tell what the event itself did. */
export const observation = {
  step: {
    doc: 'what came of the event',
    ...once('step'),
    fields: {
      outcome: word(
        '0 nothing of these, 1 VMsucceed, 2 VMfailInvalid, 3 VMfailValid, 4 L2 entered and running, 5 exit to L1, 6 VM entry failed with host state loaded',
        'decimal',
      ),
      value: word('vmread: the low half of the field'),
    },
  },
  delivery: {
    doc: 'the event that reached a handler of L2; zero if none did',
    ...once('delivery'),
    fields: {
      event: word('interruption information: bit 31, error code valid, type, vector'),
      returnRip: word('RIP in the frame'),
      errorCode: word('error code in the frame, if there is one'),
    },
  },
  machine: {
    doc: 'who runs, and the VMCSs',
    ...once('machine'),
    fields: {
      level: word('1 or 2', 'decimal'),
      current: word('1 + slot of the current VMCS; 0: there is none', 'decimal'),
      launched: bits('launch state of each VMCS', ['vmcs0', 'vmcs1']),
    },
  },
  registers: group('registers', 'control registers, debug register, RSP, RIP, RFLAGS'),
  segments: group('segments', 'segments: selector, base, limit, access rights'),
  tables: group('tables', 'GDTR and IDTR'),
  msrs: group('msrs', 'MSRs of the guest-state area'),
  debugctl: group('debugctl', 'IA32_DEBUGCTL of the guest-state area'),
  bndcfgs: group('bndcfgs', 'IA32_BNDCFGS of the guest-state area', withMpx('bndcfgs')),
  perfGlobal: group('perfGlobal', 'IA32_PERF_GLOBAL_CTRL of the guest-state area'),
  nonRegister: group('nonRegister', 'interruptibility, link pointer, activity'),
  pendingDebug: group('pendingDebug', 'pending debug exceptions'),
  timer: group('timer', 'VMX-preemption-timer value'),
  pdptes: group('pdptes', 'PDPTEs'),
  interruptStatus: group('interruptStatus', 'guest interrupt status: RVI, SVI << 8'),
  pml: group('pml', 'PML index'),
  exitInformation: group('exitInformation', 'exit information'),
  instructionError: group('instructionError', 'VM-instruction error'),
  entryEvent: group('entryEvent', 'VM-entry interruption information, error code, instruction length'),
  controls: group('controls', 'controls; bits that the model does not have are 0'),
  masks: group('masks', 'guest/host masks, read shadows, CR3 targets'),
  otherControls: group('otherControls', 'other control fields'),
  host: group('host', 'host-state area'),
  l1: {
    doc: 'registers of L1: what it runs with, or ran with when it entered L2',
    ...once('l1'),
    fields: {
      rip: word('RIP with which L1 last arrived from L2; 0 before that'),
      rsp: word('RSP with which L1 last arrived from L2; 0 before that'),
      rflags: word('RFLAGS with which L1 last arrived from L2; 2 before that'),
      cr0: word('CR0'),
      cr3: word('CR3'),
      cr4: word('CR4'),
      dr7: word('DR7'),
      csSelector: word('CS'),
      fsBase: word('base of FS'),
      gdtrBase: word('base of GDTR'),
      gdtrLimit: word('limit of GDTR'),
      sysenterCs: word('IA32_SYSENTER_CS'),
      pat: word('IA32_PAT'),
      efer: word('IA32_EFER'),
    },
  },
  l1Debugctl: { doc: 'IA32_DEBUGCTL of L1', ...once('l1Debugctl'), fields: { value: word('IA32_DEBUGCTL') } },
  l1Bndcfgs: { doc: 'IA32_BNDCFGS of L1', ...withMpx('l1Bndcfgs'), fields: { value: word('IA32_BNDCFGS') } },
  shared: {
    doc: 'registers that no VM entry or exit switches',
    ...once('shared'),
    fields: { cr2: word('CR2'), dr6: word('DR6') },
  },
  sharedPerfGlobal: {
    doc: 'IA32_PERF_GLOBAL_CTRL, which no control of the model loads',
    ...once('sharedPerfGlobal'),
    fields: { value: word('IA32_PERF_GLOBAL_CTRL') },
  },
  msrStore: {
    doc: "the VM-exit MSR-store area in L1's memory",
    ...once('msrStore'),
    fields: { sysenterCs: word('entry 0: IA32_SYSENTER_CS'), pat: word('entry 1: IA32_PAT') },
  },
  l2: {
    doc: 'what L2 sees of itself while it runs; zero while L1 runs',
    ...once('l2'),
    fields: {
      cr0: word('MOV from CR0: read shadow under the mask'),
      cr3: word('MOV from CR3'),
      cr4: word('MOV from CR4: read shadow under the mask'),
      dr7: word('DR7'),
      rsp: word('RSP'),
      rip: word('RIP'),
      rflags: word('RFLAGS without RF'),
      cs: word('selector of CS'),
      ss: word('selector of SS'),
      ds: word('selector of DS'),
      fs: word('selector of FS'),
      ldtr: word('selector of LDTR'),
      usable: bits('which segments can be used', ['ss', 'ds', 'fs', 'ldtr']),
      fsBase: word('base of FS'),
      gdtrBase: word('base of GDTR'),
      gdtrLimit: word('limit of GDTR'),
      idtrBase: word('base of IDTR'),
      idtrLimit: word('limit of IDTR'),
      sysenterCs: word('IA32_SYSENTER_CS'),
      sysenterEsp: word('IA32_SYSENTER_ESP'),
      pat: word('IA32_PAT'),
      efer: word('IA32_EFER'),
      activity: word('activity state', 'decimal'),
      blocking: bits('blocking', ['sti', 'movSs', 'smi', 'nmi']),
      rviSvi: word('RVI, SVI << 8; 0 without virtual-interrupt delivery'),
      eptp: word('EPT pointer in use; 0 without EPT'),
    },
  },
  l2Optional: {
    doc: 'the same of what not every processor has',
    ...once('l2Optional'),
    fields: {
      debugctl: word('IA32_DEBUGCTL'),
      bndcfgs: word('IA32_BNDCFGS; 0 if there is none'),
      timer: word('VMX-preemption timer; 0 if it is not activated'),
      pendingDebug: word('debug traps that MOV SS holds back'),
    },
  },
} as const satisfies ObservationLayout<Config>;

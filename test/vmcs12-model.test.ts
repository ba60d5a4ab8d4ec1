import { describe, expect, it } from 'vitest';
import { Vmcs12Model } from '../model/vmcs12/index.ts';
import { places } from '../spec/vmcs12/universe.ts';
import { Player } from './vmcs12/player.ts';
import { Shown } from './vmcs12/random.ts';

const rip = 0x1_0000;
const resumeFlag = 0x1_0000;
const lateFailure = 0x8000_0021;

describe('the write-set of an exit', () => {
  it('leaves the TSC offset and every control as L1 wrote them (M-10)', () => {
    const player = new Player().write({ tscOffset: 0x1000, vpid: 7 }).set('tscOffsetting').run('enter').run('vmcall');
    expect(player.fields('tscOffset', 'vpid', 'pinControls')).toEqual([0x1000, 7, 0x9]);
    expect(player.field('processorControls')).toBe(0x1000_0008);
  });

  it('clears the valid bit of the injected event, and nothing else of it (M-08)', () => {
    const player = new Player().inject('softwareInterrupt');
    expect(player.delivery).toEqual([0x8000_0421, rip + 2, 0]);
    player.run('vmcall');
    expect(player.fields('entryInterruption', 'entryLength')).toEqual([0x421, 2]);
    expect(player.run('enter').delivery).toEqual([0, 0, 0]);
  });

  it('does not happen at an entry that fails late: the event stays valid (M-08)', () => {
    const player = new Player().write({ linkPointer: 1, exitReason: 0x55aa, idtVectoring: 0x55aa }).inject('nmi');
    expect(player.outcome).toBe(6);
    expect(player.fields('exitReason', 'exitQualification', 'idtVectoring')).toEqual([lateFailure, 4, 0x55aa]);
    expect(player.field('entryInterruption')).toBe(0x8000_0202);
    expect(player.see('l1', 'rip')).toBe(0x11_0000);
    expect(player.see('machine', 'launched')).toBe(0);
  });

  it('spares the VM-instruction error (M-10)', () => {
    const player = new Player().run('enter', { by: 'wrong' });
    expect([player.outcome, player.field('instructionError')]).toEqual([3, 5]);
    expect(player.run('enter').run('vmcall').field('instructionError')).toBe(5);
  });

  it('spares the link pointer, whatever L0 has in its own (M-10)', () => {
    expect(new Player().run('enter').run('vmcall').field('linkPointer')).toBe(0xffff_ffff);
  });

  it('makes "IA-32e mode guest" follow EFER.LMA where the processor saves it', () => {
    const compatibility = (savesEferLma: boolean): Player => {
      const player = new Player({ savesEferLma }).run('enter').run('farJump', { selector: 0x18 });
      return player.run('movCr0', { value: 0x0001_0033 }).run('vmcall');
    };
    expect(compatibility(true).field('entryControls')).toBe(0);
    expect(compatibility(false).field('entryControls')).toBe(0x200);
  });

  it('has EPTP from VM function 0 at once', () => {
    const player = new Player().set('vmFunctions', 'eptpSwitching').run('enter').run('vmfunc', { value: 1 });
    expect([player.outcome, player.field('eptp'), player.see('l2', 'eptp')]).toEqual([0, 0x801e, 0x801e]);
  });

  it('concerns the VMCS of the entry alone', () => {
    const player = new Player().run('enter').run('wrmsr', { msr: 'sysenterCs', value: 2 }).run('vmcall');
    expect(player.run('vmptrld', { slot: 1 }).field('sysenterCs')).toBe(0);
    expect(player.run('vmptrld', { slot: 0 }).field('sysenterCs')).toBe(0x10);
  });

  it('is seen by VMREAD and kept by VMCLEAR, and VMWRITE goes on top of it (M-13)', () => {
    const player = new Player().run('enter').run('loadSegment', { segment: 'ds', value: 1 }).run('vmcall');
    player.write({ dsBase: 0 }).run('vmclear', { slot: 0 });
    expect(player.see('segments', 'dsSelector')).toBe(0);
    expect(player.run('vmread', { field: 'dsSelector' }).outcome).toBe(2);
    player.run('vmptrld', { slot: 0 }).run('enter');
    expect([player.see('l2', 'ds'), player.run('vmcall').field('dsBase')]).toEqual([0x20, 0]);
  });
});

describe('exits that L0 handles', () => {
  it('leave no trace in exit information: the valid bits are made anew (M-11)', () => {
    const player = new Player().run('enter').run('hostObstruct').run('intN');
    expect(player.delivery).toEqual([0x8000_0421, rip + 2, 0]);
    player.run('hostExit', { cause: 'interrupt' }).run('vmcall');
    expect([player.masked('exitInterruption'), player.masked('idtVectoring')]).toEqual([0, 0]);
    // What the hardware has in the other bits may show: they are not defined.
    expect(player.see('exitInformation', 'idtVectoring')).toBe(0x421);
    expect(player.defined('idtVectoring')).toBe(0x8000_0000);
  });

  it('change no word, except for a bit of CR0 or CR4 that moves between L2 and L0', () => {
    const eyes = new Shown(new Vmcs12Model());
    const player = new Player().write({ exitReason: 0x55aa }).run('enter').run('movCr0', { value: 0x8001_003b });
    const before = eyes.of(player.state);
    for (const cause of ['interrupt', 'ept', 'emulation', 'lazyFpu', 'trapCr4', 'restoreFpu', 'releaseCr4'] as const) {
      expect(eyes.of(player.run('hostExit', { cause }).state)).toBe(before);
    }
  });

  it('deliver an injected event again, before they meet the obstacle of L1', () => {
    const player = new Player().run('hostObstruct').run('obstruct', { by: 'ept' }).inject('int3');
    expect([player.outcome, player.reason, player.masked('idtVectoring')]).toEqual([5, 48, 0x8000_0603]);
    expect(player.field('exitInstructionLength')).toBe(1);
    expect(player.run('enter').run('intN').outcome).toBe(0);
  });

  it('do not start the timer anew', () => {
    const player = new Player().set('preemptionTimer', 'saveTimer').run('enter').run('tick').run('tick');
    player.run('hostExit').run('tick');
    expect(player.see('l2Optional', 'timer')).toBe(1);
    expect(player.run('tick').reason).toBe(52);
    expect(player.fields('timerValue', 'activity')).toEqual([0, 0]);
  });
});

describe('CR0 and CR4 (M-12)', () => {
  it("takes bits under L1's mask from the field, not from what L0 has in hardware", () => {
    const player = new Player().write({ cr0Mask: 0x8, cr0Shadow: 0x8001_003b }).run('enter');
    player.run('hostExit', { cause: 'lazyFpu' });
    expect(player.see('l2', 'cr0')).toBe(0x8001_003b);
    expect(player.run('vmcall').fields('cr0', 'cr0Shadow')).toEqual([0x8001_0033, 0x8001_003b]);
  });

  it('takes bits that only L0 traps from what L2 last wrote', () => {
    const player = new Player()
      .run('enter')
      .run('hostExit', { cause: 'lazyFpu' })
      .run('hostExit', { cause: 'trapCr4' });
    player.run('movCr0', { value: 0x8000_003d }).run('movCr4', { value: 0x22a0 }).run('movCr4', { value: 0x2020 });
    expect([player.see('l2', 'cr0'), player.see('l2', 'cr4')]).toEqual([0x8000_003d, 0x2020]);
    expect(player.run('vmcall').fields('cr0', 'cr4', 'cr0Shadow')).toEqual([0x8000_003d, 0x2020, 0x8001_0033]);
  });

  it('exits where an operand differs from the read shadow under the mask, and writes nothing', () => {
    const player = new Player().write({ cr4Mask: 0x80, cr4: 0x22a0 }).run('enter').run('movCr4', { value: 0x2020 });
    expect([player.outcome, player.see('l2', 'cr4')]).toEqual([0, 0x2020]);
    expect(player.run('movCr4', { value: 0x22a0 }).reason).toBe(28);
    expect(player.fields('exitQualification', 'cr4', 'exitInstructionLength')).toEqual([4, 0x20a0, 3]);
  });
});

describe('gates', () => {
  it.each([
    { load: false, save: false, saved: 0x0007_0406 },
    { load: true, save: false, saved: 0x0007_0406 },
    { load: false, save: true, saved: 0x0001_0406 },
    { load: true, save: true, saved: 0x0001_0406 },
  ])('saves PAT by the exit control: load $load, save $save (M-09)', ({ load, save, saved }) => {
    const player = new Player().run('set', { register: 'pat', value: 3 });
    if (load) player.set('loadPat');
    if (save) player.set('savePat');
    player.run('enter');
    expect(player.see('l2', 'pat')).toBe(load ? 0x0007_0406 : 0x0007_0400);
    expect(player.run('wrmsr', { msr: 'pat', value: 2 }).run('vmcall').field('pat')).toBe(saved);
    expect(player.see('l1', 'pat')).toBe(0x0001_0406);
  });

  it('saves what a debug trap made of IA32_DEBUGCTL, although no WRMSR could reach it', () => {
    const stepped12 = (...controls: readonly ('saveDebugControls' | 'loadDebugControls')[]): Player => {
      const player = new Player().run('msrBitmapOptional', { msr: 'debugctl' }).set(...controls);
      return player.write({ debugctl: 1 }).run('enter').run('popf').run('nop');
    };
    const player = stepped12('saveDebugControls', 'loadDebugControls');
    expect(player.delivery).toEqual([0x8000_0301, rip + 2, 0]);
    expect(player.see('shared', 'dr6')).toBe(0xffff_4ff0);
    expect(player.run('vmcall').field('debugctl')).toBe(0);
    expect(stepped12('loadDebugControls').run('vmcall').field('debugctl')).toBe(1);
  });

  it('defines the PDPTEs with EPT and PAE paging only, and has them from the last load of CR3', () => {
    const player = new Player({ guestMode: 'pae' }).run('enter').run('movCr3', { value: 0x3000 }).run('vmcall');
    expect(player.fields('pdpte0', 'pdpte1')).toEqual([0x6001, 0x3001]);
    player.write({ pdpte0: 0x4001 }).run('enter').run('vmcall');
    expect(player.fields('pdpte0', 'cr3')).toEqual([0x4001, 0x3000]);
    expect(player.clear('ept').run('enter').run('vmcall').defined('pdpte0')).toBe(0);
    expect(player.set('ept').skipped('enter')).toBe('the entry would load a field that is undefined');
  });

  it('saves RVI and SVI as the processor holds them', () => {
    const player = new Player().set('tprShadow', 'virtualInterruptDelivery').write({ interruptStatus: 0x3100 });
    player.write({ eoiExitBitmap: 0x2_0000 }).run('enter').run('selfIpi', { vector: 0x41 });
    expect(player.run('eoi').fields('exitReason', 'exitQualification', 'interruptStatus')).toEqual([45, 0x31, 0x41]);
    expect(player.field('rip')).toBe(rip + 4);
  });

  it('counts the PML index down past 0, and then exits before the write', () => {
    const player = new Player().set('pml').write({ pmlIndex: 0 }).run('enter').run('dirty').run('dirty');
    expect(player.fields('exitReason', 'pmlIndex', 'rip')).toEqual([62, 0xffff, rip + 3]);
    expect([player.masked('exitQualification'), player.field('rflags') & resumeFlag]).toEqual([0, resumeFlag]);
  });
});

describe('RIP, RF and non-register state', () => {
  it('is the instruction itself for INT3, directly and during its delivery', () => {
    const direct = new Player().set('interceptBp').run('enter').run('nop').run('int3');
    expect(direct.fields('rip', 'exitInterruption', 'exitInstructionLength')).toEqual([rip + 1, 0x8000_0603, 1]);
    const during = new Player().run('obstruct', { by: 'misconfiguration' }).run('enter').run('nop').run('intN');
    expect(during.fields('rip', 'exitReason', 'exitInstructionLength')).toEqual([rip + 1, 49, 2]);
    expect(during.masked('idtVectoring')).toBe(0x8000_0421);
    expect(during.field('guestPhysicalAddress')).toBe(0x6000 + 0x21 * 16);
  });

  it('saves HLT for what takes L2 out of HLT directly, and active for a delivery that fails (M-14)', () => {
    const direct = new Player().write({ rflags: 0x202 }).run('enter').run('hlt').run('interrupt');
    expect(direct.fields('exitReason', 'activity', 'rip')).toEqual([1, 1, rip + 1]);
    expect(direct.masked('exitInterruption')).toBe(0);
    const during = new Player().clear('externalInterruptExiting').write({ rflags: 0x202 }).run('obstruct').run('enter');
    during.run('hlt').run('interrupt');
    expect(during.fields('exitReason', 'activity', 'rip')).toEqual([48, 0, rip + 1]);
  });

  it('opens the interrupt window one instruction behind STI (KUT: NOP, STI, then one more)', () => {
    const player = new Player().set('interruptWindowExiting').run('enter').run('nop').run('sti');
    expect(player.see('l2', 'blocking')).toBe(1);
    expect(player.run('nop').fields('exitReason', 'rip', 'interruptibility')).toEqual([7, rip + 3, 0]);
  });

  it('keeps the shadow of an instruction that does not get executed', () => {
    const player = new Player().run('enter').run('sti').run('vmcall');
    expect(player.fields('interruptibility', 'rflags')).toEqual([1, 0x202]);
  });

  it('saves BS at an MTF exit of a stepped instruction (KUT)', () => {
    const player = new Player().run('enter').run('popf').run('vmcall').set('monitorTrapFlag').run('enter').run('nop');
    expect(player.fields('exitReason', 'pendingDebug', 'rip')).toEqual([37, 0x4000, rip + 2]);
    expect(player.clear('monitorTrapFlag').run('enter').delivery).toEqual([0x8000_0301, rip + 2, 0]);
  });

  it('leaves DR6 alone where the debug trap exits, and has it in the qualification (KUT)', () => {
    const player = new Player().set('interceptDb').run('enter').run('popf').run('nop');
    expect(player.masked('exitInterruption')).toBe(0x8000_0301);
    expect(player.fields('exitQualification', 'pendingDebug')).toEqual([0x4000, 0]);
    expect(player.see('shared', 'dr6')).toBe(0xffff_0ff0);
  });

  it('saves the trap that MOV SS holds back', () => {
    const player = new Player().run('enter').run('popf').run('loadSegment', { segment: 'ss' }).run('vmcall');
    expect(player.fields('pendingDebug', 'interruptibility')).toEqual([0x4000, 2]);
    expect(player.run('enter').run('nop').delivery).toEqual([0x8000_0301, rip + 4, 0]);
  });

  it('saves RF by the kind of exit', () => {
    const player = new Player().set('interceptUd').run('enter').run('fault', { exception: 'ud' });
    expect(player.field('rflags')).toBe(0x1_0002);
    expect(player.run('enter').run('vmcall').field('rflags')).toBe(2);
    player.clear('interceptUd').run('obstruct').inject('ud');
    expect([player.reason, player.defined('rflags')]).toEqual([48, 0xfffe_ffff]);
    expect(player.run('enter').run('tripleFault').defined('rflags')).toBe(0xfffe_ffff);
    expect(player.run('enter').run('nop').run('nmi').field('rflags')).toBe(2);
  });

  it('does not block NMIs by an NMI that exits, but by one whose delivery does', () => {
    expect(new Player().run('enter').run('nmi').fields('exitInterruption', 'interruptibility')).toEqual([
      0x8000_0202, 0,
    ]);
    const player = new Player().set('virtualNmis').run('obstruct').inject('nmi');
    expect(player.fields('exitReason', 'interruptibility')).toEqual([48, 8]);
    player.run('enter').run('iret', { meets: 'ept' });
    expect(player.field('interruptibility')).toBe(0);
    expect(player.masked('exitQualification')).toBe(0x1181);
  });

  it('has bit 12 for a #GP of IRET, undefined where NMIs exit and are not virtual', () => {
    const exit = (...controls: readonly 'virtualNmis'[]): Player => {
      const player = new Player().set('interceptGp', ...controls).write({ interruptibility: 8 });
      return player.run('enter').run('iret', { meets: 'gp' });
    };
    expect(exit('virtualNmis').fields('exitInterruption', 'interruptibility')).toEqual([0x8000_1b0d, 0]);
    expect([exit().defined('exitInterruption'), exit().field('interruptibility')]).toEqual([0xffff_efff, 8]);
  });

  it('defines of an unusable segment what the manual names', () => {
    const player = new Player().write({ fsBase: 0x6000, fsAccessRights: 0x1_0000 }).run('enter').run('vmcall');
    expect(player.fields('fsSelector', 'fsBase')).toEqual([0x10, 0x6000]);
    expect([player.defined('fsLimit'), player.defined('fsAccessRights')]).toEqual([0, 0xffff_0f00]);
    expect(player.write({ fsAccessRights: 0xc093 }).skipped('enter')).toContain('undefined');
  });
});

describe('entries', () => {
  it('fail early with one of the errors that fit, and change nothing else', () => {
    const player = new Player().set('pml').clear('ept').write({ hostCr4: 0x220 });
    expect(player.choices('enter')).toBe(2);
    player.run('enter');
    expect([player.outcome, player.field('instructionError'), player.see('l1', 'rip')]).toEqual([3, 7, 0]);
    expect(player.run('enter', { by: 'movSs' }).field('instructionError')).toBe(26);
  });

  it('fail late with 2 for the PDPTEs', () => {
    const player = new Player({ guestMode: 'pae' }).write({ pdpte0: 0x3003, linkPointer: 1 });
    expect(player.choices('enter')).toBe(2);
    expect(player.write({ linkPointer: 0xffff_ffff }).run('enter').fields('exitReason', 'exitQualification')).toEqual([
      lateFailure,
      2,
    ]);
  });

  it('fail late in the MSR list with guest state loaded, so that L1 has the PAT that L2 would have had', () => {
    const player = new Player().set('loadPat').write({ pat: 0x0007_0106, entryMsrLoadCount: 2, exitMsrStoreCount: 2 });
    player.run('enter');
    expect(player.fields('exitReason', 'exitQualification', 'entryMsrLoadCount')).toEqual([0x8000_0022, 2, 2]);
    expect([player.see('l1', 'pat'), player.see('msrStore', 'pat')]).toEqual([0x0007_0106, 0]);
    expect(player.see('machine', 'launched')).toBe(0);
  });

  it('deliver the injected event before the timer exits, which comes before the first instruction (A14)', () => {
    const player = new Player().set('preemptionTimer').write({ timerValue: 0 }).inject('pf');
    expect(player.delivery).toEqual([0x8000_0b0e, rip, 2]);
    expect(player.fields('exitReason', 'rip', 'rsp')).toEqual([52, places.handlers + 16 * 14, 0x9000 - 48]);
    expect(player.see('shared', 'cr2')).toBe(0);
  });

  it('load host state at the exit, and the MSR list after it; the store area sees L2', () => {
    const player = new Player().set('loadHostPat').write({ hostPat: 0x0007_0105, exitMsrStoreCount: 2 });
    player.run('enter').run('wrmsr', { msr: 'pat', value: 1 }).run('vmcall');
    expect([player.see('l1', 'pat'), player.see('msrStore', 'pat')]).toEqual([0x0007_0105, 0x0007_0106]);
    expect(player.write({ exitMsrLoadCount: 1 }).run('enter').run('vmcall').see('l1', 'pat')).toBe(0x0007_0405);
  });
});

describe('what exits', () => {
  it('is a page fault whose error code, under the mask, matches as the bitmap says', () => {
    const player = new Player().set('interceptPf').write({ pageFaultMask: 1, pageFaultMatch: 1 }).run('enter');
    expect(
      player.run('fault', { exception: 'pfWrite' }).fields('exitQualification', 'exitInterruptionErrorCode'),
    ).toEqual([0x5678, 3]);
    expect(player.see('shared', 'cr2')).toBe(0);
    expect(player.run('enter').run('fault', { exception: 'pf' }).delivery).toEqual([0x8000_0b0e, rip, 0]);
    expect(player.see('shared', 'cr2')).toBe(0x5678);
  });

  it('is a #GP that takes the place of an event, unless the delivery would have been of #GP or #PF', () => {
    const player = new Player().set('interceptGp').run('obstruct', { by: 'gp' }).inject('nmi');
    expect(player.masked('exitInterruption')).toBe(0x8000_0b0d);
    expect(player.fields('exitInterruptionErrorCode', 'interruptibility')).toEqual([0x13, 8]);
    expect(player.masked('idtVectoring')).toBe(0x8000_0202);
  });

  it('is OUTS with address, segment and size', () => {
    const player = new Player({ guestMode: 'pae' })
      .write({ dsBase: 0x5000 })
      .set('unconditionalIoExiting')
      .run('enter');
    player.run('outs');
    expect(player.fields('exitQualification', 'guestLinearAddress')).toEqual([0x80_0010, 0xa000]);
    expect([player.masked('exitInstructionInformation'), player.defined('exitInstructionInformation')]).toEqual([
      0x1_8080, 0x3_8380,
    ]);
  });

  it('is no SIPI but for an L2 that waits for one', () => {
    const player = new Player().write({ activity: 3 }).run('enter').run('sipi', { vector: 0x9f });
    expect(player.fields('exitReason', 'exitQualification', 'activity')).toEqual([4, 0x9f, 3]);
    expect(player.write({ activity: 0 }).run('enter').run('sipi').outcome).toBe(0);
  });
});

describe('knobs', () => {
  it('can make exit-information fields read-only, and do away with IA32_BNDCFGS', () => {
    const player = new Player({ writesExitInformation: false, mpx: false }).write({ exitReason: 0x55aa });
    expect([player.outcome, player.fields('exitReason', 'instructionError')]).toEqual([3, [0, 13]]);
    expect(player.write({ bndcfgs: 1 }).field('instructionError')).toBe(12);
    expect(player.set('loadBndcfgs').run('enter').field('instructionError')).toBe(7);
  });

  it('can give INT1 type 3, which has no length', () => {
    const player = new Player({ int1Type: 3 }).set('interceptDb').run('enter').run('int1');
    expect(player.masked('exitInterruption')).toBe(0x8000_0301);
    expect(player.defined('exitInstructionLength')).toBe(0);
  });
});

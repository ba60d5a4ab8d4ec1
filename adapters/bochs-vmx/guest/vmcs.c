// VMX operation of L1: the VMCSs, what a sequence finds in them, and the way into L2 under a watchdog.
#include "machine.h"

#define PAGE 0x1000
#define MSR_VMX_BASIC 0x480
#define MSR_VMX_CR0_FIXED0 0x486
#define MSR_VMX_CR4_FIXED0 0x488
#define PIN_EXTERNAL_INTERRUPT 1u
#define PIN_VIRTUAL_NMIS (1u << 5)
#define PIN_TIMER (1u << 6)
#define FIELD_PIN_CONTROLS 0x4000
#define FIELD_PROCESSOR_CONTROLS 0x4002
#define FIELD_EXIT_CONTROLS 0x400c
#define FIELD_ENTRY_CONTROLS 0x4012
#define FIELD_SECONDARY_CONTROLS 0x401e
#define FIELD_EXIT_REASON 0x4402
#define FIELD_INTERRUPTIBILITY 0x4824
#define FIELD_TIMER 0x482e
#define FIELD_ENTRY_INFORMATION 0x4016
#define FIELD_RFLAGS 0x6820
#define INJECTED_LAST 0x8000030fu // type 3, vector 15
#define FIELD_RSP 0x681c
#define FIELD_RIP 0x681e
#define BLOCKED_SMI 4
#define ENTRY_FAILED (1u << 31)
#define REASON_VMCALL 18

struct field {
  u32 encoding;
  u64 value;
};

// What each sequence starts with. Controls are completed with the bits that the processor requires.
static struct field fields[] = {
    // Controls: external-interrupt and NMI exiting; MSR bitmap, secondary controls; EPT, unrestricted guest;
    // host in 64-bit mode, guest in IA-32e mode.
    {FIELD_PIN_CONTROLS, 0x9}, {FIELD_PROCESSOR_CONTROLS, 0x90000000}, {FIELD_SECONDARY_CONTROLS, 0x82},
    {FIELD_EXIT_CONTROLS, 0x200}, {FIELD_ENTRY_CONTROLS, 0x200},
    {0x4004, 0}, {0x4006, 0}, {0x4008, 0}, {0x400a, 0}, {0x400e, 0}, {0x4010, 0}, {0x4014, 0}, {0x4016, 0},
    {0x4018, 0}, {0x401a, 0}, {0x401c, 0}, {0x4020, 0}, {0x4022, 0},
    {0x0000, 0}, {0x0002, 0}, {0x0004, 0},
    {0x2000, PAGE_IO_BITMAP_A}, {0x2002, PAGE_IO_BITMAP_B}, {0x2004, PAGE_MSR_BITMAP},
    {0x2006, PAGE_MSR_AREAS}, {0x2008, PAGE_MSR_AREAS + 0x400}, {0x200a, PAGE_MSR_AREAS + 0x800}, {0x200c, 0},
    {0x200e, PAGE_PML}, {0x2010, 0}, {0x2012, PAGE_VIRTUAL_APIC}, {0x2014, PAGE_APIC_ACCESS},
    {0x2016, PAGE_POSTED_AND_VE}, {0x2018, 0}, {0x201a, PAGE_EPT_PML4 | 0x1e}, {0x201c, 0}, {0x201e, 0},
    {0x2020, 0}, {0x2022, 0}, {0x2024, 0}, {0x2026, 0}, {0x2028, 0}, {0x202a, PAGE_POSTED_AND_VE + 0x800},
    {0x202c, 0}, {0x2032, 0},
    {0x6000, 0}, {0x6002, 0}, {0x6004, 0}, {0x6006, 0}, {0x6008, 0}, {0x600a, 0}, {0x600c, 0}, {0x600e, 0},
    // Guest state: 64-bit mode at CPL 0, interrupts off, at the start of the code page.
    {0x0800, 0x10}, {0x0802, 0x08}, {0x0804, 0x10}, {0x0806, 0x10}, {0x0808, 0}, {0x080a, 0}, {0x080c, 0},
    {0x080e, 0x28}, {0x0810, 0}, {0x0812, 511},
    {0x2800, ~0ull}, {0x2802, 0}, {0x2804, 0x0007040600070406}, {0x2806, 0x500}, {0x2808, 0}, {0x280a, 0},
    {0x280c, 0}, {0x280e, 0}, {0x2810, 0}, {0x2812, 0}, {0x2818, 0},
    {0x4800, ~0u}, {0x4802, ~0u}, {0x4804, ~0u}, {0x4806, ~0u}, {0x4808, 0}, {0x480a, 0}, {0x480c, 0},
    {0x480e, 0x67}, {0x4810, 0x3f}, {0x4812, 0xfff},
    {0x4814, 0xc093}, {0x4816, 0xa09b}, {0x4818, 0xc093}, {0x481a, 0xc093}, {0x481c, 0x10000}, {0x481e, 0x10000},
    {0x4820, 0x10000}, {0x4822, 0x8b},
    {0x4824, 0}, {0x4826, 0}, {0x4828, 0}, {0x482a, 0}, {FIELD_TIMER, 0},
    {0x6800, 0x80000031}, {0x6802, PAGE_PML4}, {0x6804, 0x220},
    {0x6806, 0}, {0x6808, 0}, {0x680a, 0}, {0x680c, 0}, {0x680e, 0}, {0x6810, 0}, {0x6812, 0},
    {0x6814, PAGE_DESCRIPTORS + 0x800}, {0x6816, PAGE_DESCRIPTORS}, {0x6818, PAGE_IDT}, {0x681a, 0x400},
    {0x681c, PAGE_STACK + 0xff0}, {0x681e, PAGE_CODE}, {0x6820, 2}, {0x6822, 0}, {0x6824, 0}, {0x6826, 0},
    {0x6828, 0}, {0x682a, 0}, {0x682c, 0},
    // Host state: what L1 has now, see vmx_start.
    {0x0c00, 0x10}, {0x0c02, 0x08}, {0x0c04, 0x10}, {0x0c06, 0x10}, {0x0c08, 0}, {0x0c0a, 0}, {0x0c0c, 0x28},
    {0x2c00, 0x0007040600070406}, {0x2c02, 0}, {0x2c04, 0}, {0x4c00, 0},
    {0x6c00, 0}, {0x6c02, 0}, {0x6c04, 0}, {0x6c06, 0}, {0x6c08, 0}, {0x6c0a, 0}, {0x6c0c, 0}, {0x6c0e, 0},
    {0x6c10, 0}, {0x6c12, 0}, {0x6c14, 0}, {0x6c16, 0},
};
#define FIELDS (sizeof fields / sizeof fields[0])

static u32 field_count; // those that the processor has
// One VMCS more than sequences can name: see vmcs_probe.
#define PROBE ADDRESS_VMCS_COUNT
static u32 slot;
static u8 launched[ADDRESS_VMCS_COUNT + 1];

static u64 region(u32 which) { return ADDRESS_VMX_REGIONS + PAGE * (1 + (u64)which); }

static void set_default(u32 encoding, u64 value) {
  for (u32 i = 0; i < FIELDS; i++)
    if (fields[i].encoding == encoding) fields[i].value = value;
}

static u64 get_default(u32 encoding) {
  for (u32 i = 0; i < FIELDS; i++)
    if (fields[i].encoding == encoding) return fields[i].value;
  return 0;
}

// The value with the bits that must be 1, without those that must be 0.
static void complete_control(u32 encoding, u32 capability_msr) {
  u64 capability = rdmsr(capability_msr);
  set_default(encoding, (get_default(encoding) | (u32)capability) & capability >> 32);
}

static void set_host_defaults(void) {
  struct { u16 limit; u64 base; } __attribute__((packed)) gdt, idt;
  u64 cr0, cr3, cr4;
  asm volatile("mov %%cr0, %0; mov %%cr3, %1; mov %%cr4, %2" : "=r"(cr0), "=r"(cr3), "=r"(cr4));
  asm volatile("sgdt %0; sidt %1" : "=m"(gdt), "=m"(idt));
  const u64 *tss = (const u64 *)(gdt.base + 0x28);
  set_default(0x6c00, cr0);
  set_default(0x6c02, cr3);
  set_default(0x6c04, cr4);
  set_default(0x6c0a, (tss[0] >> 16 & 0xffffff) | (tss[0] >> 56 & 0xff) << 24 | (u64)(u32)tss[1] << 32);
  set_default(0x6c0c, gdt.base);
  set_default(0x6c0e, idt.base);
  set_default(0x2c02, rdmsr(MSR_EFER));
  set_default(0x6c16, (u64)leave_level2);
}

u32 vmcs_clear(u32 which) {
  if (which <= PROBE) launched[which] = 0;
  return vmclear(region(which));
}

u32 vmcs_load(u32 which) {
  u32 result = vmptrld(region(which));
  if (result == 0) slot = which;
  return result;
}

// Software makes a VMCS by writing the revision into a region; exit information starts as zero with it.
static void create(u32 which) {
  vmcs_clear(which);
  clear_memory((void *)region(which), PAGE);
  *(u32 *)region(which) = (u32)rdmsr(MSR_VMX_BASIC);
  if (vmcs_clear(which) || vmcs_load(which)) give_up("a VMCS could not be made");
}

void vmx_start(void) {
  u64 basic = rdmsr(MSR_VMX_BASIC), cr0, cr4;
  u32 with_true_controls = (basic >> 55 & 1) ? 12 : 0;
  asm volatile("mov %%cr0, %0; mov %%cr4, %1" : "=r"(cr0), "=r"(cr4));
  cr0 |= rdmsr(MSR_VMX_CR0_FIXED0);
  cr4 |= rdmsr(MSR_VMX_CR4_FIXED0) | 0x200;
  asm volatile("mov %0, %%cr0; mov %1, %%cr4" : : "r"(cr0), "r"(cr4));
  if (!(rdmsr(MSR_FEATURE_CONTROL) & 1)) wrmsr(MSR_FEATURE_CONTROL, 5);
  *(u32 *)(u64)ADDRESS_VMX_REGIONS = (u32)basic;
  if (vmxon(ADDRESS_VMX_REGIONS)) give_up("VMXON failed");

  complete_control(FIELD_PIN_CONTROLS, 0x481 + with_true_controls);
  complete_control(FIELD_PROCESSOR_CONTROLS, 0x482 + with_true_controls);
  complete_control(FIELD_EXIT_CONTROLS, 0x483 + with_true_controls);
  complete_control(FIELD_ENTRY_CONTROLS, 0x484 + with_true_controls);
  complete_control(FIELD_SECONDARY_CONTROLS, 0x48b);
  set_default(0x6800, get_default(0x6800) | rdmsr(MSR_VMX_CR0_FIXED0));
  set_default(0x6804, get_default(0x6804) | rdmsr(MSR_VMX_CR4_FIXED0));
  set_host_defaults();
  create(PROBE);
  for (u32 i = 0; i < FIELDS; i++)
    if (vmwrite(fields[i].encoding, fields[i].value) == 0) fields[field_count++] = fields[i];
  vmwrite(FIELD_PIN_CONTROLS, (get_default(FIELD_PIN_CONTROLS) & ~PIN_EXTERNAL_INTERRUPT) | PIN_VIRTUAL_NMIS);
}

void vmcs_reset(void) {
  for (u32 which = ADDRESS_VMCS_COUNT; which-- > 0;) create(which);
  for (u32 i = 0; i < field_count; i++) vmwrite(fields[i].encoding, fields[i].value);
}

u32 vmcs_enter(u32 flags, u64 fuel) {
  u64 pin = 0, timer = 0, reason = 0, interruptibility = 0;
  vmread(FIELD_PIN_CONTROLS, &pin);
  int watched = !(flags & ENTRY_UNWATCHED) && !(pin & PIN_TIMER);
  if (watched) {
    vmread(FIELD_TIMER, &timer);
    vmwrite(FIELD_PIN_CONTROLS, pin | PIN_TIMER);
    vmwrite(FIELD_TIMER, fuel);
  }
  int is_launch = flags & ENTRY_LAUNCH ? 1 : flags & ENTRY_RESUME ? 0 : !launched[slot];
  entry_kind = (u8)(is_launch | (flags & ENTRY_MOV_SS ? 2 : 0));
  u32 how = enter_level2();
  if (how == 0 && is_launch) {
    vmread(FIELD_EXIT_REASON, &reason);
    if (!(reason & ENTRY_FAILED)) launched[slot] = 1;
  }
  if (watched) {
    vmwrite(FIELD_PIN_CONTROLS, pin);
    vmwrite(FIELD_TIMER, timer);
  }
  // Bochs 2.7 does not unmask SMIs when a SIPI ends wait-for-SIPI, and all exits from then on save blocking by SMI. There
  // are no SMIs here.
  vmread(FIELD_INTERRUPTIBILITY, &interruptibility);
  if (interruptibility & BLOCKED_SMI) vmwrite(FIELD_INTERRUPTIBILITY, interruptibility & ~(u64)BLOCKED_SMI);
  return how;
}

static int enter_probe(void) {
  u64 reason = 0, interruptibility = 0;
  vmwrite(FIELD_RIP, (u64)probe_code);
  vmwrite(FIELD_RSP, PAGE_STACK + STACK_TOP);
  vmwrite(FIELD_RFLAGS, 2);
  vmwrite(FIELD_INTERRUPTIBILITY, 0);
  if (vmcs_enter(0, DEFAULT_FUEL) || vmread(FIELD_EXIT_REASON, &reason)) return 0;
  vmread(FIELD_INTERRUPTIBILITY, &interruptibility);
  return reason == REASON_VMCALL && interruptibility == 0;
}

// Enters an L2 of the hypervisor's own, which returns from an NMI and comes back by VMCALL: ends virtual-NMI blocking,
// which no entry of Bochs 2.7 ends. Anything but the VMCALL means that an event is still pending which nothing in L1 can
// clear.
int vmcs_probe(void) {
  u32 before = slot;
  int passes = !vmcs_load(PROBE) && enter_probe();
  if (before < ADDRESS_VMCS_COUNT) vmcs_load(before);
  return passes;
}

// Injects an event that no sequence has: where Bochs 2.7 tells of an earlier one in IDT-vectoring information, as it does
// for virtual interrupts, that is it.
int vmcs_forget_events(void) {
  if (vmcs_load(PROBE)) return 0;
  vmwrite(FIELD_ENTRY_INFORMATION, INJECTED_LAST);
  int passes = enter_probe();
  *(volatile u64 *)(u64)(PAGE_HANDLERS + HANDLER_COUNT) = 0;
  return passes;
}

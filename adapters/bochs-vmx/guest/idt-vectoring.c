// The machine of `idt-vectoring`: L1 plays a hypervisor with a policy, event by event. Between two events L2 stands at a
// VMCALL; what waits for a boundary is shown to the processor by an entry of its own, so that it decides alone.
#include "machine.h"

#define FIELD_CS 0x0802
#define FIELD_SS 0x0804
#define FIELD_APIC_ACCESS 0x2014
#define FIELD_VE_INFORMATION 0x202a
#define FIELD_PROCESSOR_CONTROLS 0x4002
#define FIELD_PIN_CONTROLS 0x4000
#define FIELD_ENTRY_INFORMATION 0x4016
#define FIELD_ENTRY_ERROR 0x4018
#define FIELD_ENTRY_LENGTH 0x401a
#define FIELD_SECONDARY_CONTROLS 0x401e
#define FIELD_EXIT_REASON 0x4402
#define FIELD_VECTORING 0x4408
#define FIELD_VECTORING_ERROR 0x440a
#define FIELD_EXIT_LENGTH 0x440c
#define FIELD_SS_LIMIT 0x4804
#define FIELD_CS_RIGHTS 0x4816
#define FIELD_SS_RIGHTS 0x4818
#define FIELD_INTERRUPTIBILITY 0x4824
#define FIELD_QUALIFICATION 0x6400
#define FIELD_CR0 0x6800
#define FIELD_RSP 0x681c
#define FIELD_RIP 0x681e
#define FIELD_RFLAGS 0x6820
#define VIRTUAL_NMIS 0x20u
#define INTERRUPT_WINDOW 4u
#define NMI_WINDOW (1u << 22)
#define VIRTUALIZE_APIC_ACCESSES 1u
#define EPT_VIOLATION_VE (1u << 18)
#define REASON_INTERRUPT_WINDOW 7
#define REASON_NMI_WINDOW 8
#define REASON_VMCALL 18
#define REASON_APIC_ACCESS 44
#define REASON_EPT_VIOLATION 48
#define REASON_EPT_MISCONFIGURATION 49
#define VALID (1u << 31)
#define HAS_ERROR 0x800u
#define TYPE(information) ((information) >> 8 & 7)
#define SHADOWS 3
#define BLOCKED_NMI 8
#define FLAG_IF 0x200
#define FLAG_TF 0x100
#define FLAG_RF 0x10000
#define FLAG_AC 0x40000
#define CR0_AM 0x40000
// EPT entries: all rights, write-back; no write, absent, and no #VE for either.
#define EPT_ALL 0x37ull
#define EPT_READ_ONLY ((1ull << 63) | 0x31)
#define EPT_ABSENT (1ull << 63)
#define EPT_WRITE_ONLY 2
#define VE_BUSY (*(volatile u32 *)(u64)(PAGE_IO_BITMAP_A + 4))
#define CODE_ACCESSED (*(volatile u8 *)(u64)(PAGE_DESCRIPTORS + 8 + 5))
#define TSS_RSP0 (*(volatile u64 *)(u64)(PAGE_DESCRIPTORS + 0x804))
#define TSS_IST1 (*(volatile u64 *)(u64)(PAGE_DESCRIPTORS + 0x824))
#define GATE(vector) ((volatile u8 *)(u64)(PAGE_IDT + 16 * (vector)))
#define STUBS PAGE_RECORDS
#define STUB_BYTES 16
#define FRAMES 8
#define OBSTACLES 3
#define DELIVERIES 2
// Not canonical, not present in the page tables of L2; of `fault`, and of an IRET.
#define NOT_CANONICAL (1ull << 62)
#define FAULT_ADDRESS 0xa000
#define MOVS_ADDRESS 0xa800
// Bochs reads RFLAGS first.
#define IRET_ADDRESS (0xc000 - 16)

struct instruction {
  u8 kind, argument, cause, meets;
};

static struct {
  u32 policy;
  // The handler where L2 is, 0 for the main program; frames under it.
  u32 context, depth, frames;
  struct instruction begun;
  struct {
    u32 context, vector;
    struct instruction begun;
  } frame[FRAMES];
  u32 obstacles;
  u8 obstacle[OBSTACLES];
  u32 outside, inflight, inflight_error, inflight_length, pending_nmis, irr, isr, mcip, pending_check, shutdown, device_reads;
  u32 described[4], described_count, secondary, processor;
} machine;

u64 idt_vectoring_words[IDT_VECTORING_WORDS];
static u64 *const words = idt_vectoring_words;
static u32 deliveries;

static const u8 external_vector[] = {0x20, 0x31, 0x40};
static const u8 fault_vector[] = {13, 14, 0, 6, 17, 20};
static const u8 int_vector[] = {0x21, 13, 14};

static u64 field(u32 encoding) {
  u64 value = 0;
  vmread(encoding, &value);
  return value;
}

static u64 cr2(void) {
  u64 value;
  asm volatile("mov %%cr2, %0" : "=r"(value));
  return value;
}

static u64 dr6(void) {
  u64 value;
  asm volatile("mov %%dr6, %0" : "=r"(value));
  return value;
}

static u32 page_of(u32 depth) { return depth & 1 ? PAGE_DATA_A : PAGE_CODE; }

static void ept(u32 page, u64 entry) {
  ((volatile u64 *)(u64)PAGE_EPT_TABLE)[(page - ADDRESS_ARENA) >> 12] = entry;
}
static void ept_present(u32 page) { ept(page, page | EPT_ALL); }

static void unexpected(u64 what) {
  if (!words[0]) words[0] = what;
}

// ---- obstacles: what the hypervisor has taken away, on the page of the IDT; or write access to the stack in place of a
// full log, for which Bochs 2.7 looks at each access and not only at those that set a flag

static void arm(u32 iret_meets) {
  u32 secondary = machine.secondary;
  if (machine.obstacles) switch (machine.obstacle[0]) {
    case IDT_ARGUMENT_OBSTACLE_PAGE:
    case IDT_ARGUMENT_OBSTACLE_CLIENT: ept(PAGE_IDT, EPT_ABSENT); break;
    case IDT_ARGUMENT_OBSTACLE_MISCONFIGURATION: ept(PAGE_IDT, PAGE_IDT | EPT_WRITE_ONLY); break;
    case IDT_ARGUMENT_OBSTACLE_APIC_ACCESS: secondary |= VIRTUALIZE_APIC_ACCESSES; break;
    case IDT_ARGUMENT_OBSTACLE_PML: ept(PAGE_STACK, PAGE_STACK | EPT_READ_ONLY); break;
  }
  if (iret_meets == IDT_ARGUMENT_MEETS_PAGE) ept(PAGE_STACK, EPT_ABSENT);
  if (iret_meets == IDT_ARGUMENT_MEETS_PML) {
    ept(PAGE_DESCRIPTORS, PAGE_DESCRIPTORS | EPT_READ_ONLY);
    CODE_ACCESSED &= ~1;
  }
  vmwrite(FIELD_SECONDARY_CONTROLS, secondary);
  invept_all();
}

static void repair(void) {
  ept_present(PAGE_IDT);
  ept_present(PAGE_STACK);
  ept_present(PAGE_DESCRIPTORS);
  CODE_ACCESSED |= 1;
}

static u32 enter(u32 iret_meets, u32 windows) {
  arm(iret_meets);
  vmwrite(FIELD_PROCESSOR_CONTROLS, machine.processor | windows);
  u32 how = vmcs_enter(0, DEFAULT_FUEL);
  repair();
  u64 reason = field(FIELD_EXIT_REASON);
  if (how || reason & VALID) {
    unexpected(how ? 0x1000 + how : reason);
    return 0xffff;
  }
  return (u32)reason;
}

// ---- deliveries

static void put_code(u64 address, const u8 *bytes, u32 count) {
  volatile u8 *code = (volatile u8 *)address;
  for (u32 i = 0; i < count; i++) code[i] = bytes[i];
  code[count] = 0x0f;
  code[count + 1] = 0x01;
  code[count + 2] = 0xc1;
}

static u32 seen_flags(u64 flags) { return (flags & FLAG_IF ? 1 : 0) | (flags & FLAG_TF ? 2 : 0) | (flags & FLAG_RF ? 4 : 0); }

// L2 is at the first instruction of a handler; `from` is where it was, `stack` its RSP then. `resumes`: see execute.
static void reached(u64 from, u64 stack, u64 resumes) {
  u32 vector = (u32)(field(FIELD_RIP) - STUBS) / STUB_BYTES;
  u64 rsp = field(FIELD_RSP);
  u32 has_error = !(rsp & 8);
  volatile u64 *frame = (volatile u64 *)rsp;
  u64 error = has_error ? *frame++ : 0;
  frame[2] |= resumes;
  if (deliveries < DELIVERIES) {
    u64 *word = words + 1 + 6 * deliveries++;
    word[0] = VALID | (has_error ? HAS_ERROR : 0) | vector;
    word[1] = error;
    word[2] = (u64)machine.context << 12 | (frame[0] & 0xfff);
    word[3] = seen_flags(frame[2]) | (field(FIELD_INTERRUPTIBILITY) & BLOCKED_NMI ? 32 : 0);
    word[4] = cr2();
    word[5] = dr6();
  }
  // What only the way to raise #AC, or #PF of an IRET, has put there.
  frame[1] = 0x08;
  frame[2] &= ~(u64)FLAG_AC;
  frame[3] = stack;
  frame[4] = 0x10;
  if (machine.frames == FRAMES) {
    for (u32 i = 1; i < FRAMES; i++) machine.frame[i - 1] = machine.frame[i];
    machine.frames--;
  }
  struct instruction none = {0, 0, 0, 0};
  machine.frame[machine.frames].context = machine.context;
  machine.frame[machine.frames].vector = vector;
  machine.frame[machine.frames++].begun = frame[0] == from ? machine.begun : none;
  machine.begun = none;
  machine.context = 1 + vector;
  machine.depth++;
  vmwrite(FIELD_RSP, (u64)frame);
  vmwrite(FIELD_RIP, page_of(machine.depth));
}

// The exit came in the middle of a delivery.
static int is_cut(u32 reason) {
  return (reason == REASON_EPT_VIOLATION || reason == REASON_EPT_MISCONFIGURATION || reason == REASON_APIC_ACCESS) && field(FIELD_VECTORING) & VALID && machine.obstacles;
}

static void cut(u32 reason) {
  u32 information = (u32)field(FIELD_VECTORING) & ~0x1000u;
  u32 error = information & HAS_ERROR ? (u32)field(FIELD_VECTORING_ERROR) : 0;
  u32 length = TYPE(information) >= 4 ? (u32)field(FIELD_EXIT_LENGTH) : 0;
  u32 keeps = machine.policy == IDT_ARGUMENT_POLICY_REINJECT ||
              (machine.policy == IDT_ARGUMENT_POLICY_DROP_EXCEPTIONS && TYPE(information) != 3);
  if (machine.obstacle[0] == IDT_ARGUMENT_OBSTACLE_CLIENT) {
    keeps = 1;
    u64 *client = words + IDT_VECTORING_CLIENT;
    client[0] = reason;
    client[1] = information;
    client[2] = error;
    client[3] = length;
  }
  machine.obstacles--;
  for (u32 i = 0; i < machine.obstacles; i++) machine.obstacle[i] = machine.obstacle[i + 1];
  machine.outside = 1;
  machine.inflight = keeps ? information : 0;
  machine.inflight_error = keeps ? error : 0;
  machine.inflight_length = keeps ? length : 0;
}

// The VM entry that gives L2 what is in flight.
static void give(void) {
  u64 rip = field(FIELD_RIP), rsp = field(FIELD_RSP);
  u32 information = machine.inflight;
  machine.outside = machine.inflight = 0;
  if (!information) return;
  put_code(rip, 0, 0);
  if (TYPE(information) == 2) vmwrite(FIELD_INTERRUPTIBILITY, field(FIELD_INTERRUPTIBILITY) & ~(u64)BLOCKED_NMI);
  vmwrite(FIELD_ENTRY_INFORMATION, information);
  vmwrite(FIELD_ENTRY_ERROR, machine.inflight_error);
  vmwrite(FIELD_ENTRY_LENGTH, machine.inflight_length);
  machine.inflight_error = machine.inflight_length = 0;
  u32 reason = enter(0, 0);
  if (is_cut(reason)) cut(reason);
  else if (reason == REASON_VMCALL && (field(FIELD_RIP) & ~0xfffull) == STUBS) reached(rip, rsp, 0);
  else unexpected(0x2000 + reason);
}

static void settle(void) {
  for (u32 i = 0; i <= OBSTACLES && machine.outside; i++) give();
}

static void inject(u32 information, u32 error, u32 length) {
  machine.inflight = information;
  machine.inflight_error = error;
  machine.inflight_length = length;
  give();
}

static u32 highest(u32 set) { return set & 4 ? 2 : set & 2 ? 1 : 0; }

// Whether something was taken.
static int boundary(void) {
  if (machine.pending_check) {
    machine.pending_check = 0;
    // A processor that finds MCIP set shuts down: that is L1's to do for L2.
    machine.shutdown = machine.mcip;
    machine.mcip = 1;
    if (!machine.shutdown) inject(VALID | 0x312, 0, 0);
    return 1;
  }
  u32 vector = highest(machine.irr);
  u32 waits = machine.irr && (!machine.isr || vector > highest(machine.isr));
  if (!machine.pending_nmis && !waits) return 0;
  u64 rip = field(FIELD_RIP), flags = field(FIELD_RFLAGS);
  put_code(rip, 0, 0);
  u32 reason = enter(0, (machine.pending_nmis ? NMI_WINDOW : 0) | (waits ? INTERRUPT_WINDOW : 0));
  // Nothing was executed.
  vmwrite(FIELD_RFLAGS, flags);
  if (reason == REASON_NMI_WINDOW) {
    machine.pending_nmis--;
    inject(VALID | 0x202, 0, 0);
  } else if (reason == REASON_INTERRUPT_WINDOW) {
    machine.irr &= ~(1u << vector);
    machine.isr |= 1u << vector;
    inject(VALID | external_vector[vector], 0, 0);
  } else {
    if (reason != REASON_VMCALL) unexpected(0x3000 + reason);
    return 0;
  }
  return 1;
}

// ---- instructions

static void user_mode(int on, u64 rsp) {
  vmwrite(FIELD_CS, on ? 0x23 : 0x08);
  vmwrite(FIELD_SS, on ? 0x1b : 0x10);
  vmwrite(FIELD_CS_RIGHTS, on ? 0xa0fb : 0xa09b);
  vmwrite(FIELD_SS_RIGHTS, on ? 0xc0f3 : 0xc093);
  vmwrite(FIELD_SS_LIMIT, ~0u);
  u64 flags = field(FIELD_RFLAGS);
  vmwrite(FIELD_RFLAGS, on ? flags | FLAG_AC : flags & ~(u64)FLAG_AC);
  if (on) TSS_RSP0 = rsp;
}

// Bytes of the instruction, with the registers that it needs.
static u32 assemble(u8 *code) {
  const struct instruction *now = &machine.begun;
  u64 *rax = general_registers, *rcx = general_registers + 1, *rdx = general_registers + 2;
  *rax = *rcx = *rdx = 0;
  code[1] = code[2] = 0x90;
  switch (now->kind) {
    case IDT_ACTION_STI: code[0] = 0xfb; return 1;
    case IDT_ACTION_CLI: code[0] = 0xfa; return 1;
    case IDT_ACTION_MOVSS: *rax = 0x10; code[0] = 0x8e; code[1] = 0xd0; return 2;
    case IDT_ACTION_INT3: code[0] = 0xcc; return 1;
    case IDT_ACTION_INT1: code[0] = 0xf1; return 1;
    case IDT_ACTION_INTN: code[0] = 0xcd; code[1] = int_vector[now->argument]; return 2;
    case IDT_ACTION_EOI: *rcx = 0x80b; code[0] = 0x0f; code[1] = 0x30; return 2;
    case IDT_ACTION_IRET: code[0] = 0x48; code[1] = 0xcf; return 2;
    case IDT_ACTION_MOVS:
      general_registers[6] = PAGE_DATA_B;
      general_registers[7] = now->cause ? MOVS_ADDRESS : PAGE_DATA_B + 8;
      code[0] = 0xa4;
      return 1;
    case IDT_ACTION_FAULT: break;
    default: code[0] = 0x90; return 1;
  }
  switch (fault_vector[now->argument]) {
    case 0: *rax = 1; *rcx = !now->cause; code[0] = 0xf7; code[1] = 0xf1; return 2;
    case 6: code[0] = now->cause ? 0x0f : 0x66; code[1] = now->cause ? 0x0b : 0x90; return 2;
    case 13: *rax = now->cause ? NOT_CANONICAL : PAGE_STACK; break;
    case 14: *rax = now->cause ? FAULT_ADDRESS : PAGE_STACK; break;
    case 17: *rax = now->cause ? PAGE_DATA_B + 0x101 : PAGE_STACK; break;
    default: *rax = PAGE_DATA_B;
  }
  code[0] = 0x48; code[1] = 0x8b; code[2] = 0x00; // mov rax, [rax]
  return 3;
}

// `resumes`: what an IRET has popped for RF. The VMCALL behind it does not show that in Bochs 2.7: L1 puts it back.
static void completed(u64 resumes) {
  struct instruction none = {0, 0, 0, 0}, was = machine.begun;
  machine.begun = none;
  if (was.kind == IDT_ACTION_EOI && machine.isr) machine.isr &= ~(1u << highest(machine.isr));
  if (was.kind != IDT_ACTION_IRET) return;
  machine.frames--;
  machine.depth--;
  machine.context = machine.frame[machine.frames].context;
  machine.begun = machine.frame[machine.frames].begun;
  if (resumes && machine.frame[machine.frames].vector != 8) vmwrite(FIELD_RFLAGS, field(FIELD_RFLAGS) | FLAG_RF);
  if (machine.frame[machine.frames].vector == 18) machine.mcip = 0;
  if (machine.frame[machine.frames].vector == 20) VE_BUSY = 0;
}

static void execute(void) {
  u8 code[3];
  u64 rip = field(FIELD_RIP), rsp = field(FIELD_RSP), target = 0, resumes = 0;
  struct instruction *now = &machine.begun;
  u32 length = assemble(code), fault = now->kind == IDT_ACTION_FAULT ? fault_vector[now->argument] : 0;
  u32 is_iret = now->kind == IDT_ACTION_IRET, user = fault == 17 && now->cause;
  u32 moves_stack = is_iret && now->cause && now->argument == IDT_ARGUMENT_MEETS_PF;
  put_code(rip, code, length);
  target = rip + length;
  if (is_iret) {
    volatile u64 *frame = (volatile u64 *)rsp;
    target = frame[0];
    resumes = frame[2] & FLAG_RF;
    put_code(target, 0, 0);
    frame[1] = now->cause && now->argument == IDT_ARGUMENT_MEETS_GP ? 0x28 : 0x08;
  }
  // Bochs 2.7 clears RF as such an instruction begins, where the manual has it pushed: L1 puts it back.
  u32 is_soft = now->kind == IDT_ACTION_INT3 || now->kind == IDT_ACTION_INTN || now->kind == IDT_ACTION_INT1;
  u64 lost = is_soft ? field(FIELD_RFLAGS) & FLAG_RF : 0;
  u32 is_device_read = now->kind == IDT_ACTION_MOVS;
  if (moves_stack) {
    vmwrite(FIELD_RSP, IRET_ADDRESS);
    GATE(14)[4] = 1;
    TSS_IST1 = rsp;
  }
  if (user) user_mode(1, rsp);
  ept(PAGE_DATA_B, fault == 20 && now->cause ? 0 : is_device_read ? EPT_ABSENT : PAGE_DATA_B | EPT_ALL);
  u32 reason = enter(now->meets, 0);
  // The device has answered: MOVS goes on to its write.
  if (is_device_read && reason == REASON_EPT_VIOLATION && !(field(FIELD_VECTORING) & VALID)) {
    machine.device_reads++;
    ept_present(PAGE_DATA_B);
    reason = enter(0, 0);
  }
  if (user) user_mode(0, rsp);
  GATE(14)[4] = 0;
  u64 at = field(FIELD_RIP);
  if (reason == REASON_VMCALL && (at & ~0xfffull) == STUBS) {
    reached(rip, rsp, lost);
  } else if (reason == REASON_VMCALL) {
    if (at != target) unexpected(0x4000);
    completed(resumes);
  } else if (is_cut(reason)) {
    vmwrite(FIELD_RSP, rsp);
    vmwrite(FIELD_RFLAGS, field(FIELD_RFLAGS) | lost);
    cut(reason);
  } else if (now->meets && reason == REASON_EPT_VIOLATION) {
    // NMI unblocking due to IRET: the IRET is executed again.
    if (field(FIELD_QUALIFICATION) & 0x1000)
      vmwrite(FIELD_INTERRUPTIBILITY, field(FIELD_INTERRUPTIBILITY) | BLOCKED_NMI);
    now->meets = 0;
    execute();
  } else if (fault == 20 && now->cause && reason == REASON_EPT_VIOLATION) {
    now->cause = 0;
    execute();
  } else {
    unexpected(0x5000 + reason + (field(0x2400) << 16));
  }
}

static void instruction(u32 kind, u32 argument) {
  for (u32 i = 0; i < 2 * FRAMES && !words[0] && !machine.shutdown; i++) {
    settle();
    if (boundary()) return;
    if (!machine.begun.kind) {
      if (kind == IDT_ACTION_IRET && !machine.frames) return;
      machine.begun.kind = (u8)kind;
      machine.begun.argument = (u8)argument;
      machine.begun.cause = kind == IDT_ACTION_FAULT || kind == IDT_ACTION_MOVS ||
        (kind == IDT_ACTION_IRET && (argument == IDT_ARGUMENT_MEETS_GP || argument == IDT_ARGUMENT_MEETS_PF));
      machine.begun.meets = kind == IDT_ACTION_IRET && argument >= IDT_ARGUMENT_MEETS_PAGE ? (u8)argument : 0;
      execute();
      return;
    }
    execute();
  }
}

// ---- everyone else

static void cure(void) {
  struct instruction *of = &machine.begun;
  for (u32 i = machine.frames; !of->cause && i-- > 0;) of = &machine.frame[i].begun;
  of->cause = 0;
}

// The event that the last four operations have described.
static void inject_described(void) {
  u32 information = machine.described[0], type = TYPE(information), vector = information & 0xff;
  u32 payload = machine.described[3];
  machine.described_count = 0;
  settle();
  u64 flags = field(FIELD_RFLAGS), blocking = field(FIELD_INTERRUPTIBILITY);
  if (type == 0 && (!(flags & FLAG_IF) || blocking & SHADOWS)) return;
  if (type == 2 && blocking & (SHADOWS | BLOCKED_NMI)) return;
  if (type == 3 && vector == 18 && machine.mcip) return;
  if (machine.described[2] && machine.begun.kind) return;
  if (type == 3 && vector == 8) flags &= ~(u64)FLAG_RF;
  if (type == 3 && vector < 32 && 1u << vector & 0x127841) flags |= FLAG_RF;
  vmwrite(FIELD_RFLAGS, flags);
  if (type == 3 && vector == 18) machine.mcip = 1;
  if (type == 3 && vector == 14) asm volatile("mov %0, %%cr2" : : "r"((u64)payload));
  if (type == 3 && vector == 1) asm volatile("mov %0, %%dr6" : : "r"((dr6() & ~0xfull) | payload));
  inject(information, machine.described[1], machine.described[2]);
}

static void begin(u32 argument) {
  clear_memory(&machine, sizeof machine & ~3u);
  machine.policy = argument & 3;
  for (u32 v = 0; v < 256; v++) {
    volatile u8 *gate = GATE(v);
    u64 stub = STUBS + STUB_BYTES * v;
    put_code(stub, 0, 0);
    gate[0] = (u8)stub;
    gate[1] = (u8)(stub >> 8);
    gate[5] = argument & IDT_ARGUMENT_TRAP_GATES ? 0x8f : 0x8e;
    gate[6] = (u8)(stub >> 16);
    gate[7] = (u8)(stub >> 24);
    for (u32 i = 8; i < 12; i++) gate[i] = 0;
  }
  for (u32 i = 0; i < ARENA_PAGES; i++) ept_present(ADDRESS_ARENA + 0x1000 * i);
  // Addresses below 2 MiB are not there for L2.
  *(volatile u64 *)(u64)PAGE_PAGE_DIRECTORY = 0;
  machine.secondary = (u32)field(FIELD_SECONDARY_CONTROLS) | EPT_VIOLATION_VE;
  machine.processor = (u32)field(FIELD_PROCESSOR_CONTROLS);
  vmwrite(FIELD_PIN_CONTROLS, field(FIELD_PIN_CONTROLS) | VIRTUAL_NMIS);
  vmwrite(FIELD_APIC_ACCESS, PAGE_IDT);
  vmwrite(FIELD_VE_INFORMATION, PAGE_IO_BITMAP_A);
  vmwrite(FIELD_CR0, field(FIELD_CR0) | CR0_AM);
  vmwrite(FIELD_RFLAGS, 0x202);
}

static void show(void) {
  u64 blocking = field(FIELD_INTERRUPTIBILITY);
  u64 *word = words + IDT_VECTORING_GUEST;
  word[0] = (u64)machine.context << 12 | (field(FIELD_RIP) & 0xfff);
  word[1] = seen_flags(field(FIELD_RFLAGS)) | (blocking & SHADOWS) << 4 | (blocking & BLOCKED_NMI ? 64 : 0) |
            (VE_BUSY ? 512 : 0) | (machine.mcip ? 1024 : 0);
  word[2] = cr2();
  word[3] = dr6();
  word[4] = machine.isr;
  word[5] = machine.device_reads;
  if (machine.shutdown)
    for (u32 i = 0; i < 6; i++) word[i] = i == 1 ? 256 : 0;
  word = words + IDT_VECTORING_CLIENT + 4;
  word[0] = machine.outside;
  word[1] = machine.inflight;
  word[2] = machine.inflight_error;
  word[3] = machine.inflight_length;
}

// 1 if there are words to answer with.
int idt_vectoring_do(u32 action, u32 argument) {
  if (action == IDT_ACTION_BEGIN) {
    begin(argument);
    return 0;
  }
  if (action == IDT_ACTION_DESCRIBE) {
    machine.described[machine.described_count++ & 3] = argument;
    return 0;
  }
  for (u32 i = 0; i < IDT_VECTORING_WORDS; i++) words[i] = 0;
  deliveries = 0;
  switch (action) {
    case IDT_ACTION_EXTERNAL: machine.irr |= 1u << argument; break;
    case IDT_ACTION_NMI:
      if (machine.pending_nmis < (field(FIELD_INTERRUPTIBILITY) & BLOCKED_NMI ? 1 : 2)) machine.pending_nmis++;
      break;
    case IDT_ACTION_MACHINE_CHECK: machine.pending_check = 1; break;
    case IDT_ACTION_CURE: cure(); break;
    case IDT_ACTION_OBSTRUCT:
      if (machine.obstacles < OBSTACLES) machine.obstacle[machine.obstacles++] = (u8)argument;
      break;
    case IDT_ACTION_ENTER: give(); break;
    case IDT_ACTION_INJECT: inject_described(); break;
    default: instruction(action, argument);
  }
  show();
  return 1;
}

// Deliveries of the machine of `idt-vectoring`: what cuts them short, and what the policy makes of that; and boundaries,
// where the processor is asked by an entry of its own what it takes.
#include "idt-vectoring.h"

struct idt_machine idt_machine;
u64 idt_vectoring_words[IDT_VECTORING_WORDS];
u32 idt_deliveries;

static const u8 external_vector[] = {0x20, 0x31, 0x40};

void idt_ept(u32 page, u64 entry) {
  ((volatile u64 *)(u64)PAGE_EPT_TABLE)[(page - ADDRESS_ARENA) >> 12] = entry;
}
void idt_ept_present(u32 page) { idt_ept(page, page | EPT_ALL); }

void idt_unexpected(u64 what) {
  if (!words[0]) words[0] = what;
}

// ---- obstacles: what the hypervisor has taken away, on the page of the IDT; or write access to the stack in place of a
// full log, for which Bochs 2.7 looks at each access and not only at those that set a flag

static void arm(u32 iret_meets) {
  u32 secondary = machine.secondary;
  if (machine.obstacles) switch (machine.obstacle[0]) {
    case IDT_ARGUMENT_OBSTACLE_PAGE:
    case IDT_ARGUMENT_OBSTACLE_CLIENT: idt_ept(PAGE_IDT, EPT_ABSENT); break;
    case IDT_ARGUMENT_OBSTACLE_MISCONFIGURATION: idt_ept(PAGE_IDT, PAGE_IDT | EPT_WRITE_ONLY); break;
    case IDT_ARGUMENT_OBSTACLE_APIC_ACCESS: secondary |= VIRTUALIZE_APIC_ACCESSES; break;
    case IDT_ARGUMENT_OBSTACLE_PML: idt_ept(PAGE_STACK, PAGE_STACK | EPT_READ_ONLY); break;
  }
  if (iret_meets == IDT_ARGUMENT_MEETS_PAGE) idt_ept(PAGE_STACK, EPT_ABSENT);
  if (iret_meets == IDT_ARGUMENT_MEETS_PML) {
    idt_ept(PAGE_DESCRIPTORS, PAGE_DESCRIPTORS | EPT_READ_ONLY);
    CODE_ACCESSED &= ~1;
  }
  vmwrite(FIELD_SECONDARY_CONTROLS, secondary);
  invept_all();
}

static void repair(void) {
  idt_ept_present(PAGE_IDT);
  idt_ept_present(PAGE_STACK);
  idt_ept_present(PAGE_DESCRIPTORS);
  CODE_ACCESSED |= 1;
}

u32 idt_enter(u32 iret_meets, u32 windows) {
  arm(iret_meets);
  vmwrite(FIELD_PROCESSOR_CONTROLS, machine.processor | windows);
  u32 how = vmcs_enter(0, DEFAULT_FUEL);
  repair();
  u64 reason = field(FIELD_EXIT_REASON);
  if (how || reason & VALID) {
    idt_unexpected(how ? 0x1000 + how : reason);
    return 0xffff;
  }
  return (u32)reason;
}

// ---- deliveries

void idt_put_code(u64 address, const u8 *bytes, u32 count) {
  volatile u8 *code = (volatile u8 *)address;
  for (u32 i = 0; i < count; i++) code[i] = bytes[i];
  code[count] = 0x0f;
  code[count + 1] = 0x01;
  code[count + 2] = 0xc1;
}

u32 idt_seen_flags(u64 flags) { return (flags & FLAG_IF ? 1 : 0) | (flags & FLAG_TF ? 2 : 0) | (flags & FLAG_RF ? 4 : 0); }

// L2 is at the first instruction of a handler; `from` is where it was, `stack` its RSP then. `resumes`: RF, see execute.
void idt_reached(u64 from, u64 stack, u64 resumes) {
  u32 vector = (u32)(field(FIELD_RIP) - STUBS) / STUB_BYTES;
  u64 rsp = field(FIELD_RSP);
  u32 has_error = !(rsp & 8);
  volatile u64 *frame = (volatile u64 *)rsp;
  u64 error = has_error ? *frame++ : 0;
  frame[2] |= resumes;
  if (idt_deliveries < DELIVERIES) {
    u64 *word = words + 1 + 6 * idt_deliveries++;
    word[0] = VALID | (has_error ? HAS_ERROR : 0) | vector;
    word[1] = error;
    word[2] = (u64)machine.context << 12 | (frame[0] & 0xfff);
    word[3] = idt_seen_flags(frame[2]) | (field(FIELD_INTERRUPTIBILITY) & BLOCKED_NMI ? 32 : 0);
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
int idt_is_cut(u32 reason) {
  return (reason == REASON_EPT_VIOLATION || reason == REASON_EPT_MISCONFIGURATION || reason == REASON_APIC_ACCESS) && field(FIELD_VECTORING) & VALID && machine.obstacles;
}

void idt_cut(u32 reason) {
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
void idt_give(void) {
  u64 rip = field(FIELD_RIP), rsp = field(FIELD_RSP);
  u32 information = machine.inflight;
  machine.outside = machine.inflight = 0;
  if (!information) return;
  idt_put_code(rip, 0, 0);
  if (TYPE(information) == 2) vmwrite(FIELD_INTERRUPTIBILITY, field(FIELD_INTERRUPTIBILITY) & ~(u64)BLOCKED_NMI);
  vmwrite(FIELD_ENTRY_INFORMATION, information);
  vmwrite(FIELD_ENTRY_ERROR, machine.inflight_error);
  vmwrite(FIELD_ENTRY_LENGTH, machine.inflight_length);
  machine.inflight_error = machine.inflight_length = 0;
  u32 reason = idt_enter(0, 0);
  if (idt_is_cut(reason)) idt_cut(reason);
  else if (reason == REASON_VMCALL && (field(FIELD_RIP) & ~0xfffull) == STUBS) idt_reached(rip, rsp, 0);
  else idt_unexpected(0x2000 + reason);
}

void idt_settle(void) {
  for (u32 i = 0; i <= OBSTACLES && machine.outside; i++) idt_give();
}

void idt_inject(u32 information, u32 error, u32 length) {
  machine.inflight = information;
  machine.inflight_error = error;
  machine.inflight_length = length;
  idt_give();
}

u32 idt_highest(u32 set) { return set & 4 ? 2 : set & 2 ? 1 : 0; }

// Whether something was taken.
int idt_boundary(void) {
  if (machine.pending_check) {
    machine.pending_check = 0;
    // A processor that finds MCIP set shuts down: that is L1's to do for L2.
    machine.shutdown = machine.mcip;
    machine.mcip = 1;
    if (!machine.shutdown) idt_inject(VALID | 0x312, 0, 0);
    return 1;
  }
  u32 vector = idt_highest(machine.irr);
  u32 waits = machine.irr && (!machine.isr || vector > idt_highest(machine.isr));
  if (!machine.pending_nmis && !waits) return 0;
  u64 rip = field(FIELD_RIP), flags = field(FIELD_RFLAGS);
  idt_put_code(rip, 0, 0);
  u32 reason = idt_enter(0, (machine.pending_nmis ? NMI_WINDOW : 0) | (waits ? INTERRUPT_WINDOW : 0));
  // Nothing was executed.
  vmwrite(FIELD_RFLAGS, flags);
  if (reason == REASON_NMI_WINDOW) {
    machine.pending_nmis--;
    idt_inject(VALID | 0x202, 0, 0);
  } else if (reason == REASON_INTERRUPT_WINDOW) {
    machine.irr &= ~(1u << vector);
    machine.isr |= 1u << vector;
    idt_inject(VALID | external_vector[vector], 0, 0);
  } else {
    if (reason != REASON_VMCALL) idt_unexpected(0x3000 + reason);
    return 0;
  }
  return 1;
}

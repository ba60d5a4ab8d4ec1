// The machine of `idt-vectoring`: L1 plays a hypervisor with a policy, event by event. Between two events L2 stands at a
// VMCALL; what waits for a boundary is shown to the processor by an entry of its own, so that it decides alone.
#include "idt-vectoring.h"

static const u8 fault_vector[] = {13, 14, 0, 6, 17, 20};
static const u8 int_vector[] = {0x21, 13, 14};

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
  if (was.kind == IDT_ACTION_EOI && machine.isr) machine.isr &= ~(1u << idt_highest(machine.isr));
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
  idt_put_code(rip, code, length);
  target = rip + length;
  if (is_iret) {
    volatile u64 *frame = (volatile u64 *)rsp;
    target = frame[0];
    resumes = frame[2] & FLAG_RF;
    idt_put_code(target, 0, 0);
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
  idt_ept(PAGE_DATA_B, fault == 20 && now->cause ? 0 : is_device_read ? EPT_ABSENT : PAGE_DATA_B | EPT_ALL);
  u32 reason = idt_enter(now->meets, 0);
  // The device has answered: MOVS goes on to its write.
  if (is_device_read && reason == REASON_EPT_VIOLATION && !(field(FIELD_VECTORING) & VALID)) {
    machine.device_reads++;
    idt_ept_present(PAGE_DATA_B);
    reason = idt_enter(0, 0);
  }
  if (user) user_mode(0, rsp);
  GATE(14)[4] = 0;
  u64 at = field(FIELD_RIP);
  if (reason == REASON_VMCALL && (at & ~0xfffull) == STUBS) {
    idt_reached(rip, rsp, lost);
  } else if (reason == REASON_VMCALL) {
    if (at != target) idt_unexpected(0x4000);
    completed(resumes);
  } else if (idt_is_cut(reason)) {
    vmwrite(FIELD_RSP, rsp);
    vmwrite(FIELD_RFLAGS, field(FIELD_RFLAGS) | lost);
    idt_cut(reason);
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
    idt_unexpected(0x5000 + reason + (field(0x2400) << 16));
  }
}

static void instruction(u32 kind, u32 argument) {
  for (u32 i = 0; i < 2 * FRAMES && !words[0] && !machine.shutdown; i++) {
    idt_settle();
    if (idt_boundary()) return;
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
  idt_settle();
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
  idt_inject(information, machine.described[1], machine.described[2]);
}

static void begin(u32 argument) {
  clear_memory(&machine, sizeof machine & ~3u);
  machine.policy = argument & 3;
  for (u32 v = 0; v < 256; v++) {
    volatile u8 *gate = GATE(v);
    u64 stub = STUBS + STUB_BYTES * v;
    idt_put_code(stub, 0, 0);
    gate[0] = (u8)stub;
    gate[1] = (u8)(stub >> 8);
    gate[5] = argument & IDT_ARGUMENT_TRAP_GATES ? 0x8f : 0x8e;
    gate[6] = (u8)(stub >> 16);
    gate[7] = (u8)(stub >> 24);
    for (u32 i = 8; i < 12; i++) gate[i] = 0;
  }
  for (u32 i = 0; i < ARENA_PAGES; i++) idt_ept_present(ADDRESS_ARENA + 0x1000 * i);
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
  word[1] = idt_seen_flags(field(FIELD_RFLAGS)) | (blocking & SHADOWS) << 4 | (blocking & BLOCKED_NMI ? 64 : 0) |
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
  idt_deliveries = 0;
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
    case IDT_ACTION_ENTER: idt_give(); break;
    case IDT_ACTION_INJECT: inject_described(); break;
    default: instruction(action, argument);
  }
  show();
  return 1;
}

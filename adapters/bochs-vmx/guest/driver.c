// A driver for sequences of events: L1 whose RFLAGS.IF, blocking and interrupted contexts are variables, because the
// interpreter itself runs between two of its instructions; and the handlers of L2, which go on at a place of the stay.
#include "machine.h"

#define NMI_VECTOR 2
#define FRAMES 4
#define BLOCKING_STI 1
#define BLOCKING_MOV_SS 2
#define BLOCKED_NMI 8
#define FLAG_IF 0x200
#define ICR_NMI 0x400
#define PIN_EXTERNAL_INTERRUPT 1
#define PIN_NMI 8
#define PIN_VIRTUAL_NMIS 0x20
#define PIN_TIMER 0x40
#define FIELD_INTERRUPT_STATUS 0x0810
#define FIELD_PIN_CONTROLS 0x4000
#define FIELD_EXIT_CONTROLS 0x400c
#define EXIT_ACKNOWLEDGE 0x8000
#define FIELD_PROCESSOR_CONTROLS 0x4002
#define INTERRUPT_WINDOW 4
#define HLT_EXITING 0x80
#define MONITOR_TRAP_FLAG 0x8000000
#define FIELD_SECONDARY_CONTROLS 0x401e
#define VIRTUAL_INTERRUPT_DELIVERY 0x200
#define FIELD_ENTRY_INFORMATION 0x4016
#define DEBUG 0x301
#define FIELD_EXIT_REASON 0x4402
#define FIELD_EXIT_INFORMATION 0x4404
#define FIELD_VECTORING 0x4408
#define FIELD_INTERRUPTIBILITY 0x4824
#define FIELD_ACTIVITY 0x4826
#define FIELD_TIMER 0x482e
#define FIELD_RSP 0x681c
#define FIELD_RIP 0x681e
#define FIELD_RFLAGS 0x6820
#define VALID (1u << 31)
#define ENTRY_FAILED (1u << 31)
#define TYPE(information) ((information) >> 8 & 7)
#define TYPE_NMI 2
#define TYPE_OTHER 7
#define REASON_EXCEPTION 0
#define REASON_EXTERNAL_INTERRUPT 1
#define REASON_SIPI 4
#define REASON_EPT_VIOLATION 48
#define REASON_TIMER 52
#define HALTED 1
#define WAIT_FOR_SIPI 3

// Interrupted contexts of a level, of which only RFLAGS.IF matters.
struct frames {
  u8 flag[FRAMES];
  u32 count;
};

u8 driver_runs;
struct stay_record stay_records[STAY_RECORDS];
u32 stay_record_count;

static struct {
  u8 interrupts, blocking, blocking_before, wants_nmi, wants_iret;
  // What the processor itself has: NMIs blocked while L1 runs, one latched behind that.
  u8 nmi_blocked;
  // Bochs has kept virtual-NMI blocking from an earlier stay.
  u8 virtual_nmi_blocked;
  u8 took, taken_vector;
  struct frames level1, level2;
} driver;

// Of the stay: an injected event is still to come to its handler; where the last handler goes on; the slot of the end.
static struct {
  u32 injecting, next, end;
} stay;

static void push_frame(struct frames *frames, u8 interrupts) {
  if (frames->count == FRAMES) {
    for (u32 i = 1; i < FRAMES; i++) frames->flag[i - 1] = frames->flag[i];
    frames->count--;
  }
  frames->flag[frames->count++] = interrupts;
}

static u64 field(u32 encoding) {
  u64 value = 0;
  vmread(encoding, &value);
  return value;
}

// 1 while an NMI is held back by blocking; the code of a stay sets it before it sends one.
#define NMI_LATCHED (*(volatile u8 *)(u64)(PAGE_DRIVER + DRIVER_NMI_LATCHED))

void driver_start(void) {
  clear_memory(&driver, sizeof driver & ~3u);
  *(volatile u64 *)(u64)(PAGE_DRIVER + DRIVER_IRET) = (u64)level2_return;
  *(volatile u8 *)(u64)(PAGE_HANDLERS + HANDLER_CONTINUES) = 1;
  driver_runs = 1;
}

// From L1's stubs. They do not return by IRET, which would end blocking by NMI.
void driver_event(u32 vector) {
  if (vector == HANDLER_SPURIOUS) return;
  driver.took = 1;
  driver.taken_vector = (u8)vector;
  if (vector != NMI_VECTOR) return;
  NMI_LATCHED = 0;
  driver.nmi_blocked = 1;
}

static void unblock_nmi(void) {
  driver.nmi_blocked = 0;
  iret_to_next();
}

static void send_nmi(void) {
  NMI_LATCHED = 1;
  wrmsr(MSR_X2APIC(0x300), ICR_NMI);
}

// Bochs 2.7 asserts the interrupt of the local APIC for a vector of the class of PPR, too, and goes on asserting it when
// TPR is raised. Whoever acknowledges that gets the spurious vector, which is ignored, as it may come at any time.
static void open_window(void) {
  for (u32 i = 0; i < 2 && !driver.took; i++) asm volatile("sti; nop; nop; cli" : : : "memory");
}

// 1 where the exit is one for such an interrupt.
static int is_spurious_exit(void) {
  u64 reason = field(FIELD_EXIT_REASON);
  if (reason == REASON_EPT_VIOLATION) return (field(FIELD_VECTORING) & (VALID | 0x7ff)) == (VALID | HANDLER_SPURIOUS);
  if (reason != REASON_EXTERNAL_INTERRUPT) return 0;
  if (field(FIELD_EXIT_CONTROLS) & EXIT_ACKNOWLEDGE) return (field(FIELD_EXIT_INFORMATION) & 0xff) == HANDLER_SPURIOUS;
  u32 highest = 0;
  for (u32 i = 0; i < 8; i++) {
    u32 bits = (u32)rdmsr(MSR_X2APIC(0x200) + i);
    if (bits) highest = 32 * i + 31 - (u32)__builtin_clz(bits);
  }
  if (highest >> 4 > rdmsr(MSR_X2APIC(0xa0)) >> 4) return 0;
  open_window();
  return 1;
}

// 0, or 256 + the vector that was taken, with 512 if RFLAGS.IF was 1.
u32 driver_boundary(u32 sti_blocks_nmi) {
  u8 blocking = driver.blocking;
  driver.blocking_before = blocking;
  driver.blocking = 0;
  driver.took = 0;
  if (!(blocking & BLOCKING_MOV_SS) && !((blocking & BLOCKING_STI) && sti_blocks_nmi)) {
    if (driver.wants_iret) unblock_nmi();
    driver.wants_iret = 0;
    if (!driver.took && driver.wants_nmi) send_nmi();
    driver.wants_nmi = 0;
  }
  if (!driver.took && driver.interrupts && !blocking) open_window();
  if (!driver.took) return 0;
  u32 result = 256 + driver.taken_vector + (driver.interrupts ? 512 : 0);
  push_frame(&driver.level1, driver.interrupts);
  driver.interrupts = 0;
  return result;
}

void driver_instruction(u32 which) {
  switch (which) {
    case LEVEL1_STI:
      if (!driver.interrupts) driver.blocking = BLOCKING_STI;
      driver.interrupts = 1;
      break;
    case LEVEL1_CLI: driver.interrupts = 0; break;
    case LEVEL1_MOV_SS: driver.blocking = BLOCKING_MOV_SS; break;
    case LEVEL1_IRET:
      if (driver.level1.count) driver.interrupts = driver.level1.flag[--driver.level1.count];
      driver.wants_iret = 1;
      break;
    case LEVEL1_NMI:
      if (!NMI_LATCHED) driver.wants_nmi = 1;
      break;
  }
}

// VIRR[vector] := 1; RVI := max(RVI, vector).
void driver_pend(u32 vector) {
  u64 status = field(FIELD_INTERRUPT_STATUS);
  *(volatile u32 *)(u64)(PAGE_VIRTUAL_APIC + 0x200 + (vector >> 5) * 0x10) |= 1u << (vector & 31);
  if ((status & 0xff) < vector) vmwrite(FIELD_INTERRUPT_STATUS, (status & ~0xffull) | vector);
}

static u64 address_of_slot(u32 slot) {
  return PAGE_CODE + ((const u16 *)(u64)(PAGE_DRIVER + DRIVER_STARTS))[slot];
}

u64 resume_address;

// Where L2 is, when it is on its way there by resume_code.
static u64 settled(u64 rip) {
  return rip - (u64)resume_code < (u64)(resume_code_end - resume_code) ? resume_address : rip;
}

static u32 slot_of(u64 rip) {
  if (rip < PAGE_CODE || rip >= PAGE_CODE + DRIVER_CODE_BYTES) return STAY_NOWHERE;
  return ((const u8 *)(u64)(PAGE_DRIVER + DRIVER_SLOTS))[rip - PAGE_CODE];
}

static int is_first_of_handler(u64 rip) {
  u64 offset = rip - (u64)level2_stubs;
  return offset < 256 * 16 && offset % 16 == 0;
}

// Notes the event whose frame this is, after those at whose handlers' first instruction it came; gives where L2 goes on.
// Called by the handlers of L2, and by L1 after an exit at the first instruction of one.
u64 level2_deliver(u32 vector, const u64 *frame) {
  int has_error = !((u64)frame & 8);
  u64 error = has_error ? *frame++ : 0;
  u64 rip = settled(frame[0]), flags = frame[2];
  u32 slot;
  if (is_first_of_handler(rip)) {
    level2_deliver((u32)(rip - (u64)level2_stubs) / 16, (const u64 *)frame[3]);
    slot = stay.next;
    stay.next = slot + 1;
  } else if (stay.injecting) {
    slot = STAY_ENTRY;
    stay.next = 0;
  } else {
    slot = slot_of(rip);
    stay.next = slot + 1;
  }
  if (stay.next > stay.end) stay.next = stay.end;
  if (vector == NMI_VECTOR && !stay.injecting) NMI_LATCHED = 0;
  stay.injecting = 0;
  push_frame(&driver.level2, (flags & FLAG_IF) != 0);
  if (stay_record_count < STAY_RECORDS)
    stay_records[stay_record_count++] = (struct stay_record){vector, has_error, (u32)error, slot,
                                                             (u32)(rip - PAGE_CODE), (flags & FLAG_IF) != 0};
  return address_of_slot(stay.next);
}

// RFLAGS that an IRET of L2 leaves.
u64 level2_return_flags(u64 flags) {
  if (!driver.level2.count) return flags;
  u8 interrupts = driver.level2.flag[--driver.level2.count];
  return interrupts ? flags | FLAG_IF : flags & ~(u64)FLAG_IF;
}

// Bochs 2.7 does not let an external interrupt out of an L2 that is entered with IF = 0 before L2 has executed something
// that writes IF. In front of the first slot there is a CLI.
static int needs_prefix(u64 pin) {
  return pin & PIN_EXTERNAL_INTERRUPT && !(field(FIELD_RFLAGS) & FLAG_IF) && !(field(FIELD_INTERRUPTIBILITY) & 3) &&
         field(FIELD_ACTIVITY) == 0 && !(field(FIELD_ENTRY_INFORMATION) & VALID);
}

// VM entry ends blocking by NMI unless it sets it, or would without Bochs 2.7, which leaves it. An NMI that waits is
// left to Bochs: an IRET would let it into L1.
static int ends_nmi_blocking(u64 pin) {
  return driver.nmi_blocked && !NMI_LATCHED &&
         (pin & PIN_VIRTUAL_NMIS || !(field(FIELD_INTERRUPTIBILITY) & BLOCKED_NMI));
}

// The same for virtual-NMI blocking.
static void end_virtual_nmi_blocking(u64 pin) {
  if (!(pin & PIN_VIRTUAL_NMIS) || field(FIELD_INTERRUPTIBILITY) & BLOCKED_NMI || !driver.virtual_nmi_blocked) return;
  driver.virtual_nmi_blocked = 0;
  vmcs_probe();
}

// Whether Bochs 2.7 is known not to do as the manual says in the L2 that the VMCS has now, in ways that no step of ours
// makes up for.
static u32 deviates(u64 pin) {
  u32 information = (u32)field(FIELD_ENTRY_INFORMATION), blocking = (u32)field(FIELD_INTERRUPTIBILITY);
  u32 event = information & 0x7ff;
  int injects = (information & VALID) != 0, halted = field(FIELD_ACTIVITY) == HALTED;
  int interrupts = (field(FIELD_RFLAGS) & FLAG_IF) != 0;
  // Checks that are not made: most events do not fit into HLT; an NMI does not while virtual NMIs are blocked.
  if (injects && halted && TYPE(event) != 0 && TYPE(event) != TYPE_NMI && TYPE(event) != TYPE_OTHER && event != DEBUG)
    return STAY_UNCHECKED;
  if (injects && TYPE(event) == TYPE_NMI && pin & PIN_VIRTUAL_NMIS && blocking & BLOCKED_NMI) return STAY_UNCHECKED;
  // The control is ignored.
  if (field(FIELD_PROCESSOR_CONTROLS) & MONITOR_TRAP_FLAG) return STAY_IGNORED;
  // Entry does not end blocking by NMI, and no IRET of L1 can where an NMI waits.
  if (NMI_LATCHED && driver.nmi_blocked && (pin & PIN_VIRTUAL_NMIS || !(blocking & BLOCKED_NMI))) return STAY_IGNORED;
  // An NMI that waits for the end of the shadow of STI in L1 cannot be sent before L2 runs.
  if (driver.wants_nmi) return STAY_IGNORED;
  // External interrupts are held off by IF = 0; there is no place for the CLI in front of the first slot.
  if (pin & PIN_EXTERNAL_INTERRUPT && !interrupts && !(injects && TYPE(event) != TYPE_OTHER) &&
      (blocking & BLOCKING_MOV_SS || halted || injects))
    return STAY_IGNORED;
  // The timer waits for the end of blocking.
  if (pin & PIN_TIMER && !field(FIELD_TIMER) && blocking & 3) return STAY_IGNORED;
  // The exit that an injected MTF event makes forgets blocking.
  if (injects && TYPE(event) == TYPE_OTHER && blocking & 3) return STAY_IGNORED;
  // Interrupt windows do not end HLT, in which L2 may be by the time that one opens; nor do virtual interrupts.
  u64 controls = field(FIELD_PROCESSOR_CONTROLS), secondary = field(FIELD_SECONDARY_CONTROLS);
  int is_open = interrupts && !injects && !(blocking & 3) && !halted;
  if (controls & INTERRUPT_WINDOW && !(controls & HLT_EXITING) && !is_open) return STAY_IGNORED;
  if (halted && !injects && (controls & INTERRUPT_WINDOW || secondary & VIRTUAL_INTERRUPT_DELIVERY)) return STAY_IGNORED;
  // A virtual interrupt that is held off is delivered when an external one comes.
  if (secondary & VIRTUAL_INTERRUPT_DELIVERY && field(FIELD_INTERRUPT_STATUS) & 0xff &&
      (!interrupts || injects || blocking & 3))
    return STAY_IGNORED;
  return 0;
}

// One stay in L2, up to the exit; the last slot is a VMCALL, so that L2 comes back where nothing else brings it.
u32 driver_stay(u32 end, u64 fuel, u32 *slot, u32 *inside, u32 *deviation) {
  u64 pin = field(FIELD_PIN_CONTROLS), information = field(FIELD_ENTRY_INFORMATION);
  u8 was_blocked = driver.nmi_blocked;
  u32 deviates_inside = deviates(pin);
  *deviation = 0;
  stay_record_count = 0;
  stay.end = end;
  stay.next = 0;
  stay.injecting = information & VALID && TYPE(information) != TYPE_OTHER;
  end_virtual_nmi_blocking(pin);
  vmwrite(FIELD_RIP, needs_prefix(pin) ? PAGE_CODE : address_of_slot(0));
  vmwrite(FIELD_RSP, PAGE_STACK + STACK_TOP);
  if (ends_nmi_blocking(pin)) unblock_nmi();
  if (field(FIELD_ACTIVITY) == WAIT_FOR_SIPI) helper_send_sipi();
  u32 how = vmcs_enter(driver.blocking_before & BLOCKING_MOV_SS ? ENTRY_MOV_SS : 0, fuel);
  for (u32 i = 0; i < 16 && how == 0 && is_spurious_exit(); i++) {
    resume_address = settled(field(FIELD_RIP));
    if (pin & PIN_EXTERNAL_INTERRUPT && !(field(FIELD_RFLAGS) & FLAG_IF)) vmwrite(FIELD_RIP, (u64)resume_code);
    how = vmcs_enter(0, fuel);
  }
  u32 reason = (u32)field(FIELD_EXIT_REASON);
  *slot = STAY_ENTRY;
  *inside = 0;
  if (how != 0 || reason & ENTRY_FAILED) {
    if (was_blocked && !driver.nmi_blocked) send_nmi(); // blocks them again
  } else {
    *deviation = deviates_inside;
    u64 rip = settled(field(FIELD_RIP));
    if (is_first_of_handler(rip)) {
      level2_deliver((u32)(rip - (u64)level2_stubs) / 16, (const u64 *)field(FIELD_RSP));
      *slot = stay.next;
    } else if (!stay.injecting)
      *slot = slot_of(rip);
    u32 event = (u32)field(FIELD_EXIT_INFORMATION);
    int is_nmi = reason == REASON_EXCEPTION && event & VALID && TYPE(event) == TYPE_NMI;
    u32 interrupted = (u32)field(FIELD_VECTORING);
    int was_nmi = interrupted & VALID && TYPE(interrupted) == TYPE_NMI;
    if (is_nmi || (was_nmi && *slot != STAY_ENTRY)) NMI_LATCHED = 0;
    driver.nmi_blocked = is_nmi || (!(pin & PIN_VIRTUAL_NMIS) && field(FIELD_INTERRUPTIBILITY) & BLOCKED_NMI);
    if (pin & PIN_VIRTUAL_NMIS) driver.virtual_nmi_blocked = (field(FIELD_INTERRUPTIBILITY) & BLOCKED_NMI) != 0;
    *inside = *slot == end || reason == REASON_SIPI ||
              (reason == REASON_TIMER && (!(pin & PIN_TIMER) || field(FIELD_TIMER) != 0));
  }
  if (how == 0) {
    driver.interrupts = 0;
    driver.level1.count = 0;
  }
  return how;
}

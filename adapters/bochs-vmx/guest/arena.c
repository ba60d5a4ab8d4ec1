// The pages that a sequence can change: L2's code, stacks and tables, the EPT, the areas that a VMCS points to.
#include "machine.h"

#define PAGE 0x1000
#define LARGE_PAGE 0x200000
#define ARENA_BYTES (ARENA_PAGES * PAGE)
// Present, writable, user, accessed, dirty: no walk changes an entry.
#define GUEST_TABLE 0x67
#define GUEST_LARGE_PAGE 0xe7
// Read, write, execute; write-back.
#define EPT_TABLE 0x7
#define EPT_PAGE 0x37
#define EPT_LARGE_PAGE 0xb7

static void map(u64 pml4, u64 pdpt, u64 directory, u64 table, u64 link, u64 large, u64 small) {
  *(u64 *)pml4 = pdpt | link;
  *(u64 *)pdpt = directory | link;
  for (u64 i = 0; i < 16; i++) ((u64 *)directory)[i] = i * LARGE_PAGE | large;
  ((u64 *)directory)[ADDRESS_ARENA / LARGE_PAGE] = table | link;
  for (u64 i = 0; i < ARENA_PAGES; i++) ((u64 *)table)[i] = (ADDRESS_ARENA + i * PAGE) | small;
}

void arena_create(void) {
  clear_memory((void *)(u64)ADDRESS_ARENA, ARENA_BYTES);
  copy_memory((void *)(u64)PAGE_CODE, "\x0f\x01\xc1", 3); // VMCALL
  write_gdt_and_tss(PAGE_DESCRIPTORS, PAGE_DESCRIPTORS + 0x800, PAGE_RING0_STACK + PAGE, PAGE_IST_STACK + PAGE);
  ((u8 *)(u64)PAGE_DESCRIPTORS)[5 * 8 + 5] |= 2; // busy
  write_idt(PAGE_IDT, level2_stubs, 0);
  map(PAGE_PML4, PAGE_PDPT, PAGE_PAGE_DIRECTORY, PAGE_PAGE_TABLE, GUEST_TABLE, GUEST_LARGE_PAGE, GUEST_TABLE);
  map(PAGE_EPT_PML4, PAGE_EPT_PDPT, PAGE_EPT_DIRECTORY, PAGE_EPT_TABLE, EPT_TABLE, EPT_LARGE_PAGE, EPT_PAGE);
  copy_pages(ADDRESS_PRISTINE, ADDRESS_ARENA, ARENA_PAGES);
}

void arena_reset(void) { copy_pages(ADDRESS_ARENA, ADDRESS_PRISTINE, ARENA_PAGES); }

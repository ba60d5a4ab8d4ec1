// The second CPU: it does nothing but send a SIPI, by which alone an L2 that waits for SIPI can be left.
#include "machine.h"

#define HELPER_ID (1ull << 32)
#define ICR_INIT 0x4500
#define ICR_SIPI 0x4600

void helper_start(void) {
  copy_memory((void *)(u64)ADDRESS_HELPER, helper_code, (u64)(helper_code_end - helper_code));
}

// In a while: the helper first counts, so that the entry into L2 comes before. It finds nobody waiting if that failed.
void helper_send_sipi(void) {
  wrmsr(MSR_X2APIC(0x300), HELPER_ID | ICR_INIT);
  // The INIT has to arrive before a SIPI is heard.
  for (u32 i = 0; i < 200; i++) asm volatile("pause");
  wrmsr(MSR_X2APIC(0x300), HELPER_ID | ICR_SIPI | ADDRESS_HELPER >> 12);
}

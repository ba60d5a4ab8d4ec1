; What C cannot say: the first instructions, the way into L2 and back, and the handlers of both levels.
%include "layout.inc"

%define VMCS_HOST_RSP  0x6c14
%define MSR_X2APIC_EOI 0x80b

bits 64
default abs

extern kernel_main, level1_event, level2_deliver, level2_return_flags, driver_runs, bss_start, bss_end
global start, load_descriptors, enter_level2, leave_level2, level1_stubs, level2_stubs
extern resume_address
global resume_code, resume_code_end, probe_code, helper_code, helper_code_end, level2_return, general_registers, entry_kind, enable_wide_registers, copy_pages

section .start progbits alloc exec
start:
    mov rsp, stack_top
    cld
    mov rdi, bss_start
    mov rcx, bss_end
    sub rcx, rdi
    xor eax, eax
    rep stosb
    call kernel_main
.stop:
    hlt
    jmp .stop

section .text

; void load_descriptors(gdt_pointer, idt_pointer): CS 0x08, data 0x10, TR 0x28.
load_descriptors:
    lgdt [rdi]
    lidt [rsi]
    mov eax, 0x10
    mov ds, eax
    mov es, eax
    mov ss, eax
    xor ecx, ecx
    mov fs, ecx
    mov gs, ecx
    mov eax, 0x28
    ltr ax
    pop rax
    push 0x08
    push rax
    o64 retf

; CR4.OSFXSR and OSXSAVE; XCR0: x87, SSE, AVX, AVX-512.
enable_wide_registers:
    mov rax, cr4
    or eax, 1 << 18 | 1 << 9
    mov cr4, rax
    xor ecx, ecx
    xor edx, edx
    mov eax, 0xe7
    xsetbv
    ret

; void copy_pages(to, from, count): in Bochs ten times as fast as REP MOVSQ, which takes its time for each word.
copy_pages:
    mov eax, 4096 / 512
.part:
%assign n 0
%rep 8
    vmovdqu64 zmm%[n], [rsi + 64 * n]
%assign n n + 1
%endrep
%assign n 0
%rep 8
    vmovdqu64 [rdi + 64 * n], zmm%[n]
%assign n n + 1
%endrep
    add rsi, 512
    add rdi, 512
    dec eax
    jnz .part
    dec rdx
    jnz copy_pages
    ret

; General registers of L2, by number; RSP is a VMCS field. The offsets are 8 * number.
%macro for_general_registers 1
    %1 rcx, 1
    %1 rdx, 2
    %1 rbx, 3
    %1 rbp, 5
    %1 rsi, 6
    %1 rdi, 7
    %assign number 8
    %rep 8
    %1 r%[number], number
    %assign number number + 1
    %endrep
    %1 rax, 0
%endmacro
%macro load_general_register 2
    mov %1, [general_registers + 8 * %2]
%endmacro
%macro store_general_register 2
    mov [general_registers + 8 * %2], %1
%endmacro

; unsigned enter_level2(void): 0 after an exit, 1 after VMfailInvalid, 2 after VMfailValid.
enter_level2:
    push rbx
    push rbp
    push r12
    push r13
    push r14
    push r15
    mov eax, VMCS_HOST_RSP
    vmwrite rax, rsp
    cmp byte [entry_kind], 1
    for_general_registers load_general_register
    je launch
    ja behind_mov_ss
    vmresume
    jmp failed
launch:
    vmlaunch
    jmp failed
behind_mov_ss:
    cmp byte [entry_kind], 3
    je .launch
    mov ss, [data_selector]
    vmresume
    jmp failed
.launch:
    mov ss, [data_selector]
    vmlaunch
failed:
    mov eax, 1
    jc back
    mov eax, 2
    jmp back
leave_level2:                          ; HOST_RIP
    for_general_registers store_general_register
    xor eax, eax
back:
    pop r15
    pop r14
    pop r13
    pop r12
    pop rbp
    pop rbx
    ret

; One stub of 16 bytes per vector: the vector is pushed and the common part does the rest. Delivery aligns RSP to 16
; and pushes five or, with an error code, six words: behind the vector, RSP & 8 is set where there is an error code.
%macro stubs 1
    align 16
    %assign vector 0
    %rep 256
    push vector
    jmp %1
    align 16
    %assign vector vector + 1
    %endrep
%endmacro

    align 16
level1_stubs: stubs level1_common

; level1_event(vector, error code, has error code); it does not come back from an exception.
level1_common:
    push rax
    push rcx
    push rdx
    push rsi
    push rdi
    push r8
    push r9
    push r10
    push r11
    mov edi, [rsp + 72]
    mov rsi, [rsp + 80]
    xor edx, edx
    test esp, 8                        ; nine registers were pushed since
    setz dl
    cld
    call level1_event
    pop r11
    pop r10
    pop r9
    pop r8
    pop rdi
    pop rsi
    pop rdx
    pop rcx
    pop rax
    add rsp, 8
    cmp byte [driver_runs], 0
    jne .without_iret
    iretq
; Back without IRET, which would end blocking by NMI; with IF = 0, so that one boundary takes one interrupt. Nothing is
; below the stack pointer of what was interrupted.
.without_iret:
    mov [interrupted_rax], rax
    mov rax, [rsp]
    mov [interrupted_rip], rax
    push qword [rsp + 16]
    and qword [rsp], ~0x200
    popfq
    mov rax, [interrupted_rax]
    mov rsp, [rsp + 24]
    jmp [interrupted_rip]

section .level2_stubs progbits alloc exec align=4096
level2_stubs: stubs level2_common

section .text

; Writes one record of eight words (vector and whether there is an error code, CS, SS; error code; RIP; RFLAGS; RSP;
; CR2; DR6), then does what the actions of the vector say. Runs in L2.
level2_common:
    cmp byte [PAGE_HANDLERS + HANDLER_CONTINUES], 0
    jne level2_continue
    push rax
    push rcx
    push rdx
    push rbx
    push rdi
    mov edx, [rsp + 40]
    movzx edx, dl
    lea rbx, [rsp + 48]                ; the error code or RIP
    movzx eax, byte [PAGE_HANDLERS + HANDLER_ACTIONS + rdx]
    mov rdi, [PAGE_HANDLERS + HANDLER_COUNT]
    cmp rdi, HANDLER_CAPACITY
    jb .fits
    mov qword [PAGE_HANDLERS + HANDLER_OVERFLOW], 1
    xor edi, edi
.fits:
    inc qword [PAGE_HANDLERS + HANDLER_COUNT]
    shl edi, 6
    add rdi, PAGE_RECORDS
    xor ecx, ecx
    mov [rdi + 8], rcx
    mov [rdi + 48], rcx
    test esp, 8                        ; five registers were pushed since
    jnz .no_error_code
    mov rcx, [rbx]
    mov [rdi + 8], rcx
    add rbx, 8
    bts edx, 8
.no_error_code:
    mov rcx, [rbx]
    mov [rdi + 16], rcx
    mov rcx, [rbx + 16]
    mov [rdi + 24], rcx
    mov rcx, [rbx + 24]
    mov [rdi + 32], rcx
    movzx ecx, word [rbx + 8]
    shl rcx, 16
    or rdx, rcx
    movzx ecx, word [rbx + 32]
    shl rcx, 32
    or rdx, rcx
    mov [rdi], rdx
    mov rcx, cr2
    mov [rdi + 40], rcx
    test al, ACTION_DR6
    jz .no_dr6
    mov rcx, dr6
    mov [rdi + 48], rcx
.no_dr6:
    mov edi, eax
    test al, ACTION_EOI
    jz .no_eoi
    mov ecx, MSR_X2APIC_EOI
    xor eax, eax
    xor edx, edx
    wrmsr
.no_eoi:
    mov eax, edi
    shr eax, ACTION_SKIP_SHIFT
    add [rbx], rax
    mov [rsp + 40], rbx                ; in place of the vector: where RIP is
    test edi, ACTION_QUIET
    pop rdi
    pop rbx
    pop rdx
    pop rcx
    pop rax
    jnz .return
    vmcall
.return:
    mov rsp, [rsp]
    iretq

; The handler of a stay: it notes the event and goes on where level2_deliver says, without IRET. R8 is what the code of
; a stay loads SS from.
level2_continue:
    cmp byte [rsp], HANDLER_SPURIOUS
    je .spurious
    movzx edi, byte [rsp]
    lea rsi, [rsp + 8]
    call level2_deliver
    mov rsp, PAGE_STACK + STACK_TOP
    mov r8d, 0x10
    jmp rax

; Back without IRET, which would end blocking by NMI. Nothing is below the stack pointer of what was interrupted, and RSI
; and RDI are nobody's.
.spurious:
    mov rsi, [rsp + 8]
    mov rdi, [rsp + 32]
    push qword [rsp + 24]
    popfq
    mov rsp, rdi
    jmp rsi

; IRET to RDX with the IF of the last interrupted context.
level2_return:
    push rdx
    pushfq
    pop rdi
    call level2_return_flags
    pop rdx
    mov r8d, 0x10
    push r8
    push PAGE_STACK + STACK_TOP
    push rax
    push 0x08
    push rdx
    iretq

; To where L2 was, behind a CLI that makes Bochs look at external interrupts.
resume_code:
    cli
    jmp [resume_address]
resume_code_end:

; L2 of vmcs_probe.
probe_code:
    mov ecx, ss
    mov rdx, rsp
    push rcx
    push rdx
    pushfq
    push 0x08
    push .next
    iretq
.next:
    vmcall

; The second CPU, copied to where it starts: in real mode, once each time.
section .rodata
helper_code:
bits 16
    cli
    mov ecx, 0x1b                      ; IA32_APIC_BASE: x2APIC mode
    rdmsr
    or ax, 0xc00
    wrmsr
    mov ecx, 300
.wait:
    nop
    a32 loop .wait
    mov ecx, 0x830                     ; ICR: SIPI to APIC id 0
    xor edx, edx
    mov eax, 0x4610
    wrmsr
.stop:
    hlt
    jmp .stop
bits 64
helper_code_end:

section .data
data_selector: dw 0x10

section .bss align=4096
    resb 0x4000
stack_top:
general_registers: resq 16
interrupted_rax: resq 1
interrupted_rip: resq 1
entry_kind: resb 1

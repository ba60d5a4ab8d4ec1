; The ROM: from the reset vector to 64-bit mode, then to the hypervisor, which Bochs has put into RAM.
%include "layout.inc"

%define ROM_BASE     0xffff0000
%define TABLES       0x10000           ; PML4, PDPT, four page directories: 4 GiB in pages of 2 MiB
%define MSR_EFER     0xc0000080
%define EFER_LME     1 << 8
%define CR4_PAE      1 << 5
%define CR0_PG_NE_PE 0x80000021

bits 16
org 0

start:
    cli
    o32 lgdt [cs:gdt_pointer]
    mov eax, cr0
    or al, 1
    mov cr0, eax
    jmp dword 0x08:ROM_BASE + protected

bits 32
protected:
    mov ax, 0x10
    mov ds, ax
    mov es, ax
    mov ss, ax
    cld
    mov edi, TABLES
    xor eax, eax
    mov ecx, 6 * 1024
    rep stosd
    mov dword [TABLES], TABLES + 0x1003
    mov edi, TABLES + 0x2000
    mov eax, 0x83                      ; present, writable, 2 MiB
    mov ecx, 4 * 512
.page:
    mov [edi], eax
    add edi, 8
    add eax, 0x200000
    loop .page
    mov eax, TABLES + 0x2003
    mov edi, TABLES + 0x1000
    mov ecx, 4
.directory:
    mov [edi], eax
    add edi, 8
    add eax, 0x1000
    loop .directory
    mov eax, CR4_PAE
    mov cr4, eax
    mov eax, TABLES
    mov cr3, eax
    mov ecx, MSR_EFER
    rdmsr
    or eax, EFER_LME
    wrmsr
    mov eax, CR0_PG_NE_PE
    mov cr0, eax
    jmp 0x18:ROM_BASE + long_mode

bits 64
long_mode:
    mov eax, ADDRESS_KERNEL
    jmp rax

align 8
gdt:
    dq 0
    dq 0x00cf9b000000ffff              ; 0x08: code, 32 bits
    dq 0x00cf93000000ffff              ; 0x10: data
    dq 0x00af9b000000ffff              ; 0x18: code, 64 bits
gdt_pointer:
    dw gdt_pointer - gdt - 1
    dd ROM_BASE + gdt

times 0xfff0 - ($ - $$) db 0
bits 16
    jmp start
times 0x10000 - ($ - $$) db 0

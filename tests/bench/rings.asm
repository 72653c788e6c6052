; Protected mode without paging: a call gate with parameters, far calls inside a ring, segment loads and far pointers,
; trap and interrupt gates with PUSHA, and ring 3 that may use CLI, STI, PUSHF, POPF and ports.
%define MORE_DESCRIPTORS dw gated, 8, 0EC02h, 1
%include "pm.inc"
        pm
        lidt [10000h + idtr]
        tss_at 90000h
        mov word [10000h + tss + 102], 68h
        push dword 23h
        push dword 80000h
        push dword 3002h                ; IOPL 3
        push dword 1Bh
        push dword 10000h + user
        iret
user:   mov ax, 23h
        mov ds, ax
        mov es, ax
        xor ebx, ebx
.again: mov esi, 40
.inner: push ebx
        push esi
        call 33h:0                      ; gate: ring 0 adds the parameters
        add ebx, eax
        call 1Bh:(10000h + far_sub)
        pushfd
        cli
        lfs edx, [10000h + pointer]
        add ebx, [fs:edx]
        lgs edx, [10000h + pointer]
        sti
        popfd
        int 31h
        mov ecx, es
        mov es, ecx
        push ds
        push es
        pop ds
        pop es
        dec esi
        jnz .inner
        int 30h
        jmp .again
far_sub:
        lea ecx, [ebx+esi]
        shr ecx, 3
        xor ebx, ecx
        retf
gated:  push ebp
        mov ebp, esp
        mov eax, [ebp+12]
        add eax, [ebp+16]
        pop ebp
        retf 8
trap:   pusha
        push ds
        push es
        mov ax, 10h
        mov ds, ax
        mov es, ax
        add [10000h + cell], ebx
        pop es
        pop ds
        popa
        iret
kernel: mov ax, 10h
        mov ds, ax
        inc dword [10000h + calls]
        test dword [10000h + calls], 0FFh
        jz .pass
.on:    mov ax, 23h
        mov ds, ax
        iret
.pass:  repeat32 .on
align 8
idt:    times 30h dq 0
        dw kernel, 8, 0EE00h, 1
        dw trap, 8, 0EF00h, 1
idtr:   dw $ - idt - 1
        dd 10000h + idt
align 128
pointer: dd 10000h + cell
        dw 23h
cell:   dd 1
calls:  dd 0
tss:    times 27 dd 0

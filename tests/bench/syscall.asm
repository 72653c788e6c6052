; Ring 3 calls ring 0 through an interrupt gate and comes back, with a little work on both sides; paged.
%include "pm.inc"
        pm
        paging
        lidt [10000h + idtr]
        tss_at 90000h
        push dword 23h
        push dword 80000h
        push dword 2
        push dword 1Bh
        push dword 10000h + user
        iret
user:   mov ax, 23h
        mov ds, ax
.again: mov ecx, 8
.work:  add eax, ecx
        xor ebx, eax
        dec ecx
        jnz .work
        int 30h
        jmp .again
kernel: push ds
        push eax
        mov ax, 10h
        mov ds, ax
        inc dword [10000h + calls]
        test dword [10000h + calls], 0FFFFh
        jz .pass
.on:    pop eax
        pop ds
        iret
.pass:  repeat32 .on
align 8
idt:    times 30h dq 0
        dw kernel, 8, 0EE00h, 1         ; 10000h + kernel
idtr:   dw $ - idt - 1
        dd 10000h + idt
align 128
calls:  dd 0
tss:    times 26 dd 0

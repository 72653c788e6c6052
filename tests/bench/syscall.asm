; Ring 3 calls ring 0 through an interrupt gate and comes back, with a little work on both sides; paged.
%include "pm.inc"
        pm
        paging
        lidt [10000h + idtr]
        mov eax, 10000h + tss           ; a TSS for the ring 0 stack
        mov word [10000h + tss_d], 67h
        mov [10000h + tss_d + 2], ax
        shr eax, 16
        mov [10000h + tss_d + 4], al
        mov byte [10000h + tss_d + 5], 89h
        mov [10000h + tss_d + 7], ah
        mov ax, 28h
        ltr ax
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
        pop eax
        pop ds
        iret
align 8
idt:    times 30h dq 0
        dw kernel, 8, 0EE00h, 1         ; 10000h + kernel
idtr:   dw $ - idt - 1
        dd 10000h + idt
calls:  dd 0
tss:    dd 0, 90000h, 10h
        times 26 dd 0

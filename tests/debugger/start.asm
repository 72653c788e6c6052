; The multiboot header and entry of kernel.c.
        bits 32
        section .text
        align 4
        dd      0x1badb002, 0, -0x1badb002
        global  start
        extern  kmain
start:  mov     esp, stack
        xor     ebp, ebp
        call    kmain
        section .bss
        resb    4096
stack:
        section .note.GNU-stack noalloc noexec nowrite progbits

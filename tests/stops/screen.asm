; A boot sector that writes Hello on the screen through the BIOS. Symbols are looked up in the map that nasm writes.
        org     0x7c00
[map symbols brief screen.map]
        xor     ax, ax
        mov     ds, ax
        mov     si, text
next:   lodsb
        mov     ah, 0x0e
        int     0x10
        cmp     byte [si], 0
        jne     next
over:   jmp     over
text:   db      'Hello', 0
        times   510 - ($ - $$) db 0
        dw      0xaa55

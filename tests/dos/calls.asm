; INT 21h without a DOS: the handler fails with error 2 if BX is 0BADh, else it returns AX = 5. What is called, the test sets with the
; debugger.
        org     0x7c00
[map symbols brief calls.map]
start:  xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     word [0x21 * 4], int21
        mov     [0x21 * 4 + 2], ax
call21: int     0x21
back:   jmp     call21
int21:  push    bp
        mov     bp, sp
        and     byte [bp + 6], 0xfe
        mov     ax, 5
        cmp     bx, 0xbad
        jne     done
        mov     ax, 2
        or      byte [bp + 6], 1
done:   pop     bp
        iret
        times   0x100 - ($ - $$) db 0
path:   db      'C:\DOS\A.TXT', 0               ; 7D00h
        times   0x120 - ($ - $$) db 0
other:  db      'B.TXT', 0                      ; 7D20h
        times   0x140 - ($ - $$) db 0
text:   db      'Hello', 13, 10, '$ and more'   ; 7D40h
        times   0x160 - ($ - $$) db 0
fcb:    db      2, 'README  TXT'                ; 7D60h
        times   0x180 - ($ - $$) db 0
efcb:   db      0xff, 0, 0, 0, 0, 0, 8, 3, 'VOLUME     ' ; 7D80h
        times   0x1a0 - ($ - $$) db 0
dta:    times   0x1e db 0                       ; 7DA0h: a found file's name is at 1Eh
        db      'FOUND.EXE', 0
        times   0x1d0 - ($ - $$) db 0
line:   db      20, 3, 'dir', 13                ; 7DD0h
        times   510 - ($ - $$) db 0
        dw      0xaa55

; A boot sector that waits in the way that WAIT names, and counts how often what it waited for has come. Some of the loops
; can be passed over, those that never come back to the same state cannot.
        bits 16
        org 7C00h
        xor ax, ax
        mov ds, ax
        mov ss, ax
        mov sp, 7C00h
%define found inc dword [500h]

%ifidn WAIT, halt
again:  sti
        hlt
        found
        jmp again
%elifidn WAIT, bios                     ; a prompt's way: is there a key? has the time changed?
again:  mov ah, 1
        int 16h
        jnz .key
        mov ax, [46Ch]
        cmp ax, bx
        je again
        mov bx, ax
        found
        jmp again
.key:   mov ah, 0
        int 16h
        jmp again
%elifidn WAIT, dos                      ; INT 28h as well, with a handler that does nothing
        mov word [28h * 4], idle
        mov [28h * 4 + 2], cs
again:  int 28h
        mov ax, [46Ch]
        cmp ax, bx
        je again
        mov bx, ax
        found
        jmp again
idle:   iret
%elifidn WAIT, key
again:  in al, 60h
        cmp al, bl
        je again
        mov bl, al
        found
        jmp again
%elifidn WAIT, key_status               ; interrupts off, one pending
        cli
again:  in al, 64h
        test al, 1
        jz again
        in al, 60h
        found
        jmp again
%elifidn WAIT, retrace                  ; a game: draws, then waits for the retrace
        mov dx, 3DAh
again:  in al, dx
        test al, 8
        jnz again
.begin: in al, dx
        test al, 8
        jz .begin
        found
        mov cx, 2000
        loop $
        jmp again
%elifidn WAIT, line
        mov dx, 3DAh
again:  in al, dx
        test al, 1
        jz again
.show:  in al, dx
        test al, 1
        jnz .show
        found
        jmp again
%elifidn WAIT, serial
        mov dx, 3FDh
again:  in al, dx
        test al, 1
        jz again
        mov dx, 3F8h
        in al, dx
        found
        mov dx, 3FDh
        jmp again
%elifidn WAIT, counted                  ; how long is a frame? never twice the same
        mov dx, 3DAh
again:  in al, dx
        inc dword [504h]
        test al, 8
        jz again
.end:   in al, dx
        test al, 8
        jnz .end
        found
        jmp again
%endif
        times 510 - ($ - $$) db 0
        dw 0AA55h

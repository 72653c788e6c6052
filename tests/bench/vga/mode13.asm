; Mode 13h as games draw: fills by dwords, words and bytes, columns, a masked sprite, a scrolled screen.
%include "vga/screen.inc"
        bits 16
        org 0
        mov ax, 13h
        int 10h
        start_
        mov ax, cs
        mov ds, ax
        mov ax, 0A000h
        mov es, ax
        mov fs, ax
        cld
again:  mov eax, ebx                    ; the whole screen
        xor di, di
        mov cx, 16000
        rep stosd
        mov di, 320 * 20 + 7            ; spans at odd places
        mov dx, 60
.span:  mov cx, 101
        rep stosw
        add di, 320 - 202
        dec dx
        jnz .span
        mov di, 150                     ; columns of single bytes
        mov dx, 40
.column: mov cx, 200
        push di
.dot:   mov [es:di], al
        add di, 320
        inc al
        loop .dot
        pop di
        inc di
        dec dx
        jnz .column
        mov bp, 30                      ; a sprite of 16 x 16 with a transparent color
.sprite: imul di, bp, 321
        mov si, sprite
        mov dl, 16
.row:   mov cx, 16
.pixel: lodsb
        test al, al
        jz .skip
        mov [es:di], al
.skip:  inc di
        loop .pixel
        add di, 304
        dec dl
        jnz .row
        dec bp
        jnz .sprite
        push ds                         ; up by one line
        push es
        pop ds
        mov si, 320
        xor di, di
        mov cx, 32000 - 160
        rep movsw
        pop ds
        mov si, 63999                   ; and read back
        mov cx, 2000
.sum:   add bl, [fs:si]
        rol ebx, 1
        sub si, 31
        loop .sum
        repeat_screen again
        align 128
sprite:
%assign k 0
%rep 256
        db (k * 7 >> 2) & 63 & -((k >> 1) & 1)
    %assign k k + 1
%endrep

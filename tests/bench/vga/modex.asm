; Mode X: the four planes through the map mask, fills of four pixels at a time, copies through the latches, a pixel at a time.
%include "vga/screen.inc"
        bits 16
        org 0
        mov ax, 13h
        int 10h
        mov dx, 3C4h                    ; chain 4 and odd/even off
        mov ax, 604h
        out dx, ax
        mov dx, 3D4h                    ; bytes instead of dwords
        mov ax, 14h
        out dx, ax
        mov ax, 0E317h
        out dx, ax
        start_
        mov ax, 0A000h
        mov es, ax
        mov ds, ax
        cld
again:  mov dx, 3C4h
        mov ax, 0F02h                   ; all planes
        out dx, ax
        mov eax, ebx
        xor di, di
        mov cx, 4000
        rep stosd
        mov bp, 4                       ; one after the other
.plane: mov ax, 102h
        mov cx, bp
        dec cx
        shl ah, cl
        out dx, ax
        mov di, 80 * 40 + 3
        mov si, 100
.line:  mov cx, 37
        mov al, cl
        rep stosb
        add di, 80 - 37
        dec si
        jnz .line
        dec bp
        jnz .plane
        mov dx, 3CEh                    ; through the latches, a screen away
        mov ax, 105h
        out dx, ax
        mov dx, 3C4h
        mov ax, 0F02h
        out dx, ax
        xor si, si
        mov di, 16000
        mov cx, 16000
        rep movsb
        mov dx, 3CEh
        mov ax, 5
        out dx, ax
        mov si, 2000                    ; pixels here and there
.dots:  imul di, si, 40503
        and di, 3FFFh
        mov cx, si
        and cl, 3
        mov ax, 102h
        shl ah, cl
        mov dx, 3C4h
        out dx, ax
        mov [di], al
        dec si
        jnz .dots
        mov dx, 3CEh
        mov ax, 204h                    ; plane 2 is read
        out dx, ax
        mov si, 31999
        mov cx, 1000
.sum:   add bl, [si]
        rol ebx, 1
        sub si, 31
        loop .sum
        repeat_screen again

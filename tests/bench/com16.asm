; A .COM-like program: one segment for code, data and stack, variables between the procedures that use them, near and far
; calls, string instructions, a shell sort, BCD and rotates.
%include "bench.inc"
        bits 16
        org 0
        start_
        cli
        cld
        mov ax, cs
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 0FFF0h
again:  mov word [turns], 20
.turn:  call fill
        call sort
        call score
        call 1000h:print
        dec word [turns]
        jnz .turn
        repeat16 again
turns:  dw 0
seed:   dw 1
fill:   mov di, array
        mov cx, 48
.next:  mov ax, [seed]
        mov dx, 25173
        mul dx
        add ax, 13849
        mov [seed], ax
        stosw
        loop .next
        ret
gap:    dw 0
sort:   mov word [gap], 16
.gaps:  mov cx, [gap]
        add cx, cx
        mov si, cx
.next:  mov ax, [array + si]
        mov di, si
.down:  mov bx, di
        mov dx, [gap]
        add dx, dx
        sub bx, dx
        jc .place
        cmp [array + bx], ax
        jbe .place
        mov dx, [array + bx]
        mov [array + di], dx
        mov di, bx
        jmp .down
.place: mov [array + di], ax
        add si, 2
        cmp si, 96
        jb .next
        shr word [gap], 1
        jnz .gaps
        ret
total:  dw 0, 0
score:  push bp
        mov bp, sp
        sub sp, 4
        mov word [bp-2], 0
        mov si, array
        mov cx, 48
.next:  lodsw
        add [total], ax
        adc word [total + 2], 0
        rcl ax, 1
        xor [bp-2], ax
        mov bx, ax
        and bx, 15
        mov al, [digits + bx]
        xchg [bp-3], al
        loop .next
        mov ax, [bp-2]
        mov sp, bp
        pop bp
        ret
digits: db '0123456789ABCDEF'
text:   times 8 db 0
print:  mov ax, [total]
        mov bx, 10
        mov di, text + 7
.digit: xor dx, dx
        div bx
        add dl, '0'
        mov [di], dl
        dec di
        test ax, ax
        jnz .digit
        mov al, [text + 7]
        add al, 5
        daa
        mov bx, digits
        and al, 15
        xlatb
        retf
array:  times 48 dw 0

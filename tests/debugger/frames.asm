; Calls of every kind, each with a frame: near, far, an interrupt. `bt` is asked in the innermost. Symbols: the map that nasm writes.
        org 0x7c00
[map symbols brief frames.map]
start:  xor ax,ax
        mov ss,ax
        mov sp,0x7000
        mov ds,ax
        mov word [0x60*4], handler
        mov [0x60*4+2], ax
        mov bp,0
        call near1
n0:     hlt
near1:  push bp
        mov bp,sp
        call 0x07c0:far1-0x7c00
n1:     pop bp
        ret
far1:   push bp
        mov bp,sp
        int 0x60
n2:     pop bp
        retf
handler: push bp
        mov bp,sp
        call near2
n3:     pop bp
        iret
near2:  push bp
        mov bp,sp
stop:   nop
        pop bp
        ret

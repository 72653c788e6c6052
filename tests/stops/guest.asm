; A guest that gives every kind of stop something to stop at: real mode at 0:7C00, a timer interrupt, serial output, text on the
; screen, an MSR, protected mode with handlers for #GP and #PF, virtual-8086 mode is left out, and a triple fault at the end.
; Symbols are looked up in the map that nasm writes.
        bits 16
        org 0x7c00
[map symbols brief guest.map]
start:  xor     ax, ax
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        mov     sp, 0x7c00
        mov     word [0x21 * 4], int21
        mov     word [0x21 * 4 + 2], ax
        mov     word [0 * 4], divide
        mov     word [0 * 4 + 2], ax
        mov     word [8 * 4], timer
        mov     word [8 * 4 + 2], ax
        mov     cx, 5
again:  call    count
        loop    again
counted:mov     ah, 0x2c
        int     0x21
        mov     ah, 9
        int     0x21
called: mov     byte [0x5000], 0x42
wrote:  mov     al, [0x5001]
read1:  mov     eax, [0x50fe]           ; reads 50FEh to 5101h
read4:  mov     si, 0x5000
        mov     di, 0x5200
        mov     cx, 8
copy:   rep movsb
moved:  mov     bl, 0
        div     bl
divided:xchg    bx, bx
        mov     dx, 0x3fb
        mov     al, 0x83                ; divisor latch
        out     dx, al
latch:  mov     al, 1
        mov     dl, 0xf8
        out     dx, al
        mov     al, 3
        mov     dl, 0xfb
        out     dx, al
        in      al, dx
lcr:    mov     dl, 0xf8
        mov     al, 'H'
        out     dx, al
        mov     cx, 20000
wait1:  loop    wait1
        mov     al, 'i'
        out     dx, al
sent:   mov     cx, 40000
wait2:  loop    wait2
        mov     al, 0x11                ; the first interrupt controller: vectors 8 to 15
        out     0x20, al
        mov     al, 8
        out     0x21, al
        mov     al, 4
        out     0x21, al
        mov     al, 1
        out     0x21, al
        mov     al, 0xfe
        out     0x21, al
        mov     al, 0x34
        out     0x43, al
        mov     al, 100
        out     0x40, al
        mov     al, 0
        out     0x40, al
        sti
        hlt
woken:  cli
        mov     ecx, 0x10               ; time-stamp counter
        mov     eax, 1000
        xor     edx, edx
        wrmsr
msr:    mov     eax, 0x7000
        mov     dr0, eax
dr:     lgdt    [gdtr]
        lidt    [idtr]
        mov     eax, cr0
        or      al, 1
        mov     cr0, eax
switch: jmp     dword 8:wide
count:  push    bp
        mov     bp, sp
        inc     word [0x5002]
        pop     bp
        ret
int21:  push    ax
        pop     ax
        iret
timer:  push    ax
        mov     al, 0x20
        out     0x20, al
        pop     ax
        iret
divide: push    bp
        mov     bp, sp
        add     word [bp + 2], 2
        pop     bp
        iret
        bits 32
wide:   mov     eax, 16
        mov     ds, eax
        mov     es, eax
        mov     ss, eax
        mov     esp, 0x9000
        mov     edi, 0x10000
        mov     ecx, 2048
        xor     eax, eax
        rep stosd
        mov     dword [0x10000], 0x11007
        mov     dword [0x11000 + 5 * 4], 0x5007
        mov     dword [0x11000 + 7 * 4], 0x7007
        mov     dword [0x11000 + 8 * 4], 0x8007
        mov     dword [0x11000 + 0x10 * 4], 0x10007
        mov     dword [0x11000 + 0x11 * 4], 0x11007
        mov     dword [0x11000 + 0x40 * 4], 0x5007
        mov     eax, 0x10000
        mov     cr3, eax
cr3set: mov     eax, cr0
        or      eax, 0x80000000
        mov     cr0, eax
paged:  mov     byte [0x40004], 0x24    ; physical 5004h by another name
alias:  mov     eax, [0x50000]          ; not present
nopage: mov     fs, eax                 ; beyond the descriptor table
nosel:  lidt    [none]
        mov     dword [0x50000], 1
gp:     mov     dword [esp + 4], nosel
        add     esp, 4                  ; the error code
        iretd
pf:     mov     eax, 0x1230
        mov     dword [esp + 4], nopage
        add     esp, 4
        iretd
        align   8
gdt:    dq      0, 0x00cf9a000000ffff, 0x00cf92000000ffff
gdtr:   dw      23
        dd      gdt
idt:    times 13 dq 0
        dw      gp, 8, 0x8e00, 0, pf, 8, 0x8e00, 0
idtr:   dw      15 * 8 - 1
        dd      idt
none:   dw      0
        dd      0
        times   $$ + 0x400 - $ db 0

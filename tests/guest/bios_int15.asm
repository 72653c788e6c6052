; INT 15h: configuration, memory sizes, block moves, protected mode, timed waits, pointing device,
; power management.

%include "bios_test.inc"

BUF     equ 2000h
MAPBUF  equ 3000h

MARK    equ 600h                        ; RAM that POST leaves alone

tests:
        cmp word [MARK], 5A5Ah          ; the reset at the end came out as a fresh start: QEMU clears
        mov word [MARK], 0              ; CMOS 0Fh itself
        jne .fresh
        stc
        NO_CARRY 'return by shutdown code 0Ah'
        ret
.fresh:
        mov ah, 0C0h
        int 15h
        NO_CARRY 'configuration'
        mov ax, [es:bx + 2]
        IS ax, 01FCh, 'configuration: model'
        IS_BITS word [es:bx + 5], 0074h, 0074h, 'configuration: features'
        mov ah, 0C1h
        int 15h
        NO_CARRY 'EBDA'
        mov ax, es
        IS word [BDA + 0Eh], 9FC0h, 'EBDA: segment in the BDA'
        cmp ax, [BDA + 0Eh]
        ZERO 'EBDA: same segment'
        int 12h
        IS ax, 639, 'base memory'
        mov ah, 77h
        int 15h
        CARRY 'unknown function'
        IS_BITS ax, 0FF00h, 8600h, 'unknown function: status'
        mov ax, 4F1Eh
        stc
        int 15h
        CARRY 'keyboard intercept'
        IS ax, 4F1Eh, 'keyboard intercept: key untouched'
        mov ax, 9000h
        int 15h
        NO_CARRY 'device busy'
        mov ax, 5300h
        xor bx, bx
        int 15h
        NO_CARRY 'APM'
        IS ax, 0102h, 'APM: version'
        IS bx, 504Dh, 'APM: signature'
        mov ax, 5305h
        int 15h
        NO_CARRY 'APM: idle returns'

        call waits
        call mouse
        call is_286
        jz .small
        call memory
        call is_386
        jz .old
        call map
.old:
        call protected
.small:
        xor ax, ax
        mov es, ax
        ret

; 0.25 s by 86h, 0.1 s by 83h, against the tick count.
waits:
        call tick
        mov ah, 86h
        mov cx, 3                       ; 250,000 us
        mov dx, 0D090h
        int 15h
        NO_CARRY 'wait'
        mov ax, [BDA + 6Ch]
        sub ax, bx
        sub ax, 4                       ; 4.55 ticks, after an edge: 4 or 5
        IS_BITS ax, 0FFFEh, 0, 'wait: time passed'
        mov byte [flag], 0
        xor ax, ax
        mov es, ax
        call tick
        push bx
        mov ax, 8300h
        mov bx, flag
        mov cx, 1
        mov dx, 86A0h
        int 15h
        NO_CARRY 'event'
        mov ax, 8300h
        int 15h
        CARRY 'event: only one at a time'
.hlt:
        hlt
        test byte [flag], 80h
        jz .hlt
        pop bx
        mov ax, [BDA + 6Ch]
        sub ax, bx
        dec ax                          ; 1.82 ticks
        IS_BITS ax, 0FFFEh, 0, 'event: time passed'
        mov ax, 8300h
        mov bx, flag
        mov cx, 100
        int 15h
        NO_CARRY 'event to be cancelled'
        mov ax, 8301h
        int 15h
        NO_CARRY 'event cancelled'
        ret
flag:   db 0

; Wait for a tick; BX = count.
tick:
        mov bx, [BDA + 6Ch]
.same:
        hlt
        cmp bx, [BDA + 6Ch]
        je .same
        mov bx, [BDA + 6Ch]
        ret

mouse:
        int 11h
        test al, 4
        jz .none
        mov ax, 0C205h
        mov bh, 3
        int 15h
        NO_CARRY 'mouse: initialize'
        mov ax, 0C201h
        int 15h
        NO_CARRY 'mouse: reset'
        IS bx, 00AAh, 'mouse: reset answer'
        mov ax, 0C204h
        mov bh, 0FFh
        int 15h
        IS_BITS bx, 0FF00h, 0, 'mouse: type'
        mov ax, 0C202h
        mov bh, 7
        int 15h
        CARRY 'mouse: bad rate'
        IS_BITS ax, 0FF00h, 0200h, 'mouse: bad rate: status'
        mov ax, 0C202h
        mov bh, 4                       ; 80 per second
        int 15h
        NO_CARRY 'mouse: rate'
        mov ax, 0C203h
        mov bh, 3
        int 15h
        NO_CARRY 'mouse: resolution'
        mov ax, 0C206h
        mov bh, 2
        int 15h
        NO_CARRY 'mouse: scaling'
        mov ax, 0C206h
        mov bh, 0
        int 15h
        NO_CARRY 'mouse: status'
        IS_BITS bx, 0070h, 0010h, 'mouse: status: off, 2:1'
        IS_BITS cx, 00FFh, 0003h, 'mouse: status: resolution'
        IS_BITS dx, 00FFh, 80, 'mouse: status: rate'
        mov ax, 0C200h
        mov bh, 1
        int 15h
        CARRY 'mouse: on without handler'
        IS_BITS ax, 0FF00h, 0500h, 'mouse: on without handler: status'
        push cs
        pop es
        mov bx, handler
        mov ax, 0C207h
        int 15h
        NO_CARRY 'mouse: handler'
        mov ax, 0C200h
        mov bh, 1
        int 15h
        NO_CARRY 'mouse: on'
        mov bl, 09h                     ; a packet, by the 8042's command D3h
        call send
        mov bl, 05h
        call send
        mov bl, 0FEh
        call send
        mov cx, 4
.wait:
        hlt
        cmp word [packets], 1
        je .came
        loop .wait
.came:
        IS word [packets], 1, 'mouse: handler called'
        IS word [packet], 0009h, 'mouse: buttons'
        IS word [packet + 2], 0005h, 'mouse: x'
        IS word [packet + 4], 00FEh, 'mouse: y'
        mov ax, 0C200h
        mov bh, 0
        int 15h
        NO_CARRY 'mouse: off'
.none:
        ret

; BL = byte as if from the mouse.
send:
        call .ready
        mov al, 0D3h
        out 64h, al
        call .ready
        mov al, bl
        out 60h, al
        mov cx, 0FFFFh
.taken:
        in al, 64h
        test al, 3
        jz .ret
        loop .taken
.ret:
        ret
.ready:
        in al, 64h
        test al, 2
        jnz .ready
        ret

handler:
        push bp
        mov bp, sp
        push ax
        inc word [cs:packets]
        mov ax, [bp + 12]
        mov [cs:packet], ax
        mov ax, [bp + 10]
        mov [cs:packet + 2], ax
        mov ax, [bp + 8]
        mov [cs:packet + 4], ax
        pop ax
        pop bp
        retf
packets: dw 0
packet:  dw 0, 0, 0

; ---- 286 and later -----------------------------------------------------------------------------
memory:
        mov ah, 88h
        int 15h
        NO_CARRY 'extended memory'
        mov [extended], ax
        mov ax, 0E801h
        int 15h
        NO_CARRY 'E801'
        cmp ax, cx
        ZERO 'E801: AX = CX'
        mov cl, 6
        mov si, ax
        shl dx, cl
        add si, dx
        cmp bx, 0
        je .compare
        mov si, [extended]              ; above 16 MiB the two may be capped differently
.compare:
        cmp si, [extended]
        ZERO 'E801: agrees with 88h'

        mov ax, 2403h
        int 15h
        NO_CARRY 'A20 support'
        IS bx, 3, 'A20 support: both ways'
        mov ax, 2401h
        int 15h
        NO_CARRY 'A20 on'
        mov ax, 2402h
        int 15h
        IS_BITS ax, 00FFh, 1, 'A20 is on'
        mov ax, 2400h
        int 15h
        NO_CARRY 'A20 off'
        mov ax, 2402h
        int 15h
        IS_BITS ax, 00FFh, 0, 'A20 is off'

        cmp word [extended], 64
        jb .none
        ; 1,024 words up to 1 MiB and back
        xor ax, ax
        mov es, ax
        mov di, BUF
        mov cx, 1024
.fill:
        mov ax, cx
        mul cx
        stosw
        loop .fill
        mov word [gdt + 12h], BUF
        mov byte [gdt + 14h], 0
        mov word [gdt + 1Ah], 0
        mov byte [gdt + 1Ch], 10h
        mov si, gdt
        mov cx, 1024
        mov ah, 87h
        int 15h
        NO_CARRY 'move up'
        IS_BITS ax, 0FF00h, 0, 'move up: status'
        mov word [gdt + 12h], 0
        mov byte [gdt + 14h], 10h
        mov word [gdt + 1Ah], BUF + 2048
        mov byte [gdt + 1Ch], 0
        mov cx, 1024
        mov ah, 87h
        int 15h
        NO_CARRY 'move down'
        mov si, BUF
        mov di, BUF + 2048
        mov cx, 1024
        repe cmpsw
        ZERO 'move: same data'
        mov ax, 2402h
        int 15h
        IS_BITS ax, 00FFh, 0, 'move: A20 as before'
        mov word [gdt + 10h], 100       ; limit too small for the count
        mov cx, 1024
        mov si, gdt
        mov ah, 87h
        int 15h
        CARRY 'move beyond a limit'
        IS_BITS ax, 0FF00h, 0200h, 'move beyond a limit: status'
        call tick                       ; interrupts still come
.none:
        ret
extended: dw 0

        align 8, db 0
gdt:    times 16 db 0
        dw 2047, 0, 9300h, 0            ; source
        dw 2047, 0, 9300h, 0            ; destination
        times 16 db 0

; E820h: entries in order, without overlap, the memory from 1 MiB as E801h has it.
map:
        cpu 386
        mov byte [entries], 0
        xor ebx, ebx
        mov esi, 12345678h              ; must survive
        mov edi, 9ABC0000h + MAPBUF
.next:
        mov eax, 0E820h
        mov ecx, 20
        mov edx, 534D4150h
        int 15h
        jc .end
        inc byte [entries]
        cmp eax, 534D4150h
        jne .end
        cmp dword [di + 16], 1
        jne .more
        cmp dword [di], 100000h
        jne .more
        mov eax, [di + 8]
        shr eax, 10
        mov [upper], eax
.more:
        or ebx, ebx
        jz .done
        cmp byte [entries], 10
        jb .next
.end:
        stc
.done:
        NO_CARRY 'memory map'
        cmp esi, 12345678h
        ZERO 'memory map: ESI kept'
        cmp edi, 9ABC0000h + MAPBUF
        ZERO 'memory map: EDI kept'
        mov ax, 0E801h
        int 15h
        movzx ecx, bx
        shl ecx, 6
        movzx eax, ax
        add ecx, eax
        cmp ecx, [upper]
        ZERO 'memory map: agrees with E801'
        mov eax, 0E820h
        mov edx, 0
        xor ebx, ebx
        mov ecx, 20
        int 15h
        CARRY 'memory map: signature wanted'
        cpu 8086
        ret
entries: db 0
        align 4, db 0
upper:  dd 0

; ---- 89h, and back by the shutdown code 0Ah ----------------------------------------------------
protected:
        mov [resume_sp], sp
        mov word [BDA + 67h], resume
        mov word [BDA + 69h], 0
        mov al, 0Fh
        out 70h, al
        mov al, 0Ah
        out 71h, al
        mov si, table
        mov bx, 7008h                   ; interrupt vectors as they are
        xor ax, ax
        mov es, ax
        mov ah, 89h
        int 15h
        jc .failed
        cpu 286
        smsw cx
        cpu 8086
        mov [msw], cx                   ; DS is the caller's segment 18h: base 0
        mov [status], ax
        mov [pm_segment], cs
        mov word [MARK], 5A5Ah
        mov al, 0FEh                    ; the 8042 resets the processor
        out 64h, al
.wait:
        jmp short .wait
.failed:
        CARRY 'protected mode refused'
        IS ax, 0, 'protected mode refused: status'
        ret
resume:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, [resume_sp]
        mov [MARK], ax
        IS_BITS word [msw], 1, 1, 'protected mode was on'
        IS word [pm_segment], 0030h, 'protected mode: code segment'
        IS_BITS word [status], 0FF00h, 0, 'protected mode: status'
        cpu 286
        smsw ax
        cpu 8086
        IS_BITS ax, 1, 0, 'back in real mode'
        ret
resume_sp: dw 0
msw:     dw 0
status:  dw 0FFFFh
pm_segment: dw 0

        align 8, db 0
table:  dw 0, 0, 0, 0
        dw 63, table, 0, 0              ; 08 GDT
        dw 0, 0, 0, 0                   ; 10 IDT
        dw 0FFFFh, 0, 9300h, 0          ; 18 DS
        dw 0FFFFh, 0, 9300h, 0          ; 20 ES
        dw 0FFFFh, 0, 9300h, 0          ; 28 SS
        dw 0FFFFh, 0, 9B00h, 0          ; 30 CS
        dw 0, 0, 0, 0                   ; 38 the BIOS's

TEST_END

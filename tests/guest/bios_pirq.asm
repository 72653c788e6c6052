; PCI interrupts as each BIOS sets them up: the VGA's vertical retrace by INTA#, routed by the PIIX3 to where the
; BIOS's interrupt line says, level-triggered and shared. Interrupt Routing Table Specification 1.0; 82371SB, 60h-63h.
; run: -M pci
; run: -M pci -cpu 386
; run: -M pci -bios /usr/share/seabios/bios.bin -vgabios /usr/share/seabios/vgabios-stdvga.bin
; run: -M pci -bios /usr/share/bochs/BIOS-bochs-latest -vgabios /usr/share/vgabios/vgabios.bin

%include "bios_test.inc"

        cpu 386

VGA             equ 0010h               ; bus 0, device 2
BRIDGE          equ 0008h               ; device 1, function 0
LINK            equ 61h                 ; PIRQ B

tests:
        call table
        call line_register
        call interrupts
        call level
        call routes
        jmp shared

; The routing table's header and the VGA's slot in it.
table:
        push es
        push word 0F000h
        pop es
        xor di, di
.next:
        cmp dword [es:di], '$PIR'
        je .found
        add di, 16
        jnz .next
.found:
        mov [slot], di
        mov cx, [es:di + 6]
        mov si, di
        xor ax, ax
.sum:
        add al, [es:si]
        inc si
        loop .sum
        mov bx, [es:di + 8]
        mov dx, [es:di + 4]
        mov cx, [es:di + 6]
.slot:
        add di, 16
        sub cx, 16
        jz .absent
        cmp word [es:di], VGA << 8
        jne .slot
        mov cl, [es:di + 2]
.absent:
        mov di, [es:di + 3]
        pop es
        IS dx, 0100h, 'a routing table of version 1.0'
        IS ax, 0, 'its sum'
        IS bx, BRIDGE << 8, 'the router is the ISA bridge'
        IS_BITS cx, 0FFh, LINK, 'link of the VGA'
        IS_BITS di, 0E00h, 0E00h, 'which can go to IRQ 9, 10 and 11'
        ret
slot:   dw 0

; [irq] = the VGA's interrupt line, which must be where its PIRQ goes, level-triggered.
line_register:
        mov bx, VGA
        mov di, 3Dh
        call read
        IS_BITS cx, 0FFh, 1, 'the VGA has INTA'
        mov di, 3Ch
        call read
        mov [irq], cl
        mov [expected], cl
        mov bx, BRIDGE
        mov di, LINK
        call read
        cmp cl, [irq]
        ZERO 'PIRQ B goes to the interrupt line of the VGA'
        call is_level
        NOT_ZERO 'which is level-triggered'
        ret
irq:    db 0
expected: db 0

read:   mov ax, 0B108h
        int 1Ah
        ret
; Routes PIRQ B to CL.
write:  mov bx, BRIDGE
        mov di, LINK
        mov ax, 0B10Bh
        int 1Ah
        ret

; NZ if the input [irq] is level-triggered.
is_level:
        mov dx, 4D1h
        in al, dx
        mov ah, al
        dec dx
        in al, dx
        movzx cx, byte [irq]
        bt ax, cx
        mov al, 0
        adc al, 0
        ret

; CF if the 8259s have a request at input CL.
requested:
        mov al, 0Ah
        out 20h, al
        out 0A0h, al
        in al, 0A0h
        mov ah, al
        in al, 20h
        movzx cx, cl
        bt ax, cx
        ret

; CRTC 11h: 10h in AL lets the next retrace ask, 0 takes the request back, 20h keeps it from the pin.
retrace:
        push dx
        mov ah, al
        mov dx, 3D4h
        mov al, 11h
        out dx, al
        inc dx
        in al, dx
        and al, 0CFh
        or al, ah
        out dx, al
        pop dx
        ret

; Waits until more than one retrace has passed.
one_retrace:
        push dx
        push cx
        mov cx, 2
        mov dx, 3DAh
.off:   in al, dx
        test al, 8
        jnz .off
.on:    in al, dx
        test al, 8
        jz .on
        loop .off
        pop cx
        pop dx
        ret

; Sets the handler [irq] to AX and lets the input through.
hook:
        movzx bx, byte [irq]
        add bx, 8
        cmp bx, 16
        jb .vector
        add bx, 60h
.vector:
        shl bx, 2
        cli
        mov [bx], ax
        mov word [bx + 2], 0
        mov cl, [irq]
        mov ax, 1
        shl ax, cl
        not ax
        mov bx, ax
        in al, 21h
        and al, bl
        and al, 0FBh
        out 21h, al
        in al, 0A1h
        and al, bh
        out 0A1h, al
        sti
        ret
; Masks [irq] again.
unhook:
        mov cl, [irq]
        mov bx, 1
        shl bx, cl
        in al, 21h
        or al, bl
        out 21h, al
        in al, 0A1h
        or al, bh
        out 0A1h, al
        ret

; Every retrace interrupts once: about as many in ten ticks of the clock (0.55 s) as at 60 or 70 Hz.
interrupts:
        mov word [count], 0
        mov ax, on_retrace
        call hook
        mov bx, [46Ch]
.edge:
        cmp bx, [46Ch]
        je .edge
        inc bx
        mov al, 0
        call retrace
        mov al, 10h
        call retrace
        add bx, 10
.wait:
        hlt
        cmp bx, [46Ch]
        jne .wait
        mov al, 0
        call retrace
        call unhook
        mov ax, [count]
        cmp ax, 30
        jb .not
        cmp ax, 40
        ja .not
        mov ax, 1
.not:
        IS ax, 1, 'an interrupt for each retrace'
        ret
count:  dw 0

on_retrace:
        push ax
        inc word [cs:count]
        mov al, 0
        call retrace
        mov al, 10h
        call retrace
end_of_interrupt:
        mov al, 20h
        out 0A0h, al
        out 20h, al
        pop ax
        iret

; Nobody takes the request back until it has interrupted five times: it is a level.
level:
        mov word [count], 0
        mov ax, on_level
        call hook
        mov al, 10h
        call retrace
        call one_retrace
        call unhook
        IS word [count], 5, 'the level interrupts until it is taken back'
        ret
on_level:
        push ax
        inc word [cs:count]
        cmp word [cs:count], 5
        jne end_of_interrupt
        mov al, 0
        call retrace
        jmp short end_of_interrupt

; The request follows the route.
routes:
        mov al, 10h
        call retrace
        call one_retrace
        mov cl, [irq]
        call requested
        CARRY 'a request at the input'
        mov cl, 5
        call requested
        NO_CARRY 'none at another'
        mov dx, 4D0h
        in al, dx
        or al, 20h
        out dx, al
        mov cl, 5
        call write
        mov cl, 5
        call requested
        CARRY 'it goes where the route goes'
        mov cl, [irq]
        call requested
        NO_CARRY 'and not where it went'
        mov cl, 85h
        call write
        mov cl, 5
        call requested
        NO_CARRY 'bit 7 routes it nowhere'
        mov cl, 1
        call write
        mov cl, 1
        call requested
        NO_CARRY 'nor does a reserved number'
        mov cl, 5
        call write
        mov al, 30h
        call retrace
        mov cl, 5
        call requested
        NO_CARRY 'disabled at the adapter'
        mov al, 10h
        call retrace
        mov cl, 5
        call requested
        CARRY 'and enabled again'
        mov al, 0
        call retrace
        mov cl, 5
        call requested
        NO_CARRY 'taken back'
        ret

; IRQ 3 with the second serial port: high while one of them asks.
shared:
        cli
        mov dx, 4D0h
        in al, dx
        or al, 8
        out dx, al
        in al, 21h
        or al, 8
        out 21h, al
        mov cl, 3
        call write
        mov dx, 2FBh                    ; 8 bits, no DLAB
        mov al, 3
        out dx, al
        mov dx, 2F9h
        mov al, 2                       ; ask while the transmitter is empty
        out dx, al
        mov dx, 2FCh
        mov al, 8
        out dx, al
        mov al, 10h
        call retrace
        call one_retrace
        mov al, 0
        call retrace
        mov cl, 3
        call requested
        CARRY 'shared: the other one still asks'
        mov al, 10h
        call retrace
        call one_retrace
        mov dx, 2F9h
        mov al, 0
        out dx, al
        mov cl, 3
        call requested
        CARRY 'shared: the VGA still asks'
        mov al, 0
        call retrace
        mov cl, 3
        call requested
        NO_CARRY 'shared: nobody asks'
        mov cl, [expected]
        call write
        sti
        ret

TEST_END

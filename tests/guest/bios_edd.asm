; INT 13h extensions for hard disks (EDD 3.0, T13 1572D), functions 41h-49h and 4Eh, and the geometry that a disk beyond
; 504 MB is given, under our BIOS and under SeaBIOS, which must agree. The disk has 2,252,800 sectors: 2234 x 16 x 63, of which
; INT 13h makes 558 x 64 x 63. What only ours promises is asked of ours alone.
; run: -M isa disk=1100M
; run: -M isa -cpu 8086 disk=1100M
; run: -M pci disk=1100M
; run: -M pci -bios /usr/share/seabios/bios.bin disk=1100M
; run: -M isa -bios /usr/share/seabios/bios.bin disk=1100M

%include "bios_test.inc"

TOTAL           equ 2252800
BUF             equ 2000h               ; 0000:2000-5FFF

%macro STATUS 2                         ; AH, what
        IS_BITS ax, 0FF00h, (%1) << 8, %2
%endmacro

tests:
        call who
        call at_rest
        call present
        call geometry
        call parameters
        call extension
        call path
        call transfers
        call limits
        call removable
        jmp hardware

; [ours]: our BIOS. [pci]: the board has PCI.
who:
        push es
        mov ax, 0F000h
        mov es, ax
        cmp word [es:0], 'gl'
        jne .other
        inc byte [ours]
.other:
        pop es
        call has_pci
        jz .out
        inc byte [pci]
.out:
        mov dl, 80h
        ret
ours:   db 0
pci:    db 0

; Firmware's questions left no error in the drive's status: option ROMs with drivers of their own take that for no disk.
at_rest:
        mov dx, 1F6h
        mov al, 0A0h
        out dx, al
        inc dx
        in al, dx
        IS_BITS ax, 00FFh, 50h, "status of the disk after POST"
        mov dl, 80h
        ret

present:
        mov ah, 41h
        mov bx, 55AAh
        mov dl, 80h
        int 13h
        NO_CARRY 'extensions are there'
        IS bx, 0AA55h, 'their signature'
        IS_BITS cx, 5, 5, 'packets and EDD'
        STATUS 30h, 'version 3.0'
        cmp byte [ours], 0
        je .out
        mov ah, 41h
        mov bx, 1234h
        int 13h
        CARRY 'asked without the signature'
        STATUS 1, 'is no function'
.out:
        mov ah, 41h
        mov bx, 55AAh
        mov dl, 8Fh
        int 13h
        CARRY 'none for a disk there is not'
        STATUS 1, 'its status'
        ret

geometry:
        mov ah, 8
        mov dl, 80h
        int 13h
        NO_CARRY 'geometry'
        xor ax, ax
        mov es, ax
        IS_BITS dx, 0FF00h, 63 << 8, 'its last head'
        IS_BITS cx, 003Fh, 63, 'its sectors'
        mov al, ch
        mov ah, cl
        mov cl, 6
        shr ah, cl
        sub ax, 556
        IS_BITS ax, 0FFFEh, 0, 'its last cylinder, or the one before'
        ret

; A result buffer of AX bytes, filled with A5h. Out: AX, CF of function 48h.
ask:
        push cx
        push di
        mov di, result
        mov cx, 50
        push ax
        mov ax, 0A5A5h
        rep stosw
        pop ax
        mov [result], ax
        mov ah, 48h
        mov dl, 80h
        mov si, result
        int 13h
        pop di
        pop cx
        ret

parameters:
        mov ax, 25
        call ask
        CARRY 'parameters: too little room'
        STATUS 1, 'its status'
        mov ax, 26
        call ask
        NO_CARRY 'parameters'
        STATUS 0, 'their status'
        IS word [result], 26, 'EDD 1.1: 26 bytes'
        IS word [result + 26], 0A5A5h, 'and no more'
        IS_BITS word [result + 2], 2, 2, 'the geometry holds'
        IS word [result + 4], TOTAL / (16 * 63), 'cylinders of the disk'
        IS word [result + 8], 16, 'its heads'
        IS word [result + 12], 63, 'its sectors'
        IS word [result + 16], TOTAL & 0FFFFh, 'number of sectors'
        IS word [result + 18], TOTAL >> 16, 'upper half'
        IS word [result + 20], 0, 'upper half of that'
        IS word [result + 24], 512, 'bytes in each'
        mov ax, 30
        call ask
        IS word [result], 30, 'EDD 2.0: 30 bytes'
        IS word [result + 30], 0A5A5h, 'and no more'
        mov ax, 66
        call ask
        IS word [result + 66], 0A5A5h, 'EDD 3.0: no more than 66 bytes'
        cmp byte [ours], 0
        je .out
        IS word [result], 66, 'and so it says'
        mov ax, 100
        call ask
        IS word [result], 66, 'also where there is room to spare'
        mov ax, 66
        call ask
.out:
        ret

; What the far pointer of EDD 2.0 leads to.
extension:
        push ds
        lds si, [result + 26]
        mov di, table
        mov cx, 8
        rep movsw
        pop ds
        IS word [table], 1F0h, 'extension: ports'
        IS word [table + 2], 3F6h, 'extension: control port'
        IS_BITS word [table + 4], 0F0h, 0E0h, 'extension: first drive, by LBA'
        IS_BITS word [table + 6], 0Fh, 14, 'extension: IRQ 14'
        IS_BITS word [table + 10], 18h, 18h, 'extension: translated, by LBA'
        IS_BITS word [table + 14], 00FFh, 11h, 'extension: revision 1.1'
        mov si, table
        mov cx, 16
        call sum
        IS ax, 0, 'extension: sum'
        ret
table:  times 8 dw 0

sum:
        xor ax, ax
.next:
        add al, [si]
        inc si
        loop .next
        ret

path:
        mov ax, 66
        call ask
        IS word [result + 30], 0BEDDh, 'device path: key'
        IS_BITS word [result + 32], 0FFh, 36, 'device path: length'
        IS word [result + 40], 'AT', 'device path: an ATA disk'
        mov al, 'I'
        cmp byte [pci], 0
        je .isa
        mov al, 'P'
.isa:
        xor al, [result + 36]
        IS_BITS ax, 0FFh, 0, 'device path: the board'
        cmp byte [pci], 0
        jne .function
        IS word [result + 48], 1F0h, 'device path: ports'
        jmp short .device
.function:
        IS word [result + 48], 0100h, 'device path: bus 0, device 1'
        IS word [result + 50], 0001h, 'device path: function 1, first channel'
.device:
        IS word [result + 56], 0, 'device path: first drive'
        mov si, result + 30
        mov cx, 36
        call sum
        IS ax, 0, 'device path: sum'
        ret

; Packet: AX sectors at [lba] to ES:BX, function AH of INT 13h in CH. Out: AX, CF.
transfer:
        mov [packet + 2], ax
        mov [packet + 4], bx
        mov [packet + 6], es
        mov ah, ch
        mov al, 0
        mov dl, 80h
        mov si, packet
        int 13h
        ret

lba             equ packet + 8

transfers:
        mov word [lba], (TOTAL - 9) & 0FFFFh
        mov word [lba + 2], (TOTAL - 9) >> 16
        mov di, BUF
        mov cx, 9 * 256
        mov ax, 1
.fill:
        stosw
        add ax, 12345
        loop .fill
        mov ax, 9
        mov bx, BUF
        mov ch, 43h
        call transfer
        NO_CARRY 'write the last nine sectors'
        IS word [packet + 2], 9, 'all of them'
        mov ax, 1000h                   ; 9 KiB that end with their segment
        mov es, ax
        mov ax, 9
        mov bx, 10000h - 9 * 512
        mov ch, 42h
        call transfer
        NO_CARRY 'read them to the end of a segment'
        STATUS 0, 'its status'
        mov si, BUF
        mov di, 10000h - 9 * 512
        mov cx, 9 * 256
        repe cmpsw
        ZERO 'they are what was written'
        mov di, 0                       ; 127 sectors, in the middle of a segment
        mov cx, 8000h
        mov ax, 5A5Ah
        rep stosw
        xor ax, ax
        mov [lba], ax
        mov [lba + 2], ax
        mov ax, 127
        mov bx, 0
        mov ch, 42h
        call transfer
        NO_CARRY 'read 127 sectors'
        IS word [es:126 * 512 + 510], 0, 'to the last byte'
        IS word [es:127 * 512], 5A5Ah, 'and no further'
        mov ax, 0
        mov ch, 42h
        call transfer
        NO_CARRY 'read none'
        mov ax, 9
        mov ch, 44h
        call transfer
        NO_CARRY 'verify'
        mov ax, 1
        mov ch, 47h
        call transfer
        NO_CARRY 'seek'
        xor ax, ax
        mov es, ax
        ret

limits:
        mov word [lba], (TOTAL - 1) & 0FFFFh
        mov word [lba + 2], (TOTAL - 1) >> 16
        mov ax, 1
        mov bx, BUF
        mov ch, 42h
        call transfer
        NO_CARRY 'the last sector'
        mov ax, 2
        mov ch, 42h
        call transfer
        CARRY 'one too many'
        inc word [lba]
        mov ax, 1
        mov ch, 42h
        call transfer
        CARRY 'one too far'
        IS word [packet + 2], 1, 'which leaves the packet'
        mov word [packet], 8
        mov word [lba], 0
        mov word [lba + 2], 0
        mov ch, 42h
        call transfer
        CARRY 'a packet that is too small'
        mov word [packet], 16
        ret

removable:
        mov ah, 46h
        mov al, 0
        mov dl, 80h
        int 13h
        CARRY 'a fixed disk is not ejected'
        STATUS 0B2h, 'its status'
        mov ah, 49h
        int 13h
        NO_CARRY 'nor changed'
        cmp byte [ours], 0
        je .out
        mov ax, 4502h
        int 13h
        NO_CARRY 'is it locked?'
        IS_BITS ax, 0FFh, 0, 'never'
        mov ax, 4503h
        int 13h
        CARRY 'lock: a function there is not'
        STATUS 1, 'its status'
.out:
        ret

; 4Eh: what is so already can be asked for, the rest cannot.
hardware:
        mov ax, 4E01h
        mov dl, 80h
        int 13h
        NO_CARRY 'no prefetch'
        STATUS 0, 'its status'
        mov ax, 4E03h
        int 13h
        NO_CARRY 'PIO as it is'
        mov ax, 4E04h
        int 13h
        NO_CARRY 'DMA as it is'
        mov ax, 4E06h
        int 13h
        NO_CARRY 'no DMA'
        mov ax, 4E77h
        int 13h
        CARRY 'a function there is not'
        STATUS 1, 'its status'
        cmp byte [ours], 0
        je .out
        mov ax, 4E00h
        int 13h
        CARRY 'prefetch'
        mov ax, 4E02h
        int 13h
        CARRY 'the fastest PIO'
        mov ax, 4E05h
        int 13h
        CARRY 'the fastest DMA'
.out:
        ret

        align 2
packet: dw 16, 0, 0, 0, 0, 0, 0, 0
result: times 50 dw 0

TEST_END

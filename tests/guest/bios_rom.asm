; Option ROMs by others: what our BIOS calls them with, Plug and Play headers (BCV, BEV), RAM under them while they initialise on
; the board with PCI; and INT 18h, which goes on to what a ROM boots. The ROM is bios_rom.inc.
; rom: bios_rom.inc
; run: -M isa
; run: -M isa -cpu 8086
; run: -M pci

%include "bios_test.inc"

tests:
        IS_BITS word [4F0h], 0FFh, 1, 'the ROM was initialised once'
        IS_BITS word [4F1h], 0FFh, 1, 'told of Plug and Play, of no card and no port'
        IS_BITS word [4F2h], 0FFh, 1, 'its connection vector was called once'
        mov es, [4F6h]
        IS word [es:0], 0AA55h, 'it is where it was'
        mov ax, [es:1024]
        mov cx, [es:1024]
        not cx
        mov [es:1024], cx
        xor cx, [es:1024]
        IS cx, 0FFFFh, 'which cannot be written now'
        mov dx, 'ok'                    ; what the ROM wrote there
        call has_pci
        jnz .initialised
        mov dx, 0
.initialised:
        sub ax, dx
        IS ax, 0, 'but could be, with PCI, while it initialised'
        xor ax, ax
        mov es, ax
        mov word [4F8h], .booted
        mov word [4FAh], 0
        int 18h                         ; nothing else is there to boot from
.booted:
        cli
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, 7C00h
        sti
        mov ax, 1
        IS ax, 1, 'its entry vector boots'
        jmp finish

TEST_END

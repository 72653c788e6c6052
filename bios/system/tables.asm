; Tables that other software finds by their signatures, on a paragraph of F0000-FFFFF: the BIOS32 directory,
; the Plug and Play installation check (Plug and Play BIOS Specification 1.0A, 1994, 4.4), and SMBIOS
; (System Management BIOS Reference 2.3, 1998). All are constant, so they say what is true of every machine
; that we are the BIOS of. Sums of bytes are zero; the assembler works them out.

%define LO(x)   (((x) - $$) & 0FFh)
%define HI(x)   (((x) - $$) >> 8 & 0FFh)

        align 16, db 0
bios32_directory:
        db '_32_'
        dw bios32_entry, 000Fh          ; F0000h + offset
        db 0, 1                         ; revision; length in paragraphs
        db -('_' + '3' + '2' + '_' + LO(bios32_entry) + HI(bios32_entry) + 0Fh + 1) & 0FFh
        db 0, 0, 0, 0, 0

; No runtime function is there; option ROMs look whether the BIOS boots by the book (pnp.asm).
        align 16, db 0
pnp_check:
        db '$PnP', 10h, pnp_check_end - pnp_check
        dw 0                            ; no events
        db -('$' + 'P' + 'n' + 'P' + 10h + 21h + LO(pnp_real) + HI(pnp_real) + 0F0h + \
             LO(pnp_real) + HI(pnp_real) + 0Fh + 0F0h + 0Fh) & 0FFh
        dd 0                            ; address of the event flag
        dw pnp_real, SEG_BIOS
        dw pnp_real                     ; offset from the base that follows
        dd 0F0000h
        dd 0                            ; OEM device id
        dw SEG_BIOS                     ; data segment of the real-mode entry
        dd 0F0000h
pnp_check_end:

; Function not supported, in C's calling convention: the caller drops the arguments. The same code serves 16-bit
; protected mode.
pnp_real:
        mov ax, 82h
        retf

        align 16, db 0
smbios_entry:
        db '_SM_'
        db -('_' + 'S' + 'M' + '_' + 1Fh + 2 + 3 + (SMBIOS_LONGEST & 0FFh) + (SMBIOS_LONGEST >> 8)) & 0FFh
        db 1Fh, 2, 3                    ; length; version 2.3
        dw SMBIOS_LONGEST
        db 0, 0, 0, 0, 0, 0
        db '_DMI_'
        db -('_' + 'D' + 'M' + 'I' + '_' + (SMBIOS_SIZE & 0FFh) + (SMBIOS_SIZE >> 8) + LO(smbios) + HI(smbios) + \
             0Fh + SMBIOS_COUNT + 23h) & 0FFh
        dw SMBIOS_SIZE
        dd 0F0000h + (smbios - $$)
        dw SMBIOS_COUNT
        db 23h

smbios:
.bios:  db 0, .bios_text - .bios
        dw 0                            ; handle
        db 1, 2                         ; vendor, version: strings
        dw SEG_BIOS
        db 3, 0                         ; date; 64 KiB
        dd 00018080h | 10h              ; characteristics: ISA, PCI, CD boot, boot menu
        dd 0
        db 0, 0                         ; extension bytes
.bios_text:
        db 'glass86', 0, '1.0.0', 0, '11/21/2026', 0, 0
.system:
        db 1, .system_text - .system
        dw 1
        db 1, 2, 0, 0
        times 16 db 0                   ; no UUID
        db 6                            ; woken by the power switch
.system_text:
        db 'glass86', 0, 'PC/AT', 0, 0
.chassis:
        db 3, .chassis_text - .chassis
        dw 3
        db 1, 3, 0, 0, 0, 3, 3, 3, 2    ; desktop; states: safe, security unknown
.chassis_text:
        db 'glass86', 0, 0
.end:   db 127, 4
        dw 7Fh
        db 0, 0
SMBIOS_SIZE     equ $ - smbios
SMBIOS_COUNT    equ 4
SMBIOS_LONGEST  equ smbios.system - smbios.bios

; Tables that software finds by signature, and the PCI BIOS: INT 1Ah/B1h, and the same through the BIOS32
; directory in protected mode. Without PCI INT 1Ah/B1h fails, and the directory offers nothing.
; run: -M pci -cpu 386
; run: -M pci -cpu 686
; run: -M isa -cpu 486

%include "bios_test.inc"

        cpu 386

IDE             equ 0009h               ; bus 0, device 1, function 1

tests:
        mov eax, '_32_'
        mov cx, 16
        call find
        mov [directory], di
        NOT_ZERO 'BIOS32 directory'
        mov eax, '$PnP'
        mov cx, 21h
        call find
        NOT_ZERO 'Plug and Play installation check'
        call pnp_ask
        mov eax, '_SM_'
        mov cx, 1Fh
        call find
        mov si, di
        NOT_ZERO 'SMBIOS entry point'
        push ds
        mov ax, 0F000h
        mov ds, ax
        add si, 16                      ; the part that starts with _DMI_
        mov cx, 15
        call sum
        pop ds
        IS ax, 0, 'its second sum'
        call smbios_walk

        mov eax, 'RSD '
        mov cx, 14h
        call find
        ZERO 'no root of ACPI tables in the ROM'

        mov eax, 80000000h
        mov dx, 0CF8h
        out dx, eax
        in eax, dx
        cmp eax, 80000000h
        je with_pci
        call acpi_root
        IS si, 0, 'nor in the EBDA'
        mov ax, 0B101h
        int 1Ah
        CARRY 'no PCI BIOS'
        call directory_ask
        IS_BITS ax, 0FFh, 80h, 'and none in the directory'
        ret

with_pci:
        mov ax, 0B101h
        int 1Ah
        NO_CARRY 'PCI BIOS present'
        IS dx, 'PC', 'its signature'
        mov ax, 0B10Ah
        mov bx, IDE
        mov di, 40h
        int 1Ah
        IS cx, 8000h, 'the IDE channels are said to answer'
        call services
        call routing
        call acpi
        call assigned
        call shadow
        call directory_ask
        IS_BITS ax, 0FFh, 0, 'directory offers PCI'
        jmp flat_services

; Finds EAX on a paragraph of F0000-FFFFF where CX bytes add up to zero: DI, 0 if there is none. Flags of DI.
find:
        push ds
        push 0F000h
        pop ds
        xor di, di
.next:
        add di, 16
        jz .out
        cmp [di], eax
        jne .next
        push ax
        mov si, di
        push cx
        call sum
        pop cx
        cmp ax, 1
        pop ax
        jae .next
.out:
        pop ds
        or di, di
        ret

; SI = the root pointer of the ACPI tables in the EBDA, DS = EBDA; SI = 0: there is none.
acpi_root:
        mov ds, [40Eh]
        xor si, si
.next:
        cmp dword [si], 'RSD '
        jne .no
        cmp dword [si + 4], 'PTR '
        je .out
.no:
        add si, 16
        cmp si, 400h
        jb .next
        xor si, si
.out:
        push si
        mov eax, [si + 16]
        mov cx, 14h
        call sum
        mov bx, ax
        pop si
        push word 0
        pop ds
        or si, si
        ret

; EAX = address of a table in the ROM. Out: DI = its offset, AX = sum of its bytes.
acpi_table:
        mov di, ax
        mov si, ax
        push ds
        push 0F000h
        pop ds
        mov cx, [di + 4]
        call sum
        pop ds
        ret

acpi:
        call acpi_root
        NOT_ZERO 'ACPI: a root pointer'
        IS bx, 0, 'its sum'
        mov ds, [40Eh]
        mov eax, [si + 16]
        push word 0
        pop ds
        call acpi_table
        IS ax, 0, 'sum of the RSDT'
        mov es, [bios]
        IS word [es:di], 'RS', 'its signature'
        mov eax, [es:di + 36]
        call acpi_table
        IS ax, 0, 'sum of the FADT'
        IS word [es:di], 'FA', 'its signature'
        IS word [es:di + 64], 0B004h, 'port of the sleep control'
        mov ebx, [es:di + 36]
        shr ebx, 4
        mov es, bx
        IS word [es:0], 'FA', 'the FACS in the EBDA'
        mov es, [bios]
        mov eax, [es:di + 40]
        call acpi_table
        IS ax, 0, 'sum of the DSDT'
        IS word [es:di], 'DS', 'its signature'
        xor ax, ax
        mov es, ax
        ret
bios:   dw 0F000h

; AX = sum of CX bytes at DS:SI.
sum:
        push bx
        xor bx, bx
        xor ax, ax
.next:
        lodsb
        add bl, al
        loop .next
        mov ax, bx
        pop bx
        ret

; SI = second part of the SMBIOS entry, plus 15: the structures follow each other and end where it says.
smbios_walk:
        push ds
        push 0F000h
        pop ds
        sub si, 15
        mov cx, [si + 6]                ; length of all
        mov bx, [si + 8]                ; where
        mov dx, [si + 12]               ; how many
        mov di, bx
        add di, cx
.structure:
        mov al, [bx + 1]
        xor ah, ah
        add bx, ax
.text:
        inc bx
        cmp word [bx - 1], 0
        jne .text
        inc bx
        dec dx
        jnz .structure
        sub di, bx
        pop ds
        IS di, 0, 'SMBIOS structures fill their table'
        ret

services:
        mov ax, 0B101h
        int 1Ah
        IS bx, 0210h, 'version 2.1'
        IS_BITS ax, 0FFFFh, 0001h, 'mechanism 1'
        mov ax, 0B102h
        mov cx, 7010h
        mov dx, 8086h
        xor si, si
        int 1Ah
        NO_CARRY 'find device'
        IS bx, IDE, 'where it is'
        mov ax, 0B102h
        mov si, 1
        int 1Ah
        CARRY 'there is only one'
        IS_BITS ax, 0FF00h, 8600h, 'device not found'
        mov ax, 0B102h
        mov dx, 0FFFFh
        int 1Ah
        IS_BITS ax, 0FF00h, 8300h, 'bad vendor'
        mov ax, 0B103h
        mov ecx, 030000h
        xor si, si
        int 1Ah
        NO_CARRY 'find class'
        IS bx, 0010h, 'the display'
        mov ax, 0B108h
        mov bx, IDE
        mov di, 0Ah
        int 1Ah
        IS_BITS cx, 0FFh, 01h, 'read a byte: IDE'
        mov ax, 0B109h
        mov di, 2
        int 1Ah
        IS cx, 7010h, 'read a word'
        mov ax, 0B10Ah
        mov di, 0
        int 1Ah
        shr ecx, 16
        IS cx, 7010h, 'read a dword'
        mov ax, 0B109h
        mov di, 1
        int 1Ah
        CARRY 'a word on an odd register'
        IS_BITS ax, 0FF00h, 8700h, 'bad register'
        mov ax, 0B10Ah
        mov di, 100h
        int 1Ah
        CARRY 'register 100h'
        mov ax, 0B10Bh
        mov di, 0Dh
        mov cl, 40h
        int 1Ah
        NO_CARRY 'write a byte'
        mov ax, 0B108h
        int 1Ah
        IS_BITS cx, 0FFh, 40h, 'and there it is'
        mov ax, 0B10Dh
        mov di, 40h
        mov ecx, 12345678h
        int 1Ah
        mov ax, 0B10Ch
        mov di, 42h
        mov cx, 0ABCDh
        int 1Ah
        mov ax, 0B10Ah
        mov di, 40h
        int 1Ah
        IS cx, 5678h, 'write a dword'
        shr ecx, 16
        IS cx, 0ABCDh, 'write a word'
        mov ax, 0B110h
        int 1Ah
        CARRY 'there is no function 10h'
        IS_BITS ax, 0FF00h, 8100h, 'not supported'
        ret

; The routing table's slots, and another route for the VGA's INTA (PCI BIOS 2.1, 4.8 and 4.9).
routing:
        mov di, routing_options
        mov ax, 0B10Eh
        mov bx, 0
        int 1Ah
        CARRY 'a buffer of no size'
        IS_BITS ax, 0FF00h, 8900h, 'is too small'
        IS word [routing_options], 16, 'and is told what it takes'
        mov word [routing_options], 64
        mov ax, 0B10Eh
        mov bx, -1
        int 1Ah
        NO_CARRY 'routing options'
        IS_BITS ax, 0FF00h, 0, 'their status'
        IS bx, 0, 'no IRQ is for PCI alone'
        IS word [routing_options], 16, 'one slot'
        call routing_slot
        mov ax, 0B10Fh
        mov bx, VGA
        mov cx, 0A0Ah
        int 1Ah
        NO_CARRY 'INTA of the VGA to IRQ 10'
        IS_BITS ax, 0FF00h, 0, 'its status'
        mov dl, 10
        call route_is
        mov ax, 0B10Fh
        mov cx, 0D0Ah
        int 1Ah
        CARRY 'IRQ 13 cannot be'
        IS_BITS ax, 0FF00h, 8800h, 'set failed'
        mov ax, 0B10Fh
        mov cx, 0B0Eh
        int 1Ah
        CARRY 'there is no fifth pin'
        mov ax, 0B10Fh
        mov bx, IDE
        mov cx, 0B0Ah
        int 1Ah
        CARRY 'a device without a slot in the table'
        mov dl, 10                      ; which none of these has changed
        jmp route_is

; The slot at [slots]: bus and device, and the link of the first pin.
routing_slot:
        IS word [slots], VGA << 8, 'it is the display'
        IS_BITS word [slots + 2], 0FFh, 61h, 'link of its first pin'
        mov word [slots], 0
        ret

; The PIIX3 routes PIRQ B to DL, a level.
route_is:
        mov ax, 0B108h
        mov bx, 0008h
        mov di, 61h
        int 1Ah
        mov ch, dl
        xor cl, ch
        IS_BITS cx, 0FFh, 0, 'the route'
        mov cl, ch
        sub cl, 8
        mov dx, 4D1h
        in al, dx
        shr al, cl
        IS_BITS ax, 1, 1, 'level-triggered'
        ret

VGA             equ 0010h               ; bus 0, device 2
routing_options:
        dw 0, slots, 0, 0
slots:  times 64 db 0

; What POST gave out.
assigned:
        mov ax, 0B10Ah
        mov bx, IDE
        mov di, 20h
        int 1Ah
        IS cx, 0C001h, 'ports of the bus master'
        mov dx, 0C002h
        in al, dx
        IS_BITS ax, 0FFh, 0, 'which answer'
        mov dx, 0B008h
        in eax, dx
        mov ebx, eax
        mov cx, 1000
        loop $
        in eax, dx
        cmp eax, ebx
        NOT_ZERO 'the ACPI timer runs'
        ret

; The video BIOS lies in RAM that cannot be written; where no ROM is, nothing is.
shadow:
        mov ax, 0B108h
        mov bx, 0
        mov di, 5Ah
        int 1Ah
        IS_BITS cx, 0FFh, 11h, 'C0000-C7FFF is RAM for reading'
        mov ax, 0B108h
        mov di, 5Fh
        int 1Ah
        IS_BITS cx, 0FFh, 0, 'E8000-EFFFF is nothing'
        push es
        push 0C000h
        pop es
        mov bx, [es:0]
        mov word [es:0], 0
        mov cx, [es:0]
        pop es
        IS bx, 0AA55h, 'the video BIOS'
        IS cx, 0AA55h, 'cannot be written'
        ret

; ---- protected mode ------------------------------------------------------------------------------

%macro FLAT 1                           ; calls %1 as 32-bit code with flat segments
        mov dword [flat_call], %1
        call to_flat
%endmacro

; Asks the directory for "$PCI": results in [flat_eax] and so on; AX = [flat_eax].
directory_ask:
        mov si, [directory]
        push ds
        push 0F000h
        pop ds
        mov ecx, [si + 4]               ; its entry
        pop ds
        mov [flat_target], ecx
        mov eax, '$PCI'
        xor ebx, ebx
        call to_flat
        mov ax, [flat_eax]
        ret

flat_services:
        mov eax, [flat_ebx]
        add eax, [flat_edx]
        mov [flat_target], eax
        mov eax, 0B101h
        call to_flat
        mov bx, [flat_ebx]
        IS bx, 0210h, 'version, in protected mode'
        mov eax, 0B102h
        mov ecx, 7010h
        mov edx, 8086h
        xor esi, esi
        call to_flat
        mov bx, [flat_ebx]
        IS bx, IDE, 'find device, in protected mode'
        mov eax, 0B10Ah
        mov ebx, IDE
        xor edi, edi
        call to_flat
        mov cx, [flat_ecx + 2]
        IS cx, 7010h, 'read a dword, in protected mode'
        mov eax, 0B10Eh
        mov edi, routing_options
        mov word [routing_options], 64
        mov dword [routing_options + 2], slots
        mov word [routing_options + 6], 10h
        call to_flat
        mov ax, [flat_eax]
        IS_BITS ax, 0FF00h, 0, 'routing options, in protected mode'
        call routing_slot
        mov eax, 0B10Fh
        mov ebx, VGA
        mov ecx, 0B0Ah
        call to_flat
        mov ax, [flat_eax]
        IS_BITS ax, 0FF00h, 0, 'INTA of the VGA to IRQ 11, in protected mode'
        mov dl, 11
        jmp route_is

; Function 0 (number of nodes) of the Plug and Play BIOS, whose installation check is at DI, from real mode and from 16-bit
; protected mode: not supported, and what was pushed is for the caller to drop.
pnp_ask:
        push es
        push word 0F000h
        pop es
        mov eax, [es:di + 13]           ; segment and offset
        mov [pnp_far], eax
        mov cx, [es:di + 17]
        mov eax, [es:di + 19]
        mov [pnp_near], cx
        mov [gdt.pnp + 2], ax
        shr eax, 16
        mov [gdt.pnp + 4], al
        pop es
        push word 0
        call far [pnp_far]
        add sp, 2
        IS ax, 82h, 'Plug and Play: function 0 is not there, real mode'
        cli
        lgdt [gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp 18h:.protected
.protected:
        mov ax, 20h
        mov ss, ax
        push word 0
        call far [pnp_near]
        add sp, 2
        mov dx, ax
        mov eax, cr0
        and al, 0FEh
        mov cr0, eax
        jmp 0:.real
.real:
        xor ax, ax
        mov ss, ax
        mov ds, ax
        sti
        IS dx, 82h, 'nor in protected mode'
        ret
pnp_far:        dd 0
pnp_near:       dw 0, 28h

; Far call of [flat_target] with CS and DS flat; registers go there and come back into flat_xxx.
to_flat:
        cli
        mov [flat_esp], sp
        lgdt [gdtr]
        push eax
        mov eax, cr0
        or al, 1
        mov cr0, eax
        pop eax
        jmp dword 8:.flat
        bits 32
.flat:
        push dword 10h
        pop ds
        push dword 10h
        pop ss
        mov esp, 7000h
        push cs
        push dword .back
        push cs
        push dword [flat_target]
        retf
.back:
        mov [flat_eax], eax
        mov [flat_ebx], ebx
        mov [flat_ecx], ecx
        mov [flat_edx], edx
        jmp 18h:.leave
        bits 16
.leave:
        mov ax, 20h
        mov ds, ax
        mov ss, ax
        mov eax, cr0
        and al, 0FEh
        mov cr0, eax
        jmp 0:.real
.real:
        xor ax, ax
        mov ds, ax
        mov es, ax
        mov ss, ax
        mov sp, [flat_esp]
        sti
        ret

        align 8
gdt:    dq 0
        dq 00CF9A000000FFFFh            ; 08 code
        dq 00CF92000000FFFFh            ; 10 data
        dq 00009A000000FFFFh            ; 18 code, 16 bits
        dq 000092000000FFFFh            ; 20 data, 16 bits
.pnp:   dq 00009A000000FFFFh            ; 28 the Plug and Play BIOS, 16 bits
gdtr:   dw gdtr - gdt - 1
        dd gdt
directory:      dw 0
flat_target:    dd 0
flat_esp:       dw 0
flat_eax:       dd 0
flat_ebx:       dd 0
flat_ecx:       dd 0
flat_edx:       dd 0

TEST_END

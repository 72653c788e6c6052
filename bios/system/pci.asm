; PCI: what POST sets up on a board that has it, and the PCI BIOS: INT 1Ah/B1h and the 32-bit service
; that the BIOS32 directory leads to (PCI BIOS Specification 2.1; Standard BIOS 32-bit Service Directory
; Proposal 0.4, Phoenix 1993). Reached only on a 386 or later.

PCI_IO          equ 0C000h              ; where ports are given out from
PCI_MEMORY      equ 0E0000000h          ; and memory: above all RAM
PCI_PM          equ 0B000h              ; power management of the PIIX4
PCI_BRIDGE      equ 80000000h           ; configuration address of the host bridge
PAM_FIRST       equ 5Ah                 ; shadow registers, 32 KiB each: C0000h-C7FFFh
PAM_LAST        equ 5Fh                 ; E8000h-EFFFFh

; In: ES = EBDA, E_CPU set. Is there a bus? If so, its functions get ports and memory.
pci_init:
        cmp byte [es:E_CPU], CPU_386
        jb .out
        cpu 386
        pushad
        mov eax, PCI_BRIDGE
        mov dx, 0CF8h
        out dx, eax
        in eax, dx
        cmp eax, PCI_BRIDGE
        jne .none
        mov dx, 0CFCh
        in eax, dx
        inc eax
        jz .none
        mov byte [es:E_PCI], 1
        xor ebx, ebx
        mov ebp, PCI_IO
        mov esi, PCI_MEMORY
.function:
        mov di, 0
        call .read
        inc ecx
        jz .next
        mov di, 0Eh                     ; a bridge to another bus has other registers
        mov al, 08h
        call pci_real
        and cl, 7Fh
        jnz .next
        call .bases
        call .power
        call pirq_assign
.next:
        inc bl
        jnz .function
.none:
        popad
        cpu 8086
.out:
        ret

        cpu 386
.read:                                  ; ECX = register DI of function BX
        mov al, 0Ah
        jmp pci_real
.write:
        mov al, 0Dh
        jmp pci_real

; The six base registers: write ones, see which stay, give out as much.
.bases:
        mov di, 10h
.base:
        mov ecx, 0FFFFFFFFh
        call .write
        call .read
        or ecx, ecx
        jz .base_next
        test cl, 1
        jnz .ports
        and cl, 0F0h
        mov edx, ecx                    ; -size
        neg ecx
        lea esi, [esi + ecx - 1]
        and esi, edx
        add ecx, esi
        xchg ecx, esi
        call .write
        mov al, 2
        jmp short .enable
.ports:
        and cl, 0FCh
        mov edx, ecx
        neg cx                          ; ports end at FFFFh
        movzx ecx, cx
        lea ebp, [ebp + ecx - 1]
        and ebp, edx
        add ecx, ebp
        xchg ecx, ebp
        call .write
        mov al, 1
.enable:
        push di
        mov ah, al
        mov di, 4
        mov al, 08h
        push ax
        call pci_real
        pop ax
        or cl, ah
        or cl, 4                        ; and it may be the bus's master
        mov al, 0Bh
        call pci_real
        pop di
.base_next:
        add di, 4
        cmp di, 24h
        jbe .base
; The expansion ROM gets an address, and stays off: what is in it lies in C0000-EFFFF.
        mov di, 30h
        mov ecx, 0FFFFF800h
        call .write
        call .read
        and ecx, 0FFFFF800h
        jz .no_rom
        mov edx, ecx
        neg ecx
        lea esi, [esi + ecx - 1]
        and esi, edx
        add ecx, esi
        xchg ecx, esi
        call .write
.no_rom:
        ret

; The PIIX3 says in 40h and 42h whether its IDE channels answer; drivers look there. The PIIX4's ports lie
; where a register of its own says.
.power:
        mov di, 0
        call .read
        cmp ecx, 70108086h
        jne .not_ide
        mov di, 40h
        mov ecx, 80008000h
        call .write
        ret
.not_ide:
        cmp ecx, 71138086h
        jne .done
        mov di, 40h
        mov ecx, PCI_PM | 1
        call .write
        mov di, 80h
        mov al, 0Bh
        mov cl, 1
        call pci_real
        mov di, 3Ch
        mov al, 0Bh
        mov cl, 9                       ; its interrupt
        call pci_real
.done:
        ret
        cpu 8086

; ---- shadow RAM --------------------------------------------------------------------------------
; Option ROMs expect to find themselves in RAM while they initialise, and in something that keeps what
; they wrote from then on. So C0000-EFFFF is copied into the RAM behind it before the first of them runs,
; and afterwards what holds no ROM is given back.

; Before the video BIOS.
shadow_open:
        SETSEG es, ax, SEG_BDA
        mov es, [es:B_EBDA]
        cmp byte [es:E_PCI], 0
        je .out
        cpu 386
        pushad
        push ds
        push es
        mov cl, 22h                     ; read ROM, write RAM
        call shadow_set
        mov dx, 0C000h
.block:
        mov ds, dx
        mov es, dx
        xor si, si
        xor di, di
        mov cx, 8000h / 2
        rep movsw
        add dx, 800h
        cmp dx, 0F000h
        jb .block
        mov cl, 33h
        call shadow_set
        pop es
        pop ds
        popad
        cpu 8086
.out:
        ret

; After the last of them. A part of 16 KiB without a ROM in it reads as what is behind: nothing.
shadow_close:
        SETSEG es, ax, SEG_BDA
        mov es, [es:B_EBDA]
        cmp byte [es:E_PCI], 0
        je .out
        cpu 386
        pushad
        push ds
        mov dx, 0C000h
        mov di, PAM_FIRST
.register:
        call .part                      ; CL = attributes of 16 KiB
        mov ch, cl
        call .part
        shl cl, 4
        or cl, ch
        mov al, 0Bh
        xor bx, bx
        call pci_real
        inc di
        cmp di, PAM_LAST
        jbe .register
        pop ds
        popad
        cpu 8086
.out:
        ret

        cpu 386
.part:
        mov ds, dx
        add dx, 400h
        xor si, si
        mov cl, 1                       ; RAM, read only
.byte:
        cmp dword [si], 0FFFFFFFFh
        jne .used
        add si, 4
        cmp si, 4000h
        jb .byte
        mov cl, 0
.used:
        ret

; All of C0000-EFFFF: CL = the register for 32 KiB.
shadow_set:
        xor bx, bx
        mov di, PAM_FIRST
.next:
        mov al, 0Bh
        call pci_real
        inc di
        cmp di, PAM_LAST
        jbe .next
        ret

; ---- the services ------------------------------------------------------------------------------

; INT 1Ah with AH = B1h. Without PCI it is what any unknown function is.
int1a_pci:
        push ds
        push ax
        SETSEG ds, ax, SEG_BDA
        mov ds, [B_EBDA]
        cmp byte [E_PCI], 1
        pop ax
        pop ds
        jb .carry
        call pci_real
        jc .carry
        push bp
        mov bp, sp
        and byte [bp + 6], ~FL_CF
        pop bp
        iret
.carry:
        push bp
        mov bp, sp
        or byte [bp + 6], FL_CF
        pop bp
        iret

pci_real:
%include "pci_services.inc"

        bits 32
pci_flat:
%include "pci_services.inc"

pci_flat_entry:
        call pci_flat
        retf

; EAX = service, BL = 0: what the directory offers. Out: AL = 0, EBX = base, ECX = length, EDX = entry;
; or AL = 80h no such service, 81h no such function.
bios32_entry:
        cmp bl, 0
        jne .function
        cmp eax, 49435024h              ; "$PCI"
        jne .absent
        push eax
        mov dx, 0CF8h
        mov eax, PCI_BRIDGE
        out dx, eax
        in eax, dx
        cmp eax, PCI_BRIDGE
        pop eax
        jne .absent
        mov ebx, 0F0000h
        mov ecx, 10000h
        mov edx, pci_flat_entry
        mov al, 0
        retf
.absent:
        mov al, 80h
        retf
.function:
        mov al, 81h
        retf
        bits 16
        cpu 8086

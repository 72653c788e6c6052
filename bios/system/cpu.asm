; Which processor is this? By the flag bits that each generation added (Intel, "Processor
; Identification and the CPUID Instruction", application note AP-485), so that nothing newer than
; the 8086 executes before it is known to exist.

; Out: AL = CPU_xxx, BH = CPUID family, BL = CPUID model (0 without CPUID). Clobbers CX, DX.
cpu_detect:
        pushf
        xor bx, bx
        ; The 8086 keeps FLAGS bits 12-15 at one; later processors let them be cleared.
        xor ax, ax
        push ax
        popf
        pushf
        pop ax
        and ah, 0F0h
        cmp ah, 0F0h
        mov al, CPU_8086
        je .done
        ; The 286 keeps them at zero in real mode.
        mov ax, 7000h
        push ax
        popf
        pushf
        pop ax
        test ah, 70h
        mov al, CPU_286
        jz .done

        cpu 386
        push eax                        ; only the low halves belong to us
        push ebx
        push ecx
        push edx
        pushfd                          ; bit 18 (AC) came with the 486
        pop eax
        mov ecx, eax
        xor eax, 40000h
        push eax
        popfd
        pushfd
        pop eax
        push ecx
        popfd
        xor eax, ecx
        mov dl, CPU_386
        test eax, 40000h
        jz .restore
        mov eax, ecx                    ; bit 21 (ID) says that CPUID exists
        xor eax, 200000h
        push eax
        popfd
        pushfd
        pop eax
        push ecx
        popfd
        xor eax, ecx
        mov dl, CPU_486
        test eax, 200000h
        jz .restore
        cpu 586
        mov eax, 1
        cpuid
        cpu 386
        mov dx, ax                      ; family in bits 11-8, model in 7-4
        and dh, 0Fh
        push cx
        mov cl, 4
        shr dl, cl
        pop cx
        mov [esp + 8], dx               ; becomes BX
        mov dl, CPU_CPUID
.restore:
        mov [esp + 12], dl              ; becomes AL
        pop edx
        pop ecx
        pop ebx
        pop eax
        cpu 8086
.done:
        popf
        ret

; Out: AL = 1 if a coprocessor answers. FNINIT and FNSTSW are ignored by a machine without one.
fpu_detect:
        push cx
        push bp
        mov ax, 5A5Ah
        push ax
        mov bp, sp
        fninit
        mov cx, 20                      ; an 8087 works on its own: give it time
.wait:  loop .wait
        fnstsw [bp]
        pop ax
        or al, al                       ; FNINIT left no exception pending
        mov al, 0
        jnz .none
        mov al, 1
.none:
        pop bp
        pop cx
        ret

; A processor with a local APIC takes interrupts from the 8259 only if LINT0 says so ("virtual wire
; mode", Intel MultiProcessor Specification 1.4, 3.6.2.2): set LINT0 to ExtINT and LINT1 to NMI. Its
; registers lie at FEE00000h, out of real mode's reach: a visit to protected mode gives FS a
; 4 GiB limit for the moment. In: ES = EBDA. Interrupts off. Clobbers AX.
apic_init:
        cmp byte [es:E_CPU], CPU_CPUID
        jb .out
        cpu 586
        push eax
        push ebx
        push ecx
        push edx
        push fs
        mov eax, 1
        cpuid
        test dh, 02h                    ; EDX bit 9
        jz .none
        mov bx, .flat
        call .load_fs
        mov eax, 0FEE00000h
        mov dword [fs:eax + 0F0h], 010Fh        ; spurious vector, APIC on
        mov dword [fs:eax + 350h], 0700h        ; LINT0
        mov dword [fs:eax + 360h], 0400h        ; LINT1
        mov bx, .real
        call .load_fs
.none:
        pop fs
        pop edx
        pop ecx
        pop ebx
        pop eax
        cpu 8086
.out:
        ret

        cpu 386
; FS = descriptor BX of the table below.
.load_fs:
        push eax
        lgdt [cs:.gdtr]
        mov eax, cr0
        or al, 1
        mov cr0, eax
        jmp short $+2
        sub bx, .gdt
        mov fs, bx
        and al, 0FEh
        mov cr0, eax
        jmp SEG_BIOS:.back
.back:
        pop eax
        ret
        cpu 8086
        align 8, db 0
.gdt:   dw 0, 0, 0, 0
.flat:  dw 0FFFFh, 0000h, 9300h, 00CFh  ; all 4 GiB
.real:  dw 0FFFFh, 0000h, 9300h, 0000h  ; what real mode expects
.gdtr:  dw .gdtr - .gdt - 1
        dw .gdt, 000Fh

; Memory types of a processor that has them (Intel SDM volume 3, 12.11): all of memory is written back,
; but for video memory and PCI's space, and ROMs are written through to nothing. In: ES = EBDA.
mtrr_init:
        cmp byte [es:E_CPU], CPU_CPUID
        jb .out
        cpu 686
        pushad
        mov eax, 1
        cpuid
        test dh, 10h                    ; EDX bit 12
        jz .none
        mov si, .table
.next:
        movzx ecx, word [cs:si]
        mov eax, [cs:si + 2]
        mov edx, [cs:si + 6]
        wrmsr
        add si, 10
        cmp si, .table_end
        jb .next
        mov ecx, 26Ah                   ; D0000 to FFFFF, 32 KiB each; C8000 is in the table
        mov eax, 05050505h
        mov edx, eax
.rom:
        wrmsr
        inc ecx
        cmp ecx, 26Fh
        jbe .rom
        mov ecx, 2FFh
        mov eax, 0C06h                  ; on, fixed ranges too, the rest is written back
        xor edx, edx
        wrmsr
.none:
        popad
        cpu 8086
.out:
        ret
.table: dw 250h, 0606h, 0606h, 0606h, 0606h     ; 0-7FFFF
        dw 258h, 0606h, 0606h, 0606h, 0606h     ; 80000-9FFFF
        dw 259h, 0, 0, 0, 0                     ; A0000-BFFFF
        dw 268h, 0505h, 0505h, 0505h, 0505h     ; C0000-C7FFF
        dw 269h, 0505h, 0505h, 0505h, 0505h
        dw 200h, 0, 0E000h, 0, 0                ; PCI from E0000000h on
        dw 201h, 0800h, 0E000h, 000Fh, 0
.table_end:

; Out: AL = CPU_xxx as POST found it. Keeps everything else.
cpu_type:
        push ds
        push bx
        SETSEG ds, bx, SEG_BDA
        mov ds, [B_EBDA]
        mov al, [E_CPU]
        pop bx
        pop ds
        ret

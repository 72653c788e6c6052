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

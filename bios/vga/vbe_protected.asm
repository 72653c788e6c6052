; vbe_protected.asm: VBE function 0A, the 32-bit code that a program in protected mode copies and calls
; by itself (VBE 2.0, "VBE Protected Mode Interface").

; ---- 0A: entry points for protected mode --------------------------------------------------------

; BL = 0: ES:DI = table, CX = its bytes with all code.
vbe_protected:
        cmp     bl,1
        cmc
        jc      .out
        mov     [bp+FR_ES],cs
        mov     word [bp+FR_DI],vbe_pm
        mov     word [bp+FR_CX],vbe_pm_end-vbe_pm
        clc
.out:
        ret

; The caller copies all of this to wherever its code is, so nothing in it knows its address. Entered
; by near calls with 32-bit code and stack; only ports are touched.
vbe_pm:
        dw      pm_window-vbe_pm,pm_start-vbe_pm,pm_palette-vbe_pm,pm_ports-vbe_pm
pm_ports:
        dw      DISPI,DISPI+1,DISPI+2,DAC_WRITE,DAC_DATA,CRTC_COLOR+6,0FFFFh
        dw      0FFFFh                  ; and no memory

        cpu     386
        bits    32

; Register AL = BX. Keeps all.
pm_out:
        push    edx
        push    eax
        movzx   eax,al
        mov     dx,DISPI
        out     dx,ax
        inc     edx
        mov     eax,ebx
        out     dx,ax
        pop     eax
        pop     edx
        ret

; EBX = register AL. Keeps all else.
pm_in:
        push    edx
        push    eax
        movzx   eax,al
        mov     dx,DISPI
        out     dx,ax
        inc     edx
        in      ax,dx
        movzx   ebx,ax
        pop     eax
        pop     edx
        ret

; Waits until a vertical retrace begins. Keeps all.
pm_retrace:
        push    edx
        push    eax
        mov     dx,CRTC_COLOR+6
.old:
        in      al,dx
        test    al,8
        jnz     .old
.new:
        in      al,dx
        test    al,8
        jz      .new
        pop     eax
        pop     edx
        ret

; BX = 0: bank DX.
pm_window:
        test    bx,bx
        jnz     pm_no
        push    ebx
        mov     al,DISPI_BANK
        mov     ebx,edx
        call    pm_out
        pop     ebx
pm_yes:
        mov     ax,004Fh
        ret
pm_no:
        mov     ax,014Fh
        ret

; BL = 0, 80h: the picture starts at DX:CX, in units of four bytes (of planes: in bytes of one).
pm_start:
        test    bl,7Fh
        jnz     pm_no
        pushad
        mov     esi,ebx
        movzx   ecx,cx
        shl     edx,16
        or      ecx,edx
        mov     al,DISPI_DEPTH
        call    pm_in
        mov     edi,ebx
        mov     al,DISPI_VIRTUAL
        call    pm_in                   ; EBX = pixels of a row, ECX = first pixel
        cmp     edi,4
        je      .planes
        shl     ecx,2
        lea     edi,[edi+7]
        shr     edi,3
        mov     eax,ecx
        xor     edx,edx
        div     edi
        jmp     .divide
.planes:
        lea     eax,[ecx*8]
.divide:
        xor     edx,edx
        test    ebx,ebx
        jz      .done
        div     ebx
        mov     ecx,eax
        mov     ebx,edx
        mov     al,DISPI_X
        call    pm_out
        mov     ebx,ecx
        inc     eax
        call    pm_out
        test    esi,80h
        jz      .done
        call    pm_retrace
.done:
        popad
        jmp     pm_yes

; BL = 0, 80h: CX colours from DX on = blue, green, red, 0 at ES:EDI.
pm_palette:
        test    bl,7Fh
        jnz     pm_no
        pushad
        test    bl,bl
        jns     .now
        call    pm_retrace
.now:
        movzx   ecx,cx
        jecxz   .done
        mov     al,dl
        mov     dx,DAC_WRITE
        out     dx,al
        inc     edx
.next:
        mov     al,[es:edi+2]
        out     dx,al
        mov     al,[es:edi+1]
        out     dx,al
        mov     al,[es:edi]
        out     dx,al
        add     edi,4
        loop    .next
.done:
        popad
        jmp     pm_yes
vbe_pm_end:

        bits    16
        cpu     8086

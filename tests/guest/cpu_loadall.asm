; LOADALL: real mode with descriptor caches that no load there could make, as memory managers and RAM disks of the 286 and
; 386 used it: a data segment above 1 MB, limits, access rights (Intel, "Undocumented iAPX 286 Test Instruction", 1984;
; nothing was published for the 386). The tables are in cpu/system.c. Neither QEMU nor Bochs run this.
; run: -cpu 286
; run: -cpu 386

%include "vgabios.inc"
        cpu     386

TABLE           equ     800h            ; the 286 reads it there; ES:EDI leads here on the 386
HIGH            equ     110000h

tests:
        in      al,92h                  ; A20 on
        or      al,2
        and     al,0FEh
        out     92h,al
        mov     ax,0F000h
        push    ax
        popf
        pushf
        pop     ax
        test    ax,0F000h
        jz      short .old
        jmp     on_386
.old:   jmp     on_286

; ---- the 286 -------------------------------------------------------------------------------------------------------

%macro  CACHE286 4                      ; offset, base, access, limit
        mov     word [TABLE+%1],(%2)&0FFFFh
        mov     word [TABLE+%1+2],((%2)>>16)|(%3)<<8
        mov     word [TABLE+%1+4],%4
%endmacro

on_286:
        cpu     286
        cld
        xor     ax,ax
        mov     di,TABLE
        mov     cx,51
        rep     stosw
        smsw    ax
        mov     [TABLE+6],ax
        pushf
        pop     word [TABLE+18h]
        or      byte [TABLE+18h],1      ; CF
        mov     word [TABLE+1Ah],.there
        mov     word [TABLE+24h],1234h  ; ES: a selector that has nothing to do with its base
        mov     word [TABLE+26h],7777h  ; DI
        mov     word [TABLE+28h],6666h  ; SI
        mov     [TABLE+2Ch],sp
        mov     word [TABLE+2Eh],3333h  ; BX
        mov     word [TABLE+34h],0AAAAh ; AX
        CACHE286 36h,HIGH,93h,0FFFFh    ; ES
        CACHE286 3Ch,0,93h,0FFFFh       ; CS
        CACHE286 42h,0,93h,0FFFFh       ; SS
        CACHE286 48h,0,93h,0FFFFh       ; DS
        CACHE286 4Eh,0,0,0FFFFh         ; GDTR
        CACHE286 54h,0,82h,0FFFFh       ; LDTR
        CACHE286 5Ah,0,0,3FFh           ; IDTR
        CACHE286 60h,0,83h,0FFFFh       ; TR
        mov     bx,1
        db      0Fh,05h
        mov     bx,0DEADh               ; not reached
.there: mov     al,0
        adc     al,0
        mov     [seen],ax
        mov     [seen+2],di
        mov     [seen+4],bx
        mov     [seen+6],es
        mov     word [es:10h],5A5Ah
        mov     word [es:0FFF0h],0C3C3h
        mov     ax,[es:10h]
        mov     [seen+8],ax
        call    other_base              ; the same bytes by another way
        mov     [seen+10],ax
        mov     ax,1000h
        mov     es,ax
        mov     word [es:10h],1111h
        call    other_base
        mov     [seen+12],ax
        jmp     verdicts

; The word at HIGH + 10h by LOADALL with another base; ES and AX are lost.
other_base:
        mov     word [TABLE+1Ah],.again
        mov     [TABLE+2Ch],sp
        CACHE286 36h,HIGH-8000h,93h,0FFFFh
        db      0Fh,05h
.again: mov     ax,[es:8010h]
        ret

; ---- the 386 -------------------------------------------------------------------------------------------------------

%macro  CACHE386 4                      ; offset, access (with flags), base, limit
        mov     dword [TABLE+%1],%2
        mov     dword [TABLE+%1+4],%3
        mov     dword [TABLE+%1+8],%4
%endmacro

on_386:
        cpu     386
        cld
        xor     eax,eax
        mov     di,TABLE
        mov     cx,51
        rep     stosd
        mov     eax,cr0
        mov     [TABLE],eax
        pushfd
        pop     dword [TABLE+4]
        or      byte [TABLE+4],1        ; CF
        mov     dword [TABLE+8],.there
        mov     dword [TABLE+0Ch],77777777h     ; EDI
        mov     dword [TABLE+10h],66666666h     ; ESI
        movzx   eax,sp
        mov     [TABLE+18h],eax
        mov     dword [TABLE+1Ch],33333333h     ; EBX
        mov     dword [TABLE+28h],0AAAAAAAAh    ; EAX
        mov     dword [TABLE+2Ch],0FFFF0FF0h    ; DR6
        mov     dword [TABLE+30h],400h          ; DR7
        mov     dword [TABLE+50h],1234h         ; ES
        CACHE386 54h,8B00h,0,0FFFFh     ; TR
        CACHE386 60h,0,0,3FFh           ; IDTR
        CACHE386 6Ch,0,0,0FFFFh         ; GDTR
        CACHE386 78h,8200h,0,0FFFFh     ; LDTR
        CACHE386 84h,9300h,0,0FFFFh     ; GS
        CACHE386 90h,9300h,0,0FFFFFFFFh ; FS: all of memory
        CACHE386 9Ch,9300h,0,0FFFFh     ; DS
        CACHE386 0A8h,9300h,0,0FFFFh    ; SS
        CACHE386 0B4h,9300h,0,0FFFFh    ; CS
        CACHE386 0C0h,9300h,HIGH,0FFFFh ; ES
        mov     edi,TABLE
        db      0Fh,07h
        mov     bx,0DEADh
.there: mov     al,0
        adc     al,0
        mov     [seen],ax
        mov     [seen+2],di
        mov     [seen+4],bx
        mov     [seen+6],es
        mov     word [es:10h],5A5Ah
        mov     word [es:0FFF0h],0C3C3h
        mov     ax,[es:10h]
        mov     [seen+8],ax
        mov     ax,[fs:dword HIGH+10h]
        mov     [seen+10],ax
        mov     ax,1000h
        mov     es,ax
        mov     word [es:10h],1111h
        mov     ax,[fs:dword HIGH+10h]
        mov     [seen+12],ax
        mov     ax,[fs:dword 10010h]
        EQ      ax,1111h,"the next load makes ES a segment of real mode again"
        jmp     verdicts

verdicts:
        xor     ax,ax
        mov     es,ax
        EQ      word [seen],0AA01h,"AX, and CF from FLAGS"
        EQ      word [seen+2],7777h,"DI"
        EQ      word [seen+4],3333h,"BX, and IP: execution went on where the table said"
        EQ      word [seen+6],1234h,"ES is what the table said"
        EQ      word [seen+8],5A5Ah,"its cache leads above 1 MB, in real mode"
        EQ      word [seen+10],5A5Ah,"really"
        EQ      word [seen+12],5A5Ah,"and after the next load of ES no more"
        ret

seen:           times   8 dw 0

        TEST_END

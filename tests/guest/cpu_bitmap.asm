; The edges of the I/O permission bitmap: bytes of the map beyond the TSS's limit, accesses that need bits of two bytes, a TSS
; without a map (SDM volume 1, 18.5.2; PRM 8.3.2).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

TASK16          equ     FREE
MAP             equ     100h            ; of the map in MY_TSS

%macro  MAP_AT 2                        ; offset of the map, limit of the TSS
        mov     word [MY_TSS+66h],%1
        mov     word [gdt+TSS],%2
        call    reload
%endmacro
%macro  OPENS 3+                        ; port, name, instruction (DX = port)
        mov     edx,%1
        RING3
        mov     eax,12345678h
        TRY     %3
        RING0
        pushad
        mov     eax,[trap_vector]
        mov     edx,-1
        cmp     eax,edx
        je      %%good
        stc
%%good: NAMED   %2
        popad
%endmacro
%macro  SHUTS 3+
        mov     edx,%1
        RING3
        FAULTS  13,0,%2,%3
%endmacro
MY_TSS          equ     WORK

tests:
        RING_OPEN
        mov     esi,tss
        mov     edi,MY_TSS
        mov     ecx,26
        rep     movsd
        mov     edi,MY_TSS+104
        mov     ecx,2800h
        mov     al,0
        rep     stosb                   ; all ports open
        mov     word [gdt+TSS+2],MY_TSS&0FFFFh
        mov     byte [gdt+TSS+4],MY_TSS>>16
        MAP_AT  MAP,MAP+2000h
        OPENS   80h,"an open port", {out dx,al}
        OPENS   0FFFFh,"the last port", {in al,dx}
        OPENS   0FFFEh,"the last word", {in ax,dx}
        MAP_AT  MAP,MAP+1FFFh
        SHUTS   0FFF8h,"without the byte behind it the last byte of the map counts for nothing", {in al,dx}
        OPENS   0FFF7h,"the one before it does", {in al,dx}
        MAP_AT  MAP,MAP+10h
        OPENS   7Fh,"limit of the TSS: the last byte but one", {out dx,al}
        SHUTS   80h,"beyond", {out dx,al}
        MAP_AT  MAP,67h
        SHUTS   0,"map beyond the limit", {in al,dx}
        MAP_AT  0FFFFh,0FFFFh
        SHUTS   80h,"map at FFFFh", {in al,dx}
        ; Two bytes of the map.
        MAP_AT  MAP,MAP+2000h
        mov     byte [MY_TSS+MAP+10h],80h       ; port 87h is shut
        OPENS   86h,"byte in front of a shut port", {out dx,al}
        SHUTS   87h,"the shut port", {out dx,al}
        SHUTS   86h,"word that reaches it", {out dx,ax}
        SHUTS   84h,"dword that reaches it", {out dx,eax}
        OPENS   83h,"dword that ends before it", {out dx,eax}
        OPENS   88h,"dword behind it", {out dx,eax}
        mov     byte [MY_TSS+MAP+10h],0
        mov     byte [MY_TSS+MAP+11h],1         ; port 88h
        SHUTS   85h,"dword across two bytes of the map", {out dx,eax}
        SHUTS   87h,"word across them", {in ax,dx}
        OPENS   86h,"word in front", {in ax,dx}
        ; String instructions ask before anything else.
        mov     byte [MY_TSS+MAP+11h],0
        mov     byte [MY_TSS+MAP+10h],1         ; port 80h
        mov     edx,80h
        mov     esi,WORK
        RING3
        FAULTS  13,0,"OUTSB to a shut port", outsb
        IS      esi,WORK,"ESI stays"
        mov     ecx,3
        RING3
        FAULTS  13,0,"REP OUTSB to a shut port", rep outsb
        IS      ecx,3,"ECX stays"
        mov     edi,WORK+5000h
        RING3
        FAULTS  13,0,"INSB from a shut port", insb
        IS      edi,WORK+5000h,"EDI stays"
        ; IOPL lets everything through.
        pushfd
        or      dword [esp],3000h
        popfd
        OPENS   80h,"with IOPL 3 the map does not count", {out dx,al}
        pushfd
        and     dword [esp],~3000h
        popfd
        ; A 16-bit TSS has no map.
        DESC    TASK16,MY_TSS,0FFFFh,81h,0
        mov     word [MY_TSS+2],STACK0
        mov     word [MY_TSS+4],DATA
        mov     byte [MY_TSS+MAP+10h],0
        mov     ax,TASK16
        ltr     ax
        SHUTS   80h,"16-bit TSS: no map, no ports", {out dx,al}
        and     byte [gdt+TSS+5],~2
        mov     ax,TSS
        ltr     ax
        ret

reload:
        and     byte [gdt+TSS+5],~2
        mov     ax,TSS
        ltr     ax
        ret

        TEST_END

; String instructions: repeat counts, ends, direction, wrap at 64 KB, faults in the middle, and an IRQ in the middle of a
; long REP (SDM volume 2, REP; PRM 17).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

SMALL           equ     FREE            ; 100h bytes at WORK

tests:
        DESC    SMALL,WORK,0FFh,92h,4
        call    counts
        call    compares
        call    wraps
        call    limits
        jmp     interrupted

counts:
        mov     edi,WORK
        xor     ecx,ecx
        mov     byte [WORK],11h
        mov     al,22h
        rep     stosb
        IS_BYTE [WORK],11h,"REP with ECX = 0 does nothing"
        IS      edi,WORK,"and moves nothing"
        mov     cx,5                    ; ECX = 5
        rep     stosb
        IS      edi,WORK+5,"five bytes"
        IS      ecx,0,"ECX runs down"
        std
        mov     edi,WORK+8
        mov     ecx,2
        mov     eax,33333333h
        rep     stosd
        cld
        IS      edi,WORK,"DF: down by 4"
        IS      [WORK+4],33333333h,"DF: the data"
        mov     esi,WORK+4
        mov     edi,WORK+5
        mov     byte [WORK+4],7
        mov     ecx,20
        rep     movsb
        IS_BYTE [WORK+24],7,"overlapping MOVSB spreads a byte"
        mov     ecx,3
        mov     esi,WORK
        rep     lodsb
        IS      esi,WORK+3,"REP LODSB"
        ret

compares:
        mov     edi,WORK
        mov     ecx,10
        xor     eax,eax
        rep     stosb
        mov     byte [WORK+6],9
        mov     edi,WORK
        mov     ecx,10
        mov     al,9
        repne   scasb
        setz    bl
        IS      edi,WORK+7,"REPNE SCASB stops behind the match"
        IS      ecx,3,"what is left"
        IS_BYTE bl,1,"ZF"
        mov     edi,WORK
        mov     ecx,10
        xor     al,al
        repe    scasb
        setz    bl
        IS      ecx,3,"REPE SCASB stops at a difference"
        IS_BYTE bl,0,"ZF = 0"
        xor     ecx,ecx
        cmp     esp,esp
        repne   cmpsb
        setz    bl
        IS_BYTE bl,1,"count 0 leaves the flags"
        mov     esi,WORK
        mov     edi,WORK+20h
        mov     dword [WORK+20h],0
        mov     dword [WORK+24h],0FFFFFFFFh
        mov     ecx,3
        repe    cmpsd
        setc    bl
        IS      ecx,1,"REPE CMPSD"
        IS_BYTE bl,1,"CF: [ESI] below [EDI]"
        ret

; 16-bit addresses wrap inside 64 KB and use CX (flat segments: linear 0-FFFFh).
wraps:
        mov     esi,0ABCDFFFEh
        mov     ecx,0FFFF0004h
        a16     rep lodsb
        IS      esi,0ABCD0002h,"SI wraps, upper half stays"
        IS      ecx,0FFFF0000h,"CX counts, upper half stays"
        mov     cx,0FFFFh
        mov     esi,0FFFFFFFFh
        inc     cx
        a16     rep lodsb
        IS      esi,0FFFFFFFFh,"CX = 0"
        ret

limits:
        mov     ax,SMALL
        mov     fs,ax
        mov     es,ax
        mov     edi,0F8h
        mov     ecx,20
        mov     al,5Ah
        FAULTS 13,0,"REP STOSB over the limit", rep stosb
        IS      edi,100h,"EDI at the limit"     ; the fault brought the flat ES back
        IS      ecx,12,"ECX: twelve left"
        IS_BYTE [WORK+0FFh],5Ah,"all before is written"
        mov     esi,0FEh
        mov     edi,WORK+200h
        mov     ecx,4
        FAULTS  13,0,"REP FS:MOVSB over the source's limit", fs rep movsb
        IS      esi,100h,"ESI"
        IS      edi,WORK+202h,"EDI"
        IS      ecx,2,"ECX"
        mov     ax,DATA
        mov     fs,ax
        ret

; IRQ0 in a long REP MOVSB: it comes between two iterations, the registers say how far, EIP is at the prefix.
interrupted:
        call    pic_open
        GATE    20h,CODE,on_timer,8Eh
        mov     al,30h                  ; counter 0, mode 0: one interrupt after 2000 counts
        out     43h,al
        mov     al,2000&0FFh
        out     40h,al
        mov     al,2000>>8
        out     40h,al
        mov     al,0FEh
        out     21h,al
        mov     esi,100000h
        mov     edi,200000h
        mov     ecx,1000000
        sti
.insn:  es rep  movsb                   ; more than one prefix: all of them must survive (a defect of the 8086)
        cli
        mov     al,0FFh
        out     21h,al
        IS      [seen_count],1,"one interrupt"
        IS      [seen_eip],.insn,"EIP at the first prefix"
        mov     eax,[seen_ecx]
        sub     eax,1
        cmp     eax,1000000-2
        sbb     eax,eax
        IS      eax,-1,"in the middle"
        mov     eax,[seen_ecx]
        add     eax,[seen_esi]
        IS      eax,100000h+1000000,"ESI fits ECX"
        mov     eax,[seen_ecx]
        add     eax,[seen_edi]
        IS      eax,200000h+1000000,"EDI fits ECX"
        IS      ecx,0,"it went on to the end"
        IS      edi,200000h+1000000,"and copied all"
        ret
on_timer:
        push    eax
        inc     dword [seen_count]
        mov     [seen_ecx],ecx
        mov     [seen_esi],esi
        mov     [seen_edi],edi
        mov     eax,[esp+4]
        mov     [seen_eip],eax
        mov     al,20h
        out     20h,al
        pop     eax
        iretd

seen_count:     dd      0
seen_ecx:       dd      0
seen_esi:       dd      0
seen_edi:       dd      0
seen_eip:       dd      0

        TEST_END

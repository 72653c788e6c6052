; Instructions that are too long, and instructions on an edge: the limit of 15 bytes, a page that is not present, the end of
; the code segment, and which of these comes first (SDM volume 2, 2.3.11; volume 3, table 6-2; PRM 9.8.13).
; run: -cpu 386
; run: -cpu 486
; run: -cpu pentium

%include "cpu_test.inc"

DIR             equ     40000h
TABLE           equ     41000h
EDGE            equ     WORK+1000h      ; the page from here on comes and goes
LIMITED         equ     FREE            ; code from WORK on, limit 0FFFh: its end is EDGE

; COPY so many prefixes and these bytes, so that this number of bytes lies below EDGE; EBX = where they begin.
%macro  COPY 3                          ; prefixes, bytes below EDGE, bytes
        mov     edi,EDGE-(%2)
        mov     ebx,edi
        mov     ecx,%1
        mov     al,3Eh
        rep     stosb
        mov     esi,%%bytes
        mov     ecx,%%end-%%bytes
        rep     movsb
        cmp     edi,EDGE
        je      %%over
        mov     byte [edi],0CCh         ; INT3: the instruction was done
        jmp     %%over
%%bytes:
        db      %3
%%end:
%%over:
%endmacro

; Jumps there; then what was raised.
%macro  GO 2                            ; selector, base
        mov     dword [trap_vector],-1
        mov     dword [trap_resume],%%after
        mov     [trap_esp],esp
        mov     eax,ebx
        sub     eax,%2
        mov     [target],eax
        mov     word [target+4],%1
        jmp     far [target]
%%after:
        mov     dword [trap_resume],0
%endmacro
%macro  DONE 1                          ; name: INT3 was reached
        IS      [trap_vector],3,%1
%endmacro
%macro  RAISED 4                        ; vector, error, EIP, name
        IS      [trap_vector],%1,%4
%strcat its_name %4," (error code)"
        IS      [trap_error],%2,its_name
%strcat its_name %4," (EIP)"
        IS      [trap_eip],%3,its_name
%endmacro

NOP1            equ     90h

tests:
        DESC    LIMITED,WORK,0FFFh,9Ah,4
        call    paging_on
        COPY    14,100h,NOP1
        GO      CODE,0
        DONE    "15 bytes are legal"
        COPY    15,100h,NOP1
        GO      CODE,0
        RAISED  13,0,ebx,"16 bytes: #GP(0)"
        COPY    14,100h,{0Fh,0A2h}
        GO      CODE,0
        RAISED  13,0,ebx,"16 bytes of a two-byte opcode"
        COPY    8,100h,{81h,05h,0,0,3,0,1,2,3,4}
        GO      CODE,0
        RAISED  13,0,ebx,"18 bytes by operands"
        COPY    5,100h,{81h,05h,0,0,3,0,1,2,3,4}
        GO      CODE,0
        DONE    "15 bytes by operands"
        COPY    14,100h,{0Fh,0FFh}
        GO      CODE,0
        RAISED  13,0,ebx,"too long and invalid: #GP"
        COPY    12,100h,{0Fh,0FFh}
        GO      CODE,0
        RAISED  6,NO_ERROR,ebx,"invalid, but not too long: #UD"

        ; Behind the end of the segment.
        COPY    0,1,{NOP1}
        GO      LIMITED,WORK
        RAISED  13,0,1000h,"running over the end of CS"
        COPY    0,3,{0B8h,1,2,3,4}
        GO      LIMITED,WORK
        RAISED  13,0,0FFDh,"an instruction across the end of CS"
        COPY    0,5,{0B8h,1,2,3,4}
        GO      LIMITED,WORK
        RAISED  13,0,1000h,"one that ends there is done"
        IS      eax,04030201h,"as its result shows"

        ; Across into a page that is not present, or not any more.
        call    edge_absent
        COPY    0,3,{0B8h,1,2}
        GO      CODE,0
        RAISED  14,0,ebx,"an instruction across into an absent page"
        IS      [trap_cr2],EDGE,"CR2 is the page's first byte"
        COPY    0,1,NOP1
        GO      CODE,0
        RAISED  14,0,EDGE,"running into an absent page"
        IS      [trap_cr2],EDGE,"CR2"
        COPY    14,15,3Eh
        GO      CODE,0
        mov     eax,[trap_vector]
        cmp     eax,14                  ; 15 prefixes and an absent page: either may win
        je      .either
        cmp     eax,13
        je      .either
        stc
.either:
        NAMED   "15 prefixes before an absent page: #GP or #PF"
        COPY    0,2,{0Fh,0FFh}
        GO      CODE,0
        RAISED  6,NO_ERROR,ebx,"invalid in front of an absent page: #UD"
        COPY    0,1,{0CCh}
        GO      CODE,0
        DONE    "INT3 in the last byte"
        ; A jump that is the last instruction does not ask for the next page.
        COPY    0,7,{0EAh,0,0,0,0,CODE,0}
        mov     dword [EDGE-6],.jumped
        GO      CODE,0
.jumped:
        IS      [trap_vector],-1,"a jump in the last bytes"
        mov     dword [trap_resume],0
        ; The access of an instruction that is itself whole, to the absent page: its EIP is the instruction.
        COPY    0,6,{8Bh,05h,0,0,0,0}
        mov     dword [EDGE-4],EDGE+10h
        GO      CODE,0
        RAISED  14,0,ebx,"a read from the page ahead"
        IS      [trap_cr2],EDGE+10h,"CR2"
        call    paging_off
        ret

paging_on:
        mov     edi,DIR
        mov     ecx,400h
        xor     eax,eax
        rep     stosd
        mov     dword [DIR],TABLE|3
        mov     edi,TABLE
        mov     eax,3
        mov     ecx,1024
.next:  stosd
        add     eax,1000h
        loop    .next
        mov     eax,DIR
        mov     cr3,eax
        mov     eax,cr0
        or      eax,80000000h
        mov     cr0,eax
        jmp     .on
.on:    ret

edge_absent:
        mov     dword [TABLE+(EDGE>>12)*4],0
        mov     eax,cr3
        mov     cr3,eax
        ret

paging_off:
        mov     eax,cr0
        and     eax,7FFFFFFFh
        mov     cr0,eax
        ret

        align   4
target:         dd      0
                dw      0

        TEST_END

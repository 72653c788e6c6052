; Code that changes itself: the next instruction, its own loop, across pages, through an alias, by strings, and data in the
; line of code (SDM volume 3, chapter 8.1.3 and 11.6: since the 486 a jump must come in between; Pentium and later
; need none, but old programs jump, so the tests do where the manual asks for it).
; run: -cpu 386
; run: -cpu pentium

%include "cpu_test.inc"

DIR             equ     40000h
TABLE0          equ     41000h
ALIAS           equ     300000h

tests:
        call    immediate
        call    loops
        call    across_pages
        call    by_string
        call    lengths
        jmp     alias

immediate:
        mov     byte [.patch+1],22h
        jmp     .patch
.patch: mov     al,11h
        IS_BYTE al,22h,"the immediate of the next instruction"
        mov     ecx,5
        xor     ebx,ebx
.loop:  add     bl,1
        inc     byte [.loop+2]          ; 1 + 2 + 3 + 4 + 5
        jmp     .back
.back:  loop    .loop
        IS      ebx,15,"a counter inside the loop's own code"
        ret

; A routine called often and changed between the calls: opcode, then operand.
loops:
        xor     ebx,ebx
        mov     ecx,1000
.next:
        mov     al,43h                  ; INC EBX
        test    cl,1
        jz      .store
        mov     al,4Bh                  ; DEC EBX
.store:
        mov     [.routine],al
        call    .routine
        loop    .next
        IS      ebx,0,"a routine that changes a thousand times"
        mov     ecx,1000
.data:  mov     [.word],ecx             ; data next to the code
        call    .routine2
        loop    .data
        IS      eax,1,"data in the same line as code"
        ret
.routine:
        nop
        ret
.word:  dd      0
.routine2:
        mov     eax,[.word]
        ret

; An instruction that lies across a page boundary; first its tail is changed, then its head.
across_pages:
        mov     byte [WORK+0FFEh],0B8h  ; MOV EAX,imm32
        mov     dword [WORK+0FFFh],11111111h
        mov     byte [WORK+1003h],0C3h
        mov     ebx,WORK+0FFEh
        call    ebx
        IS      eax,11111111h,"instruction across pages"
        mov     byte [WORK+1002h],22h
        call    ebx
        IS      eax,22111111h,"its tail changed"
        mov     byte [WORK+0FFEh],0BAh  ; MOV EDX,imm32
        xor     edx,edx
        call    ebx
        IS      edx,22111111h,"its head changed"
        mov     byte [WORK+0FFFh],33h
        call    ebx
        IS      edx,22111133h,"its middle changed"
        ; Code in one page that writes the next page just before it runs into it.
        mov     edi,WORK+1FF0h
        mov     esi,.body
        mov     ecx,.body_end-.body
        rep     movsb
        mov     byte [WORK+2000h],0F4h
        mov     byte [WORK+2001h],0C3h
        xor     eax,eax
        mov     ebx,WORK+1FF0h
        call    ebx
        IS      eax,1,"the page ahead changed"
        ret
.body:  mov     byte [WORK+2000h],40h   ; INC EAX
        times   16-($-.body) nop
.body_end:

by_string:
        mov     edi,WORK+3000h
        mov     ecx,64
        mov     al,90h
        rep     stosb
        mov     byte [edi],0C3h
        mov     ebx,WORK+3000h
        call    ebx
        xor     eax,eax
        mov     edi,WORK+3000h
        mov     ecx,64
        push    eax
        mov     al,40h                  ; INC EAX
        rep     stosb
        pop     eax
        call    ebx
        IS      eax,64,"REP STOSB over code that ran"
        mov     esi,WORK+3000h
        mov     edi,WORK+3010h
        mov     byte [esi],48h          ; DEC EAX
        mov     ecx,16
        rep     movsb                   ; only the first byte differs: 16 to 31 become what 0 to 15 were
        xor     eax,eax
        call    ebx
        IS      eax,60,"REP MOVSB over it"
        ret

; The changed instruction has another length: what follows must be decoded anew.
lengths:
        mov     edi,WORK+4000h
        mov     dword [edi],0C3404040h  ; INC EAX three times
        mov     ebx,edi
        xor     eax,eax
        call    ebx
        IS      eax,3,"three short ones"
        mov     byte [edi],0B0h         ; MOV AL,40h; INC EAX
        xor     eax,eax
        call    ebx
        IS      eax,41h,"one became longer"
        mov     byte [edi],90h
        xor     eax,eax
        call    ebx
        IS      eax,2,"and shorter"
        ret

; The same frame at two linear addresses: written at one, run at the other; then another frame behind the same address.
alias:
        mov     edi,DIR
        mov     ecx,2000h/4
        xor     eax,eax
        rep     stosd
        mov     dword [DIR],TABLE0|3
        mov     edi,TABLE0
        mov     eax,3
        mov     ecx,1024
.low:   stosd
        add     eax,1000h
        loop    .low
        mov     dword [TABLE0+(ALIAS>>12)*4],WORK+5000h+3
        mov     eax,DIR
        mov     cr3,eax
        mov     eax,cr0
        or      eax,80000000h
        mov     cr0,eax
        jmp     .on
.on:
        mov     dword [WORK+5000h],0C340C031h   ; XOR EAX,EAX; INC EAX; RET
        mov     ebx,ALIAS
        call    ebx
        IS      eax,1,"code at an alias"
        mov     byte [WORK+5002h],48h           ; DEC EAX
        call    ebx
        IS      eax,-1,"changed through the other address"
        mov     byte [ALIAS+2],40h
        mov     ecx,WORK+5000h
        call    ecx
        IS      eax,1,"and the other way round"
        mov     dword [WORK+6000h],0C390C031h
        mov     dword [TABLE0+(ALIAS>>12)*4],WORK+6000h+3
        mov     eax,cr3
        mov     cr3,eax
        call    ebx
        IS      eax,0,"another frame behind the same address"
        mov     eax,cr0
        and     eax,7FFFFFFFh
        mov     cr0,eax
        ret

        TEST_END

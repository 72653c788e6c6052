; What the 386 does where its manual says nothing or "undefined", as the authors of test386.asm and undef386.asm found on
; 386SX and 386EX chips; and what other models do with the same bytes (SDM volume 3, "Selector Pushes and Pops").
; run: -cpu 386

%include "cpu_test.inc"

STACK_16        equ     FREE            ; 64 KB at WORK, 16-bit SP
TIGHT           equ     FREE+8          ; the same with a limit of FFFFh - 2: two bytes missing at the top

; Flags CF PF AF ZF SF OF after one instruction that begins with EAX, ECX and flags as given.
%macro  FLAGS 6                      ; name, EAX, CL, flags before, flags after, instruction
        mov     eax,%2
        mov     ecx,%3
        push    dword %4
        popfd
        %6
        pushfd
        pop     eax
        and     eax,8D5h
        IS      eax,%5,%1
%endmacro
C               equ     1
P               equ     4
A               equ     10h
Z               equ     40h
S               equ     80h
O               equ     800h

tests:
        DESC    STACK_16,WORK,0FFFFh,92h,0
        DESC    TIGHT,WORK,0FFFFh-2,92h,0
        call    stacks
        call    scaled
        call    shifts
        call    bit_tests
        jmp     decimals

stacks:
        mov     [saved_esp],esp
        mov     dword [WORK+0FFFCh],0DEADBEEFh
        mov     ebp,esp
        mov     ax,STACK_16
        mov     ss,ax
        mov     esp,12340000h
        o32 push ds
        mov     ebx,esp
        mov     dx,DATA
        mov     ss,dx
        mov     esp,ebp
        IS      [WORK+0FFFCh],0DEAD0000h|DATA,"a selector pushed with 32 bits leaves the upper half"
        IS      ebx,1234FFFCh,"and takes four bytes"
        mov     ax,TIGHT
        mov     ss,ax
        mov     esp,0FFFCh
        TRY     o32 pop es              ; bytes FFFE and FFFF are beyond the limit
        mov     ebx,esp
        mov     dx,DATA
        mov     ss,dx
        mov     esp,ebp
        IS      ebx,10000h&0FFFFh,"a selector popped with 32 bits reads two bytes"
        IS      [trap_vector],-1,"and does not look at the others"
        mov     dword [WORK+0FFECh],0DEAD5555h  ; the slot of ESP
        mov     ax,STACK_16
        mov     ss,ax
        mov     esp,1234FFE0h
        popad
        mov     ecx,esp
        mov     dx,DATA
        mov     ss,dx
        mov     esp,[saved_esp]
        IS      ecx,0DEAD0000h,"POPAD on a 16-bit stack takes the upper half of ESP from memory"
        ret
saved_esp:      dd 0

scaled:
        mov     ecx,8
        mov     ebp,40h
        db      8Dh,04h,61h             ; lea eax,[ecx + none*2]
        IS      eax,16,"without an index the scale applies to the base"
        db      8Dh,44h,0A5h,1          ; lea eax,[ebp + none*4 + 1]
        IS      eax,101h,"so it does with a displacement"
        db      8Dh,04h,0E5h
        dd      12345678h               ; lea eax,[none*8 + disp32]
        IS      eax,12345678h,"nothing to scale"
        mov     edx,esp
        db      8Dh,04h,64h             ; lea eax,[esp + none*2]
        add     edx,edx
        IS      eax,edx,"ESP as a base is scaled too"
        ret

shifts:
        FLAGS "SHR sets AF",81h,1,0,C|A|O,{shr al,cl}
        FLAGS "SHR by 2: OF by the result",82h,2,0,C|A,{shr al,cl}
        FLAGS "SHR of a byte by 8: CF is its top bit",80h,8,0,C|P|A|Z,{shr al,cl}
        FLAGS "by 16 as well",80h,16,0,C|P|A|Z,{shr al,cl}
        FLAGS "by 24 as well",80h,24,0,C|P|A|Z,{shr al,cl}
        FLAGS "but not by an immediate 24",80h,0,C,P|A|Z,{shr al,24}
        FLAGS "not by 12",80h,12,C,P|A|Z,{shr al,cl}
        FLAGS "by 32 nothing happens",80h,32,0,0,{shr al,cl}
        FLAGS "SHL of a byte by 16: CF is its low bit",1,16,0,C|P|A|Z|O,{shl al,cl}
        FLAGS "SHL of 0 clears CF",0,16,C,P|A|Z,{shl al,cl}
        FLAGS "SHL of a word by 16",1,16,0,C|P|A|Z|O,{shl ax,cl}
        FLAGS "RCR by 9: a full turn sets OF anew",40h,9,0,O,{rcr al,cl}
        FLAGS "RCL by 17: a full turn sets OF anew",8000h,17,C|O,C,{rcl ax,cl}
        ret

bit_tests:
        FLAGS "BT 0: OF is RCR's",1,0,O,C,{bt eax,ecx}
        FLAGS "BT 1",1,1,0,O,{bt eax,ecx}
        FLAGS "BT 2",1,2,C,O,{bt eax,ecx}
        FLAGS "BT 3",1,3,C|O,0,{bt eax,ecx}
        FLAGS "BT 0 with the top bit",8000h,0,0,O,{bt ax,cx}
        FLAGS "BTS 31",40000000h,31,0,O,{bts eax,31}
        FLAGS "BTC 15",4000h,15,S,S|O,{btc ax,15}
        ret

decimals:
        FLAGS "AAA without adjustment",1,0,P|Z|S|O,0,{aaa}
        FLAGS "AAA: SF and OF of AL + 6",7Ah,0,0,C|A|S|O,{aaa}
        FLAGS "AAA: PF of AL + 6",7Bh,0,A,C|P|A|S|O,{aaa}
        FLAGS "AAS: flags of AL - 6",0,0,A,C|P|A|S,{aas}
        FLAGS "AAS: OF of AL - 6",680h,0,A,C|A|O,{aas}
        FLAGS "AAD: CF, AF and OF of the addition",0D8Eh,0,0,C|A|O,{aad}
        FLAGS "AAD: cleared as well",1,0,C|A|O,0,{aad}
        FLAGS "AAM clears CF, AF and OF",0,0,C|A|O,P|Z,{aam}
        FLAGS "DAA: OF of the addition",1Ah,0,C,C|A|S|O,{daa}
        FLAGS "DAS: OF of the subtraction",80h,0,A,A|O,{das}
        ret

        TEST_END

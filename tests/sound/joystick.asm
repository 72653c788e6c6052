; The game port, with the keypad as the stick: 200 times in a second, how long are the one-shots, and which buttons are
; down? Prints each change: left, middle, right by x; up, middle, down by y; buttons.
; run: -cpu 486 -ips 10M -joystick keys -type-at 0.2,{kp_4} -type-at 0.4,{kp_9} -type-at 0.6,{kp_0}
; expect: MM-
; expect: LM-
; expect: MM-
; expect: RU-
; expect: MM-
; expect: MMA
; expect: MM-
; silent: 0.1 0.9
; digest: bcee48f070a24e15

%include "sound.inc"

start:
        mov     cx,200
.look:
        push    cx
        call    measure
        mov     eax,[now]
        cmp     eax,[last]
        je      .same
        mov     [last],eax
        mov     si,now
        call    print
.same:
        mov     ax,4
        call    wait_ms
        pop     cx
        loop    .look
        jmp     finish

; counts looks at the port; about 0.6 us each
measure:
        xor     bx,bx                   ; looks while x was high
        xor     bp,bp                   ; ... y
        mov     cx,4000
        mov     dx,201h
        out     dx,al
.next:
        in      al,dx
        mov     ah,al
        and     ax,0201h
        add     bl,al
        adc     bh,0
        shr     ah,1
        mov     al,ah
        xor     ah,ah
        add     bp,ax
        loop    .next
        mov     ax,bx
        mov     si,across
        call    third
        mov     [now],al
        mov     ax,bp
        mov     si,down
        call    third
        mov     [now+1],al
        mov     dx,201h
        in      al,dx
        test    al,10h
        mov     al,'A'
        jz      .pressed
        mov     al,'-'
.pressed:
        mov     [now+2],al
        ret

; AX looks: the first, second or third letter at SI. A full one-shot is 1124 us or some 1,000 looks.
third:
        cmp     ax,200
        jb      .is
        inc     si
        cmp     ax,800
        jb      .is
        inc     si
.is:    mov     al,[si]
        ret

across: db      'LMR'
down:   db      'UMD'
        align   4
now:    db      '   ',10,0
last:   dd      0

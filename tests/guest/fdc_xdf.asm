; A floppy in IBM's XDF, read the way its driver XDF.COM does: by commands to the controller, each sector by DMA with the
; size it has on the track. The disk is what is booted: its small file system, in the sectors R = 1 to 8 that a BIOS can
; read, holds this program. Every sector of the large one begins with its number. Facts: fdutils (xdfcopy), mtools (xdf_io).
; run: -cpu 386
; run: -cpu pentium -M pci

        cpu     386
        bits    16

FAT             equ     11              ; sectors
ROOT            equ     14
PROGRAM         equ     1 + FAT         ; linear sector: the small file system lies where the second FAT would
PER_CYLINDER    equ     46
CYLINDERS       equ     80
BUFFER          equ     1000h           ; segment, 8 KB
BASE            equ     128             ; R = BASE + N, or BASE + 1 and so on where all N are 2

        org     7C00h - PROGRAM * 512

%macro parameters 2                     ; total sectors, sectors per track
        db      'GLASS86 '
        dw      512
        db      1
        dw      1
        db      2
        dw      ROOT * 16, %1
        db      0F9h
        dw      FAT, %2, 2
        dd      0
%endmacro

%assign SECTOR 0
%macro  numbered 1                      ; so many sectors that can be told apart
        %rep %1
        dw      SECTOR
        times   510 db (SECTOR * 7 + SECTOR / 256) & 255
        %assign SECTOR SECTOR + 1
        %endrep
%endmacro

; The boot sector of the large file system: the controller can find it, a BIOS cannot.
        jmp     short $
        nop
        parameters CYLINDERS * PER_CYLINDER, PER_CYLINDER / 2
        times   510 - ($ - $$) db 0
        dw      0AA55h
        %assign SECTOR 1
        numbered FAT

start:  jmp     short .go
        nop
        parameters 8, 8
.go:    cli
        xor     ax,ax
        mov     ds,ax
        mov     ss,ax
        mov     sp,7C00h
        mov     es,ax
        sti
        cld
        mov     ax,0207h
        mov     bx,7E00h
        mov     cx,2
        mov     dx,0
        int     13h
        mov     si,text.load
        jc      .fail
        mov     ax,BUFFER
        mov     es,ax
        jmp     tests
.fail:  call    judge                   ; CF = 1
        jmp     quit
        times   510 - ($ - start) db 0
        dw      0AA55h

tests:  mov     dx,3F2h                 ; motor A
        mov     al,1Ch
        out     dx,al
        mov     dx,3F7h                 ; 500 kbit/s
        mov     al,0
        out     dx,al
        mov     cx,10
.spin:  hlt
        loop    .spin

        call    first_cylinder
        mov     si,text.first
        call    judge
        call    chains
        mov     si,text.chains
        call    judge
        call    ids
        mov     si,text.ids
        call    judge
        call    absent
        mov     si,text.absent
        call    judge
        call    writing
        mov     si,text.writing
        call    judge
quit:   mov     si,text.done
        call    puts
        mov     dx,0F4h
        mov     al,[failures]
        out     dx,al
.halt:  cli
        hlt
        jmp     .halt

; ---- the checks: CF = 1 if one fails ---------------------------------------------------------------------------------------

; Sectors of 512 bytes: 11 with R from 129 on head 0, 19 on head 1. The second FAT, and five sectors behind the
; directory, have none.
first_cylinder:
        mov     byte [cylinder],0
        call    seek
        jc      .out
        mov     byte [n],2
        xor     bp,bp                   ; the how manyeth
.next:  mov     ax,bp
        mov     byte [head],0
        cmp     ax,11
        jb      .there
        inc     byte [head]
        sub     ax,11
.there: add     al,BASE + 1
        mov     [r],al
        mov     al,46h
        call    transfer
        jc      .out
        mov     ax,bp
        cmp     ax,FAT
        jbe     .here
        add     ax,FAT
        cmp     bp,FAT + ROOT
        jbe     .here
        add     ax,5
.here:  mov     cx,1
        or      ax,ax
        jz      .boot
        call    compare
        jc      .out
        jmp     .count
.boot:  cmp     word [es:24],PER_CYLINDER / 2
        jne     .bad
.count: inc     bp
        cmp     bp,11 + 19
        jb      .next
        clc
.out:   ret
.bad:   stc
        ret

; The other cylinders: eight sectors of 512 to 8192 bytes, which follow each other on alternating heads.
chains: mov     byte [cylinder],1
.cylinder:
        call    seek
        jc      .out
        mov     al,[cylinder]
        mov     ah,PER_CYLINDER
        mul     ah
        mov     [linear],ax
        mov     bx,chain
.next:  call    link
        mov     al,46h
        call    transfer
        jc      .out
        mov     ax,[linear]
        call    many
        add     [linear],cx
        call    compare
        jc      .out
        cmp     bx,chain.end
        jb      .next
        inc     byte [cylinder]
        cmp     byte [cylinder],CYLINDERS
        jb      .cylinder
        clc
.out:   ret

; What passes under the heads is one sector of each size, with its number.
ids:    mov     byte [cylinder],5
        call    seek
        jc      .out
        mov     byte [head],0
.head:  mov     cx,12
        xor     bp,bp
.next:  call    begin
        mov     al,4Ah
        call    put
        mov     al,[head]
        shl     al,2
        call    put
        call    finish
        jc      .out
        mov     al,[result + 6]         ; N
        mov     ah,al
        add     ah,BASE
        cmp     ah,[result + 5]         ; R
        jne     .bad
        cbw
        bts     bp,ax
        loop    .next
        cmp     bp,01011100b
        jne     .bad
        inc     byte [head]
        cmp     byte [head],2
        jb      .head
        clc
.out:   ret
.bad:   stc
        ret

; A plain sector 1 is not on this track, nor one of 512 bytes with another's number: no data (ST1 bit 2).
absent: mov     byte [head],0
        mov     byte [n],2
        mov     byte [r],1
        mov     al,46h
        call    transfer
        jnc     .bad
        test    byte [result + 1],4
        jz      .bad
        mov     byte [r],BASE + 3
        mov     al,46h
        call    transfer
        jnc     .bad
        test    byte [result + 1],4
        jz      .bad
        clc
        ret
.bad:   stc
        ret

; 8 KB written on cylinder 40 are read again, and their neighbours in the chain are as before.
writing:
        mov     byte [cylinder],40
        call    seek
        jc      .out
        mov     bx,chain + 4            ; head 1, N = 6
        call    link
        call    fill
        mov     al,45h
        call    transfer
        jc      .out
        mov     cx,2000h
        xor     di,di
        mov     al,0
        rep     stosb
        mov     al,46h
        call    transfer
        jc      .out
        xor     di,di
        mov     cx,2000h
.same:  mov     ax,di
        xor     al,ah
        scasb
        jne     .bad
        loop    .same
        mov     bx,chain + 2            ; head 0, N = 4: 2 sectors into the cylinder
        mov     ax,40 * PER_CYLINDER + 2
        call    .check
        jc      .out
        mov     bx,chain + 6            ; head 0, N = 2: 22 into it
        mov     ax,40 * PER_CYLINDER + 22
.check: call    link
        push    ax
        mov     al,46h
        call    transfer
        pop     ax
        jc      .out
        call    many
        jmp     compare
.bad:   stc
.out:   ret

; ---- sectors ---------------------------------------------------------------------------------------------------------------

; Head and N of the link at BX, which moves on.
link:   push    ax
        mov     ax,[bx]
        add     bx,2
        mov     [head],al
        mov     [n],ah
        add     ah,BASE
        mov     [r],ah
        pop     ax
        ret

; CX = how many of 512 bytes the present sector stands for.
many:   mov     cl,[n]
        sub     cl,2
        push    ax
        mov     ax,1
        shl     ax,cl
        mov     cx,ax
        pop     ax
        ret

; Are the CX sectors in the buffer those from linear sector AX on? CF = 1: no.
compare:
        pusha
        xor     di,di
.next:  scasw
        jne     .bad
        push    ax
        push    cx
        mov     dx,ax
        shl     ax,3
        sub     ax,dx
        add     al,dh
        mov     cx,510
        repe    scasb
        pop     cx
        pop     ax
        jne     .bad
        inc     ax
        loop    .next
        popa
        clc
        ret
.bad:   popa
        stc
        ret

fill:   xor     di,di
        mov     cx,2000h
.next:  mov     ax,di
        xor     al,ah
        stosb
        loop    .next
        ret

; ---- the controller --------------------------------------------------------------------------------------------------------

; Command AL, READ DATA (46h) or WRITE DATA (45h), for the present sector. CF = 1: it did not end well.
transfer:
        pusha
        mov     [command],al
        mov     bl,46h                  ; DMA channel 2, to memory
        cmp     al,46h
        je      .set
        mov     bl,4Ah
.set:   mov     al,6
        out     0Ah,al
        out     0Ch,al
        mov     al,bl
        out     0Bh,al
        mov     al,0
        out     4,al
        out     4,al
        mov     al,BUFFER >> 12
        out     81h,al
        mov     ax,128
        mov     cl,[n]
        shl     ax,cl
        dec     ax
        out     5,al
        mov     al,ah
        out     5,al
        mov     al,2
        out     0Ah,al
        call    begin
        mov     al,[command]
        call    put
        mov     al,[head]
        shl     al,2
        call    put
        mov     al,[cylinder]
        call    put
        mov     al,[head]
        call    put
        mov     al,[r]
        call    put
        mov     al,[n]
        call    put
        mov     al,[r]                  ; the last one
        call    put
        mov     al,1Bh
        call    put
        mov     al,0FFh
        call    put
        call    finish
        popa
        ret

seek:   pusha
        call    begin
        mov     al,0Fh
        call    put
        mov     al,0
        call    put
        mov     al,[cylinder]
        call    put
        call    interrupt
        mov     al,8
        call    put
        call    get
        and     al,0F0h
        mov     ah,al
        call    get
        sub     al,[cylinder]
        xor     ah,20h                  ; seek ended, normally
        or      al,ah
        neg     al                      ; CF = not 0
        popa
        ret

begin:  and     byte [43Eh],7Fh         ; the BIOS's handler of IRQ 6 sets it
        ret

interrupt:
        sti
        hlt
        test    byte [43Eh],80h
        jz      interrupt
        ret

; The seven bytes of the result; CF = 1 unless the command ended normally, without an error.
finish: push    cx
        push    di
        call    interrupt
        xor     di,di
.next:  call    get
        mov     [result + di],al
        inc     di
        cmp     di,7
        jb      .next
        mov     al,[result]
        and     al,0C0h
        or      al,[result + 1]
        or      al,[result + 2]
        neg     al
        pop     di
        pop     cx
        ret

put:    push    ax
        mov     dx,3F4h
.wait:  in      al,dx
        and     al,0C0h
        cmp     al,80h
        jne     .wait
        pop     ax
        inc     dx
        out     dx,al
        ret

get:    mov     dx,3F4h
.wait:  in      al,dx
        and     al,0C0h
        cmp     al,0C0h
        jne     .wait
        inc     dx
        in      al,dx
        ret

; ---- words -----------------------------------------------------------------------------------------------------------------

; CF = 1: not ok. With it, where it was.
judge:  jc      .bad
        push    si
        mov     si,text.ok
        call    puts
        pop     si
        call    puts
        jmp     .end
.bad:   inc     byte [failures]
        push    si
        mov     si,text.not_ok
        call    puts
        pop     si
        call    puts
        mov     si,text.at
        call    puts
        mov     bx,cylinder
.byte:  mov     al,[bx]
        call    put_hex
        mov     al,' '
        out     0E9h,al
        inc     bx
        cmp     bx,result + 7
        jb      .byte
.end:   mov     al,10
        out     0E9h,al
        ret

put_hex:
        push    ax
        shr     al,4
        call    .digit
        pop     ax
        and     al,15
.digit: cmp     al,10
        sbb     al,69h
        das
        out     0E9h,al
        ret

puts:   lodsb
        or      al,al
        jz      .out
        out     0E9h,al
        jmp     puts
.out:   ret

text:
.load:          db      'the small file system is what a BIOS finds',0
.first:         db      'first cylinder: boot sector, FAT, directory, data',0
.chains:        db      'cylinders 1 to 79: every sector of every size',0
.ids:           db      'READ ID: a sector of each size on either head',0
.absent:        db      'no sector 1, and none of another size',0
.writing:       db      '8 KB written at once, the neighbours as before',0
.ok:            db      'ok ',0
.not_ok:        db      'not ok ',0
.at:            db      ': cylinder, head, R, N and result ',0
.done:          db      'done 5',10,0

chain:  db      0,3, 0,4, 1,6, 0,2, 1,2, 0,6, 1,4, 1,3
.end:

failures:       db      0
command:        db      0
linear:         dw      0
cylinder:       db      0
head:           db      0
r:              db      0
n:              db      0
result:         times 7 db 0

%if $ - start > 8 * 512
        %error "the program does not fit into eight sectors"
%endif
        times   (PROGRAM + 8) * 512 - ($ - $$) db 0
        %assign SECTOR PROGRAM + 8
        numbered CYLINDERS * PER_CYLINDER - SECTOR

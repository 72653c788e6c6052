; Extended modes: every depth through the linear frame buffer, planes and banks, a moved start, and the
; entry points for protected mode.
;
; picture: vbe-320x200x15 -DVMODE=10Dh
; picture: vbe-320x200x16 -DVMODE=10Eh
; picture: vbe-320x200x24 -DVMODE=10Fh
; picture: vbe-320x200x32 -DVMODE=140h
; picture: vbe-640x400x8 -DVMODE=100h
; picture: vbe-640x480x8 -DVMODE=101h
; picture: vbe-1280x1024x8 -DVMODE=107h
; picture: vbe-1024x768x16 -DVMODE=117h
; picture: vbe-text108 -DVMODE=108h
; picture: vbe-text109 -DVMODE=109h
; picture: vbe-text10a -DVMODE=10Ah
; picture: vbe-text10b -DVMODE=10Bh
; picture: vbe-text10c -DVMODE=10Ch
; picture: vbe-banks -DVMODE=103h -DBANKS
; picture: vbe-planes -DVMODE=102h -DPLANES
; picture: vbe-start -DVMODE=101h -DSTART
; picture: vbe-protected -DVMODE=100h -DPROTECTED
%include "video.inc"

INFO    equ     0A000h                  ; of the mode
TABLE   equ     0A200h                  ; the entry points, copied
COLORS  equ     0A800h

draw:
        mov     ax,4F01h
        mov     cx,VMODE
        mov     di,INFO
        int     10h
        mov     ax,4F02h
%ifdef BANKS
        mov     bx,VMODE
%elifdef PLANES
        mov     bx,VMODE
%elif VMODE >= 108h && VMODE <= 10Ch
        mov     bx,VMODE | 4000h        ; there is no linear frame buffer
        int     10h
        cmp     ax,014Fh
        jne     .out
        mov     ax,4F02h
        mov     bx,VMODE
%else
        mov     bx,VMODE | 4000h
%endif
        int     10h
%if VMODE >= 108h && VMODE <= 10Ch
        call    text
.out:
        ret

; As many characters as the mode says, then a line below that is scrolled in. Nothing, if the mode
; information and the BIOS data area disagree.
text:
        mov     ax,4F03h
        int     10h
        cmp     bx,VMODE
        jne     .out
        mov     ax,[INFO+12h]
        cmp     ax,[44Ah]
        jne     .out
        mov     al,[484h]
        inc     ax
        cmp     al,[INFO+14h]
        jne     .out
        mov     al,[485h]
        cmp     al,[INFO+17h]
        jne     .out
        NO_CURSOR
        mov     ax,[INFO+12h]
        mul     word [INFO+14h]
        mov     cx,ax
        push    word [INFO+8]
        pop     es
        xor     di,di
        call    fill_text
        xor     ax,ax
        mov     es,ax
        mov     ah,2
        mov     bh,0
        mov     dh,[484h]
        mov     dl,[44Ah]
        sub     dl,20
        int     10h
        PRINT   "twenty at the right",0
        mov     ax,0E0Ah
        int     10h
        PRINT   "end",0
.out:
        ret
%endif
%ifdef BANKS
        ; row after row, with the bank changed where it ends
        push    0A000h
        pop     es
        xor     di,di
        xor     dx,dx                   ; bank
        xor     bp,bp                   ; row
.row:   mov     cx,800
        mov     ax,bp
        shr     ax,3
.byte:  stosb
        inc     al
        test    di,di
        jnz     .same
        inc     dx
        push    ax
        mov     ax,4F05h
        xor     bx,bx
        int     10h
        pop     ax
.same:  loop    .byte
        inc     bp
        cmp     bp,600
        jb      .row
%elifdef PLANES
        ; squares through write mode 2, text through the BIOS
        push    0A000h
        pop     es
        OUT2    3CEh,5,2
        xor     di,di
        xor     bp,bp
.row:   mov     cx,100
        mov     ax,bp
        shr     ax,4
.byte:  stosb
        test    cl,3
        jnz     .same
        inc     al
.same:  loop    .byte
        inc     bp
        cmp     bp,600
        jb      .row
        OUT2    3CEh,5,0
        xor     ax,ax
        mov     es,ax
        mov     ah,2
        mov     bh,0
        mov     dx,2458h
        int     10h
        PRINT   "last corner",0Eh
%else
        call    flat
%ifdef START
        mov     ax,4F06h
        mov     bl,0
        mov     cx,800
        int     10h
        mov     word [INFO+12h],800     ; draw all of it
        add     word [INFO+14h],40
%endif
        call    linear
%ifdef START
        mov     ax,4F07h
        mov     bx,80h
        mov     cx,64
        mov     dx,32
        int     10h
%elifdef PROTECTED
        call    protected
%endif
%endif
        FRAMES  2
        ret

; DS = ES = 0, with limits of 4 GiB from here on.
flat:
        cli
        lgdt    [gdt_pointer]
        mov     eax,cr0
        inc     ax
        mov     cr0,eax
        jmp     .pm
.pm:    mov     bx,8
        mov     ds,bx
        mov     es,bx
        dec     ax
        mov     cr0,eax
        jmp     .rm
.rm:    xor     bx,bx
        mov     ds,bx
        mov     es,bx
        sti
        ret

; Red from left to right, green downwards, blue in stripes, in squares; with 8 bits just column and row.
linear:
        mov     edi,[INFO+28h]
        movzx   ebp,word [INFO+14h]
        xor     edx,edx                 ; row
.row:   xor     ecx,ecx                 ; column
.pixel:
        call    color
        mov     bl,[INFO+19h]
        cmp     bl,8
        je      .one
        cmp     bl,24
        jb      .two
        je      .three
        mov     [edi],eax
        add     edi,4
        jmp     .next
.one:   mov     ax,cx
        shr     ax,3
        mov     bx,dx
        shr     bx,2
        add     al,bl
        mov     [edi],al
        inc     edi
        jmp     .next
.two:   mov     [edi],ax
        add     edi,2
        jmp     .next
.three: mov     [edi],ax
        shr     eax,16
        mov     [edi+2],al
        add     edi,3
.next:  inc     cx
        cmp     cx,[INFO+12h]
        jb      .pixel
        inc     dx
        cmp     dx,bp
        jb      .row
        ret

; EAX = the colour of column CX, row DX, put together as the mode's masks say.
color:
        push    ecx
        push    edx
        and     cl,0F8h                 ; squares of 8x8
        movzx   esi,dx
        and     si,0FFF8h
        mov     eax,ecx
        and     eax,255                 ; red
        mov     bx,[INFO+1Fh]
        call    .part
        push    eax
        mov     eax,esi
        and     eax,255                 ; green
        mov     bx,[INFO+21h]
        call    .part
        push    eax
        mov     eax,ecx
        add     eax,esi
        shl     eax,3
        and     eax,255                 ; blue
        mov     bx,[INFO+23h]
        call    .part
        pop     ebx
        or      eax,ebx
        pop     ebx
        or      eax,ebx
        pop     edx
        pop     ecx
        ret
; The top BL bits of AL, shifted to BH.
.part:
        push    ecx
        mov     cl,8
        sub     cl,bl
        shr     eax,cl
        mov     cl,bh
        shl     eax,cl
        pop     ecx
        ret

%ifdef PROTECTED
; The same calls from 32-bit code: colours 0-63 as a ramp, the picture from row 40 on, bank 2 filled.
protected:
        mov     ax,4F0Ah
        mov     bl,0
        int     10h
        push    ds
        push    es
        pop     ds
        xor     ax,ax
        mov     es,ax
        mov     si,di
        mov     di,TABLE
        rep movsb
        pop     ds
        mov     di,COLORS
        xor     cx,cx
.ramp:  mov     al,cl
        stosb                           ; blue
        mov     al,3Fh
        sub     al,cl
        stosb                           ; green
        mov     al,cl
        shr     al,1
        stosb                           ; red
        mov     al,0
        stosb
        inc     cl
        cmp     cl,64
        jb      .ramp
        cli
        mov     [stack],sp
        lgdt    [gdt_pointer]
        mov     eax,cr0
        inc     ax
        mov     cr0,eax
        jmp     10h:.pm32
        bits    32
.pm32:  mov     ax,8
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     esp,7000h
        movzx   esi,word [TABLE]        ; set window
        add     esi,TABLE
        xor     ebx,ebx
        mov     edx,2
        call    esi
        mov     edi,0A0000h
        mov     ecx,4000h
        mov     eax,3F3F3F3Fh
        rep stosd
        movzx   esi,word [TABLE+2]      ; set start: row 40
        add     esi,TABLE
        mov     bl,80h
        mov     ecx,640*40/4
        xor     edx,edx
        call    esi
        movzx   esi,word [TABLE+4]      ; set palette
        add     esi,TABLE
        mov     bl,0
        mov     ecx,64
        xor     edx,edx
        mov     edi,COLORS
        call    esi
        jmp     18h:.pm16
        bits    16
.pm16:  mov     eax,cr0
        dec     ax
        mov     cr0,eax
        jmp     0:.rm
.rm:    xor     ax,ax
        mov     ds,ax
        mov     es,ax
        mov     ss,ax
        mov     sp,[stack]
        sti
        ret

stack   dw      0
%endif

gdt_pointer:
        dw      4*8-1
        dd      gdt
        align   8
gdt     dq      0
        dq      00CF92000000FFFFh       ; flat data
        dq      00CF9A000000FFFFh       ; flat code, 32 bits
        dq      00009A000000FFFFh       ; code, 16 bits
        IMAGE_END

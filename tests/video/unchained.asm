; Mode 13h with chain 4 off, as games have it since "mode X": one plane at a time by the map mask, in
; the resolutions that the CRTC can make of it.
;
; picture: x320x200 -DWIDTH=320 -DHEIGHT=200
; picture: x320x240 -DWIDTH=320 -DHEIGHT=240
; picture: x320x400 -DWIDTH=320 -DHEIGHT=400
; picture: x320x480 -DWIDTH=320 -DHEIGHT=480
; picture: x360x200 -DWIDTH=360 -DHEIGHT=200
; picture: x360x240 -DWIDTH=360 -DHEIGHT=240
; picture: x360x400 -DWIDTH=360 -DHEIGHT=400
; picture: x360x480 -DWIDTH=360 -DHEIGHT=480
; picture: x256x256 -DWIDTH=256 -DHEIGHT=256
%include "video.inc"

draw:
        MODE    13h
        OUT2    3C4h,4,06h              ; chain 4 off, planes
        OUT2    3D4h,14h,00h            ; the CRTC counts bytes
        OUT2    3D4h,17h,0E3h
        OUT2    3D4h,11h,0Ch            ; unlock 0-7
%if HEIGHT = 240 || HEIGHT = 480
        OUT2    3C4h,0,1
        mov     dx,3C2h
        mov     al,0E3h | (WIDTH = 360) << 2 & 4
        out     dx,al
        OUT2    3C4h,0,3
        OUT2    3D4h,06h,0Dh
        OUT2    3D4h,07h,3Eh
        OUT2    3D4h,10h,0EAh
        OUT2    3D4h,11h,0Ch
        OUT2    3D4h,12h,0DFh
        OUT2    3D4h,15h,0E7h
        OUT2    3D4h,16h,06h
%elif WIDTH = 360
        OUT2    3C4h,0,1
        mov     dx,3C2h
        mov     al,67h
        out     dx,al
        OUT2    3C4h,0,3
%endif
%if WIDTH = 256
        OUT2    3C4h,0,1
        mov     dx,3C2h
        mov     al,0E3h
        out     dx,al
        OUT2    3C4h,0,3
        OUT2    3D4h,01h,3Fh
        OUT2    3D4h,02h,40h
        OUT2    3D4h,04h,4Ah
        OUT2    3D4h,05h,9Ah
        OUT2    3D4h,06h,23h
        OUT2    3D4h,07h,0B2h
        OUT2    3D4h,09h,61h
        OUT2    3D4h,10h,0Ah
        OUT2    3D4h,12h,0FFh
        OUT2    3D4h,13h,20h
        OUT2    3D4h,15h,07h
        OUT2    3D4h,16h,1Ah
%endif
%if WIDTH = 360
        OUT2    3D4h,00h,6Bh
        OUT2    3D4h,01h,59h
        OUT2    3D4h,02h,5Ah
        OUT2    3D4h,03h,8Eh
        OUT2    3D4h,04h,5Eh
        OUT2    3D4h,05h,8Ah
        OUT2    3D4h,13h,2Dh
%endif
%if HEIGHT = 400 || HEIGHT = 480
        OUT2    3D4h,09h,40h            ; no second scan of each line
%endif
        push    0A000h
        pop     es
        mov     bl,0
.plane:
        mov     cl,bl
        mov     ah,1
        shl     ah,cl
        mov     al,2
        mov     dx,3C4h
        out     dx,ax
        xor     di,di
        xor     dx,dx
.row:
        mov     cx,WIDTH/4
        xor     si,si
.byte:
        mov     ax,si                   ; colour: column and row, a different hue in each plane
        add     ax,dx
        shr     ax,2
        and     al,0FCh
        add     al,bl
        stosb
        inc     si
        inc     si
        inc     si
        inc     si
        loop    .byte
        inc     dx
        cmp     dx,HEIGHT
        jb      .row
        inc     bl
        cmp     bl,4
        jb      .plane
        ; a frame of one white pixel around all of it
        OUT2    3C4h,2,0Fh
        mov     al,0Fh
        xor     di,di
        mov     cx,WIDTH/4
        rep stosb
        mov     di,WIDTH/4*(HEIGHT-1)
        mov     cx,WIDTH/4
        rep stosb
        mov     di,WIDTH/4
        mov     cx,HEIGHT-2
.edge:
        mov     dx,3C4h
        mov     ax,0102h
        out     dx,ax
        mov     byte [es:di],0Fh
        mov     ax,0802h
        out     dx,ax
        mov     byte [es:di+WIDTH/4-1],0Fh
        add     di,WIDTH/4
        loop    .edge
        FRAMES  2
        ret
        IMAGE_END

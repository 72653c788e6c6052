; Floating point as in games: a Mandelbrot set in doubles, gravity between four bodies (roots and divisions), vertices
; in floats by a matrix with perspective and rounding to integers, and a compiler's conversions to integers.
%include "pm.inc"
        pm
        fninit
again:  call mandelbrot
        call gravity
        call vertices
        call conversions
        repeat32 again

; 16 x 6 points, at most 32 steps each: x' = x^2 - y^2 + re, y' = 2xy + im, until x^2 + y^2 > 4
%define AT(n) [10000h + n]
mandelbrot:
        fld qword AT(top)
        fstp qword AT(im)
        mov ebx, 6
.row:   fld qword AT(left)
        fstp qword AT(re)
        mov esi, 16
.point: mov ecx, 32
        fld qword AT(im)                ; y
        fld qword AT(re)                ; x y
.step:  fld st0
        fmul st0, st0                   ; x2 x y
        fld st2
        fmul st0, st0                   ; y2 x2 x y
        fld st1
        fadd st0, st1
        fcomp qword AT(four)            ; y2 x2 x y
        fnstsw ax
        sahf
        ja .out
        fsubp st1, st0                  ; x2-y2 x y
        fadd qword AT(re)               ; x' x y
        fxch st1
        fmulp st2, st0                  ; x' xy
        fxch st1
        fadd st0, st0
        fadd qword AT(im)               ; y' x'
        fxch st1
        dec ecx
        jnz .step
        jmp .inside
.out:   fstp st0
        fstp st0
.inside:
        add AT(pixels), ecx
        fstp st0
        fstp st0
        fld qword AT(re)
        fadd qword AT(pitch)
        fstp qword AT(re)
        dec esi
        jnz .point
        fld qword AT(im)
        fadd qword AT(pitch)
        fstp qword AT(im)
        dec ebx
        jnz .row
        ret

; Bodies of 7 doubles: x y z, velocity, mass. Starts anew every time: ten steps of velocities and places.
BODY    equ 56
gravity:
        mov esi, 10000h + start
        mov edi, 10000h + bodies
        mov ecx, 4 * BODY / 4
        cld
        rep movsd
        mov ebp, 10
.step:  mov esi, 10000h + bodies
        mov edx, 3
.first: mov ecx, edx
        lea edi, [esi + BODY]
.pair:  fld qword [esi]
        fsub qword [edi]                ; dx
        fld qword [esi + 8]
        fsub qword [edi + 8]            ; dy dx
        fld qword [esi + 16]
        fsub qword [edi + 16]           ; dz dy dx
        fld st0
        fmul st0, st0
        fld st2
        fmul st0, st0
        faddp st1, st0
        fld st3
        fmul st0, st0
        faddp st1, st0                  ; d2 dz dy dx
        fld st0
        fsqrt
        fmulp st1, st0                  ; d3 dz dy dx
        fdivr qword AT(dt)              ; m dz dy dx
        fmul st3, st0
        fmul st2, st0
        fmulp st1, st0                  ; dz dy dx, by dt / d3
%assign n 40
%rep 3
        fld qword [esi + n]
        fld st1
        fmul qword [edi + 48]
        fsubp st1, st0
        fstp qword [esi + n]
        fmul qword [esi + 48]
        fadd qword [edi + n]
        fstp qword [edi + n]
%assign n n - 8
%endrep
        add edi, BODY
        dec ecx
        jnz .pair
        add esi, BODY
        dec edx
        jnz .first
        mov esi, 10000h + bodies
        mov ecx, 4
.move:
%assign n 0
%rep 3
        fld qword [esi + 24 + n]
        fmul qword AT(dt)
        fadd qword [esi + n]
        fstp qword [esi + n]
%assign n n + 8
%endrep
        add esi, BODY
        dec ecx
        jnz .move
        dec ebp
        jnz .step
        ret

; 24 vertices of three floats by a 3 x 4 matrix, divided by depth, to screen coordinates; loads and adds interleaved by
; FXCH as for a Pentium
vertices:
        mov esi, 10000h + vertex
        mov edi, 10000h + screen
        mov ecx, 24
.next:
%assign row 0
%rep 3
        fld dword [esi]
        fmul dword AT(matrix + row)
        fld dword [esi + 4]
        fmul dword AT(matrix + row + 4)
        fld dword [esi + 8]
        fmul dword AT(matrix + row + 8)
        fxch st2
        faddp st1, st0
        fadd dword AT(matrix + row + 12)
        faddp st1, st0
%assign row row + 16
%endrep
        fld1                            ; 1 z y x
        fdivrp st1, st0                 ; 1/z y x
        fcom dword AT(near_plane)
        fnstsw ax
        test ah, 1
        jz .clipped
        fmul st1, st0
        fmul st2, st0                   ; w y x
        fxch st2
        fmul dword AT(scale)
        fadd dword AT(centre)
        fistp dword [edi]
        fmul dword AT(scale)
        fsubr dword AT(centre)
        fistp word [edi + 4]
        fstp dword [edi + 8]
        jmp .done
.clipped:
        fstp st0
        fcompp
.done:  add esi, 12
        add edi, 12
        dec ecx
        jnz .next
        ret

; What compilers make of (int) x, floor, fabs and comparisons with 0; extended temporaries
conversions:
        mov ecx, 16
.next:  mov AT(int), ecx
        fild dword AT(int)
        fmul qword AT(pitch)
        fstp tword AT(extended)
        fld tword AT(extended)
        fchs
        fnstcw AT(control)
        mov ax, AT(control)
        or ah, 0Ch
        mov AT(truncate), ax
        fldcw AT(truncate)
        fld st0
        fistp qword AT(int)
        fldcw AT(control)
        fild qword AT(int)
        fsubp st1, st0
        fabs
        ftst
        fnstsw ax
        sahf
        jbe .zero
        fidiv dword AT(seven)
        frndint
.zero:  fldz
        fucompp
        fnstsw ax
        sahf
        adc edx, 0
        dec ecx
        jnz .next
        ret

align 8
top:    dq -1.1
left:   dq -2.0
pitch:  dq 0.15625
four:   dq 4.0
re:     dq 0
im:     dq 0
dt:     dq 0.01
start:  dq 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 39.478
        dq 4.841, -1.160, -0.1036, 0.6063, 2.811, -0.02522, 0.03769
        dq 8.343, 4.125, -0.4035, -1.0107, 1.8256, 0.008415, 0.01128
        dq 12.894, -15.111, -0.2233, 1.0827, 0.8687, -0.01083, 0.001723
bodies: times 28 dq 0
int:    dq 0
extended: times 2 dq 0
seven:  dd 7
near_plane: dd 1.0
scale:  dd 160.0
centre: dd 100.0
matrix: dd 0.8, 0.0, 0.6, 0.1, 0.36, 0.8, -0.48, 0.2, -0.48, 0.6, 0.64, 5.0
vertex:
%assign k 0
%rep 24
        dd 0.%[k]5, 1.%[k]25, -0.%[k]75
%assign k k + 1
%endrep
screen: times 72 dd 0
pixels: dd 0
control: dw 0
truncate: dw 0

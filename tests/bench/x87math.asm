; The functions of the x87: rotation by FSINCOS, FPATAN and FSQRT, FPTAN, powers by FYL2X, F2XM1 and FSCALE, FPREM,
; with the few loads, stores and additions around them that programs have.
%include "pm.inc"
        pm
        fninit
%define AT(n) [10000h + n]
again:  mov ecx, 64
.next:  fld qword AT(angle)
        fadd qword AT(step)
        fst qword AT(angle)
        fsincos                         ; cos sin
        fld st0
        fmul qword AT(x)
        fld st2
        fmul qword AT(y)
        fsubp st1, st0                  ; x' cos sin
        fxch st2
        fmul qword AT(x)                ; sin*x cos x'
        fxch st1
        fmul qword AT(y)
        faddp st1, st0                  ; y' x'
        fld st0
        fmul st0, st0
        fld st2
        fmul st0, st0
        faddp st1, st0
        fsqrt
        fstp qword AT(radius)
        fxch st1
        fpatan                          ; of y'/x'
        fstp qword AT(bearing)
        fld qword AT(angle)
        fcos
        fadd qword AT(two)              ; 1 to 3
        fld qword AT(exponent)
        fxch st1
        fyl2x                           ; exponent * log2
        fld st0
        frndint
        fsub st1, st0
        fxch st1
        f2xm1
        fld1
        faddp st1, st0
        fscale                          ; the power
        fstp st1
        fstp qword AT(power)
        fld qword AT(bearing)
        fmul qword AT(quarter)
        fptan
        fstp st0
        fstp qword AT(tangent)
        fld qword AT(two)
        fld qword AT(angle)
        fprem
        fsin
        fstp st1
        fstp qword AT(sine)
        dec ecx
        jnz .next
        fld1
        fstp qword AT(angle)
        repeat32 again

align 8
angle:  dq 1.0
step:   dq 0.3171
x:      dq 12.5
y:      dq -7.25
two:    dq 2.0
quarter: dq 0.25
exponent: dq 2.75
radius: dq 0
bearing: dq 0
power:  dq 0
tangent: dq 0
sine:   dq 0

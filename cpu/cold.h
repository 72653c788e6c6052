/* cold.h: the C functions behind x86.def's COLD column, and behind string instructions with REP. */
#ifndef GLASS86_COLD_H
#define GLASS86_COLD_H

#include "cpu/insn.h"

#define COLD_OPS(X) \
    X(aaa) X(aad) X(aam) X(aas) X(arpl) X(bound) X(bsf) X(bsr) X(bswap) X(bt) X(bt_imm) X(btc) \
    X(btc_imm) X(btr) X(btr_imm) X(bts) X(bts_imm) X(call_far) X(call_far_m) X(cli) X(clts) \
    X(cmov) X(cmps8) X(cmpsv) X(cmpxchg8) X(cmpxchg8b) X(cmpxchgv) X(cpuid) X(daa) X(das) \
    X(div8_8086) X(divv_8086) X(emms) X(enter) X(esc) X(f2xm1) X(fabs) X(farith_m32) \
    X(farith_m64) X(farith_st) X(farith_sti) X(farithp) X(fbld) X(fbstp) X(fchs) X(fcmov) \
    X(fcom) X(fcomi) X(fcomp) X(fcompp) X(fdecstp) X(ffree) X(fiarith_m16) X(fiarith_m32) \
    X(fild_m16) X(fild_m32) X(fild_m64) X(fincstp) X(fist_m16) X(fist_m32) X(fistp_m64) \
    X(fld_const) X(fld_m32) X(fld_m64) X(fld_m80) X(fld_st) X(fldcw) X(fldenv) X(fnclex) \
    X(fneni) X(fninit) X(fnop) X(fnsave) X(fnsetpm) X(fnstcw) X(fnstenv) X(fnstsw) X(fnstsw_ax) \
    X(fpatan) X(fprem) X(fptan) X(frndint) X(frstor) X(fscale) X(fsin) X(fsincos) X(fsqrt) \
    X(fst_m32) X(fst_m64) X(fst_st) X(fstp_m80) X(ftst) X(fucom) X(fucomp) X(fucompp) X(fwait) \
    X(fxam) X(fxch) X(fxrstor) X(fxsave) X(fxtract) X(fyl2x) X(fyl2xp1) X(gp_fetch) X(hlt) \
    X(idiv8_286) X(idiv8_8086) X(idivv_286) X(idivv_8086) X(imul8_8086) X(imulv_8086) X(in8_dx) \
    X(in8_imm) X(ins8) X(insv) X(int1) \
    X(int3) X(int_n) X(into) X(inv_dx) X(inv_imm) X(invd) X(invlpg) X(iret) X(jmp_far) \
    X(jmp_far_m) X(lar) X(lds) X(les) X(lfs) X(lgdt) X(lgs) X(lidt) X(lldt) X(lmsw) \
    X(loadall286) X(loadall386) X(lods8) X(lodsv) X(lsl) X(lss) X(ltr) X(mmx_shift_imm) \
    X(mov_from_cr) X(mov_from_dr) X(mov_from_seg) X(mov_from_tr) X(mov_to_cr) X(mov_to_dr) \
    X(mov_to_seg) X(mov_to_tr) X(movd_load) X(movd_store) X(movq_load) X(movq_store) X(movs8) \
    X(movsv) X(mul8_8086) X(mulv_8086) X(nop_hint) X(out8_dx) X(out8_imm) X(outs8) X(outsv) \
    X(outv_dx) X(outv_imm) X(packssdw) X(packsswb) X(packuswb) X(paddb) X(paddd) X(paddsb) \
    X(paddsw) X(paddusb) X(paddusw) X(paddw) X(pand) X(pandn) X(pcmpeqb) X(pcmpeqd) X(pcmpeqw) \
    X(pcmpgtb) X(pcmpgtd) X(pcmpgtw) X(pmaddwd) X(pmulhw) X(pmullw) X(pop_rm) X(pop_seg) X(popa) \
    X(popf) X(por) X(pslld) X(psllq) X(psllw) X(psrad) X(psraw) X(psrld) X(psrlq) X(psrlw) \
    X(psubb) X(psubd) X(psubsb) X(psubsw) X(psubusb) X(psubusw) X(psubw) X(punpckhbw) \
    X(punpckhdq) X(punpckhwd) X(punpcklbw) X(punpckldq) X(punpcklwd) X(push_rm_8086) X(push_seg) \
    X(push_sp_8086) X(pusha) X(pushf) X(pxor) X(rcl8) X(rcl8_8086) X(rclv) X(rclv_8086) X(rcr8) \
    X(rcr8_8086) X(rcrv) X(rcrv_8086) X(rdmsr) X(rdpmc) X(rdtsc) X(ret_far) X(rol8_8086) \
    X(rolv_8086) X(ror8_8086) X(rorv_8086) X(sar8_8086) X(sarv_8086) X(scas8) X(scasv) X(setmo8) \
    X(setmoc8) X(setmocv) X(setmov) X(sgdt) X(shl8_386) X(shl8_8086) X(shld) X(shlv_8086) \
    X(shr8_386) X(shr8_8086) X(shrd) X(shrv_8086) X(sidt) X(sldt) X(smsw) X(sti) X(stos8) X(stosv) \
    X(str) X(sysenter) X(sysexit) X(ud) X(verr) X(verw) X(wrmsr) X(xadd8) X(xaddv) X(xlat)

#define DECLARE(n) void op_##n(struct Cpu *c, const Insn *i);
COLD_OPS(DECLARE)
#undef DECLARE

#endif

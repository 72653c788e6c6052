# -golden and -golden-record as their user meets them: what is wrong in a file, how a test that fails is told, what cannot
# be recorded. Read by run.sh.

# ---- files that are none -------------------------------------------------------------------------

: > empty.golden
printf '\037\213\010\000abc\n' > packed.golden
echo 'glass86 is no golden test' > text.golden
bad "golden: no file" 66 "cannot read none.golden" -golden none.golden
bad "golden: a directory" 66 "folder:0: cannot be read" -golden folder
bad "golden: an empty file" 66 "empty.golden:0: this is empty" -golden empty.golden
bad "golden: a packed file" 66 "packed.golden:1: this is compressed; unpack it" -golden packed.golden
bad "golden: any text" 66 "text.golden:1: these are no golden tests" -golden text.golden
echo 'golden 1' > none.golden
bad "golden: a file without tests" 66 "none.golden: holds no test" -golden none.golden
printf 'golden 1\ntest a\ncode %s\n' "$(awk 'BEGIN {while (n++ < 1025) printf "90"}')" > long.golden
bad "golden: a program" 66 "long.golden:3: more than 1024 bytes" -golden long.golden

# ---- lines that are wrong ------------------------------------------------------------------------

# message, and the lines behind `golden 1`, parted by `/`
while IFS='|' read -r want lines; do
    { echo 'golden 1' && echo "$lines" | tr / '\n'; } > t.golden
    run -golden t.golden
    ok "golden: $want" gives 66 "t.golden:$want"
done << 'END'
2: format 2 is not known|golden 2
2: outside of any test: code|code 90
2: test a has no code|test a
3: test a has no code|test a/test b
3: no such line in a test: cod|test a/cod 90
3: no such line in a setup: code|setup s/code 90
3: no register and value: foo|test a/init foo
3: no register and value: exx=1|test a/init exx=1
3: no hexadecimal value: g|test a/init eax=1g
3: no hexadecimal value, or too large a one, for eax|test a/init eax=
3: no hexadecimal value, or too large a one, for eax|test a/init eax=123456789
3: no hexadecimal value, or too large a one, for es|test a/init es=12345
3: no hexadecimal value, or too large a one, for gdtr|setup s/init gdtr=0:10000
3: no hexadecimal value, or too large a one, for cpl|test a/init cpl=4
3: no hexadecimal value, or too large a one, for halted|test a/init halted=2
3: eax takes 1 hexadecimal value|test a/init eax=1:2
3: es takes 4 values|test a/init es=1:2
3: bytes are pairs of hexadecimal digits: 9|test a/code 9
3: bytes are pairs of hexadecimal digits: 9x|test a/mem 1000 9x
3: an address of 32 bits must come first|test a/mem x 90
3: an address of 32 bits must come first|setup s/mem 123456789 90
3: no bytes|test a/after 1000
3: no bytes, or some behind the last address|test a/mem ffffffff 9090
3: no processor or range of processors: z80|test a/cpu z80
3: no processor or range of processors: 486-z80|test a/cpu 486-z80
3: no processor or range of processors: 486-286|test a/cpu 486-286
3: no flag: xf|test a/undefined cf xf
3: an exception needs a vector|test a/exception x
3: an exception needs a vector|test a/exception -1
3: an exception needs a vector|test a/exception 256
3: no hexadecimal error code: zz|test a/exception 13 zz
3: no hexadecimal error code: x10|test a/exception 13 0x10
3: no setup s before|test a/from s
5: `from` belongs before `init`|setup s/test a/init eax=1/from s
5: `code` belongs before `then`|test a/code 90/then eax=1/code 90
5: `init` belongs before `then`|test a/code 90/then eax=1/init eax=1
5: `exception` belongs before `then`|test a/code 90/then eax=1/exception 6
3: an access is port, size|test a/in 60 3 0
3: an access is port, size|test a/in 60 1
3: an access is port, size|test a/in 60 1 100
3: an access is port, size|test a/out 10000 1 0
END

# ---- tests that pass and fail --------------------------------------------------------------------

# name of a processor, a line of the report (or of the TAP), the test's lines, as above
while IFS='|' read -r name cpu want lines; do
    { printf 'golden 1\ntest %s\ncpu %s\n' "$name" "$cpu" && echo "$lines" | tr / '\n'; } > t.golden
    run -golden t.golden -core fast
    case $want in ok*) wanted=0 ;; *) wanted=90 ;; esac
    if [ "$status" = $wanted ] && grep -qxF -e "$want" out; then status=; else echo "wanted: $want" >> err; fi
    ok "golden: $name" [ -z "$status" ]
done << 'END'
code in two lines|486|ok 1 - t.golden under 486, fast core: 1 tests|code 40/code 40/then eax=2
a comment behind memory|486|ok 1 - t.golden under 486, fast core: 1 tests|code a00020/mem 2000 55 ; a byte/then eax=55
only a selector|386|ok 1 - t.golden under 386, fast core: 1 tests|code 8ec0/init eax=1234/then es=1234
a page that only the result names|386|ok 1 - t.golden under 386, fast core: 1 tests|code 67c60500003000aa/init ds=0:0:ffffffff:93/after 300000 aa
a wrong register|486|#   eax     00000000   00000002   00000001    <--|code 40/then eax=2
a wrong selector|386|#   es      0000:00000000:0000ffff:093 1235:00000000:0000ffff:093 1234:00012340:0000ffff:093  <--|code 8ec0/init eax=1234/then es=1235
its flags in letters|486|#           ---------- ---------C --------P- undefined: 0|code 83c003/then eax=3 eflags=3
a byte that was to change|486|#   00002000 expected 55, actual f4|code 90/after 2000 55
a byte that changed|486|#   00002000 expected f4, actual 00|code a20020
the lowest wrong byte first|386|#   00200010 expected 01, actual f4|code 90/after 300000 01/after 200010 01
an exception that did not come|486|#   expected exception 6, error 0, none came|code 90/exception 6
another exception|486|#   expected exception 0, error 0, exception 6, error 0 came|code 0fff/exception 0
no end|486|#   expected no exception, ran for ever|code ebfe
an exception without end|486|#   expected no exception, exception 6, error 0 came|code 0fff/mem 18 00200000/mem 2000 ebfe
a port that nobody asked|486|#   ports: 0 of 1 accesses came as expected|code 90/in 60 1 0
an access too many|486|#   ports: 1 of 1 accesses came as expected|code e460e460/in 60 1 0
END
for kind in mem after; do
    awk -v kind=$kind 'BEGIN {print "golden 1\ntest a\ncpu 486\ncode 90"; while (n++ < 65) printf "%s %x 00\n", kind, 4096 * (n + 255)}' > t.golden
    run -golden t.golden -core fast
    ok "golden: $kind with too many pages" grep -qxF '#   names more than 64 pages above 1 MiB' out
done
awk 'BEGIN {print "golden 1"; while (n++ < 6) printf "test t\033[2J%d\ncpu 8086\ncode 40\n", n}' > t.golden
run -golden t.golden -core slow
ok "golden: five of six failures are told in full" [ "$status-$(grep -c '^# FAIL t?\[2J' out)-$(grep -c 'tests, 6 failed' out)" = 90-5-1 ]

# ---- recording -----------------------------------------------------------------------------------

# Real mode with an ES of 4 GiB, then REP STOSB with 32-bit addresses.
unreal='2e 0f 01 16 1d 7c 0f 20 c0 40 0f 22 c0 bb 08 00 8e c3 48 0f 22 c0 67 f3 aa 90 f4 f4 f4
    0f 00 23 7c 00 00 00 00 00 00 00 00 00 00 ff ff 00 00 00 92 8f 00'
# How many instructions come before the recorded one, options, the message, and the code.
while IFS='|' read -r at options want bytes; do
    # shellcheck disable=SC2086
    code guest $bytes
    rm -f r.golden
    # shellcheck disable=SC2086
    raw guest -max-insns 20 -golden-record "$at,r.golden" $options
    ok "golden-record: $want" sh -c 'grep -qF -e "$0" err && [ ! -e r.golden ]' "$want"
done << END
1|-cpu 486,fpu=off|(fld1) cannot be recorded: a missing x87|90 d9 e8
1|-cpu pentium|(rdtsc) cannot be recorded: counters|90 0f 31
1|-cpu pentium -regs ecx=0x10|(rdmsr) cannot be recorded: counters|90 0f 32
1|-cpu 486|cannot be recorded: the processor is halted|f4
1|-cpu 486|cannot be recorded: what follows it is part of it|90 eb fe
8|-cpu 486 -regs ecx=0x100000,edi=0x200000|cannot be recorded: it repeats itself too often|$(echo $unreal)
99|-cpu 486|the run ended before instruction 99; nothing was written to r.golden|eb fe
END

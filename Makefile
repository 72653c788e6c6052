# glass86: one non-recursive Makefile. `make help` lists the targets.
#
# Variables a person sets:
#   CC=clang          compiler (gcc and clang work)
#   EDIT=readline|libedit|none   line editing of the debugger
#   SDL=0 ZSTD=0 ZLIB=0 TUI=0 ALSA=0 FLUIDSYNTH=0  leave an optional library out even if it is there
#   WERROR=1          warnings are errors (CI)
#   SAN=1             AddressSanitizer + UBSan build in build-san/

CC      ?= cc
HOSTCC  ?= cc
PKG     ?= pkg-config
NASM    ?= nasm
BUILD   ?= build$(if $(SAN),-san)
PREFIX  ?= /usr/local
EDIT    ?= readline

.DEFAULT_GOAL := all

comma := ,
SANITIZE = -fsanitize=address$(comma)undefined

has = $(shell $(PKG) --exists $(1) 2>/dev/null && echo 1)

OPT     ?= -O2
CFLAGS  ?= $(OPT) -g
ALLFLAGS = -std=c11 -D_GNU_SOURCE -I. -I$(BUILD) -Wall -Wextra -Wshadow -Wstrict-prototypes \
           -Wmissing-prototypes -Wno-unused-parameter -fno-strict-aliasing $(if $(WERROR),-Werror) \
           $(if $(SAN),$(SANITIZE) -fno-sanitize-recover=undefined -fno-omit-frame-pointer -DGLASS86_NO_TAIL)
LDLIBS   = -lm $(if $(SAN),$(SANITIZE))

ifneq ($(SDL),0)
ifeq ($(call has,sdl2),1)
ALLFLAGS += -DHAVE_SDL $(shell $(PKG) --cflags sdl2)
LDLIBS   += $(shell $(PKG) --libs sdl2)
endif
endif
# The debugger's full-screen view (TUI=0 leaves it out).
ifneq ($(TUI),0)
ifeq ($(call has,ncursesw),1)
ALLFLAGS += -DHAVE_NCURSES $(shell $(PKG) --cflags ncursesw)
LDLIBS   += $(shell $(PKG) --libs ncursesw)
endif
endif
# States of machines are compressed by what there is (ZSTD=0 ZLIB=0 leave them out); zlib also unpacks qcow2 and VMDK, zstd qcow2.
ifneq ($(ZSTD),0)
ifeq ($(call has,libzstd),1)
ALLFLAGS += -DHAVE_ZSTD $(shell $(PKG) --cflags libzstd)
LDLIBS   += $(shell $(PKG) --libs libzstd)
endif
endif
ifneq ($(ZLIB),0)
ifeq ($(call has,zlib),1)
ALLFLAGS += -DHAVE_ZLIB $(shell $(PKG) --cflags zlib)
LDLIBS   += $(shell $(PKG) --libs zlib)
endif
endif
# MIDI to the host (ALSA=0 FLUIDSYNTH=0 leave them out).
ifneq ($(ALSA),0)
ifeq ($(call has,alsa),1)
ALLFLAGS += -DHAVE_ALSA $(shell $(PKG) --cflags alsa)
LDLIBS   += $(shell $(PKG) --libs alsa)
endif
endif
ifneq ($(FLUIDSYNTH),0)
ifeq ($(call has,fluidsynth),1)
ALLFLAGS += -DHAVE_FLUIDSYNTH -I$(shell $(PKG) --variable=includedir fluidsynth)
LDLIBS   += -ldl
endif
endif
ifeq ($(EDIT)$(call has,readline),readline1)
ALLFLAGS += -DHAVE_READLINE $(shell $(PKG) --cflags readline)
LDLIBS   += $(shell $(PKG) --libs readline)
endif
ifeq ($(EDIT)$(call has,libedit),libedit1)
ALLFLAGS += -DHAVE_READLINE -DHAVE_LIBEDIT $(shell $(PKG) --cflags libedit)
LDLIBS   += $(shell $(PKG) --libs libedit)
endif

# Everything but main.c goes into an archive, which tests link as well.
LIBSRC := $(filter-out frontend/main.c,$(wildcard mmu/*.c cpu/*.c devices/*.c devices/disk/*.c bios/*.c frontend/*.c))
LIBSRC := $(filter-out bios/bin2c.c,$(LIBSRC))
LIBOBJ := $(LIBSRC:%.c=$(BUILD)/%.o)

# ... and the images that are embedded in the program, as C arrays (rules below).
EMBED  := bios:bios.bin vgabios:vgabios.bin egabios:egabios.bin cardbios:cardbios.bin multiboot:multiboot.bin \
          demo:demo.img
LIBOBJ += $(foreach e,$(EMBED),$(BUILD)/embed/$(firstword $(subst :, ,$(e))).o)

all: glass86

help:
	@echo 'all run deps check golden silicon unicorn soak fuzz fuzz-coverage poweroff boot-matrix bench bench-peers pgo san tsan coverage tidy lint docs firmware install'
	@echo 'clean; see README.md'
	@sed -n 's/^#   \([A-Z]*=\)/  \1/p' Makefile

glass86: $(BUILD)/glass86
	@ln -sf $< $@

$(BUILD)/glass86: $(BUILD)/frontend/main.o $(BUILD)/libglass86.a
	$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

$(BUILD)/libglass86.a: $(LIBOBJ)
	@rm -f $@
	@ar rcs $@ $^

$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(CFLAGS) $(ALLFLAGS) -MMD -MP -c -o $@ $<

# ---- embedded images: roms/*.bin and the demo disk ------------------------------------------------

$(BUILD)/bin2c: bios/bin2c.c
	@mkdir -p $(@D)
	@$(HOSTCC) -O1 -o $@ $<

define embed
$(BUILD)/embed/$(1).c: roms/$(2) $(BUILD)/bin2c
	@mkdir -p $$(@D)
	@$(BUILD)/bin2c rom_$(1) $$< > $$@
$(BUILD)/embed/$(1).o: $(BUILD)/embed/$(1).c
	@echo "  EMBED   roms/$(2)"
	@$(CC) -c -o $$@ $$<
endef
$(foreach e,$(EMBED),$(eval $(call embed,$(firstword $(subst :, ,$(e))),$(lastword $(subst :, ,$(e))))))

# The cores are built for speed in every build: without sibling calls the fast core would grow the host's stack.
# Each handler keeps its own indirect jump, which is what host processors predict by: gcc must not share the ends of equal ones.
OPS_FLAGS := $(shell echo | $(CC) -Werror -fno-ipa-icf -fno-partial-inlining -E - >/dev/null 2>&1 && \
               echo -fno-ipa-icf -fno-partial-inlining)
$(BUILD)/cpu/ops_%.o: CFLAGS := $(CFLAGS) -O2 $(OPS_FLAGS)

# ---- tests -------------------------------------------------------------------------------------

UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libglass86.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(ALLFLAGS) -o $@ $< $(BUILD)/libglass86.a -lcmocka $(LDLIBS)

# The transcendental functions are compared with MPFR where it is installed.
ifeq ($(call has,mpfr),1)
$(BUILD)/unit/test_x87_trans: private ALLFLAGS += -DHAVE_MPFR
$(BUILD)/unit/test_x87_trans: private LDLIBS += $(shell $(PKG) --libs mpfr)
endif

unit: $(UNIT)

check: glass86 unit
	@BUILD=$(BUILD) tests/run.sh $(SUITE)

# The sanitizer build's tests: the same suites, with the trampoline core, since tail calls and ASan do not mix.
san:
	@$(MAKE) --no-print-directory SAN=1 check

# What has threads (SDL's of sound, a MIDI synthesizer's) under ThreadSanitizer, without those of X servers' drivers.
TSAN_CC ?= clang
tsan:
	@SDL_RENDER_DRIVER=software SDL_AUDIODRIVER=$${SDL_AUDIODRIVER:-dummy} TSAN_OPTIONS="halt_on_error=1 exitcode=66 suppressions=$(CURDIR)/tests/lint/tsan.txt $$TSAN_OPTIONS" \
	    $(MAKE) --no-print-directory CC="$(TSAN_CC)" BUILD=build-tsan OPT="-O1 -fsanitize=thread -DGLASS86_NO_TAIL" \
	    SUITE="$(or $(SUITE),window sound)" check

# Which lines the tests execute: a table for each folder and for each file (docs/testing.md). Without the suites that build the
# program in other ways or wait for much of it; SUITE=... for some. What a process in the sandbox executes is not counted, since
# it may not write its counters.
COUNTERS = -O1 --coverage -fprofile-update=atomic -DGLASS86_NO_TAIL
COVERAGE_SUITES = $(filter-out bench build determinism platform poweroff soak tidy,$(patsubst tests/%/run.sh,%,$(wildcard \
                      tests/*/run.sh))) $(notdir $(UNIT))
coverage:
	@find build-cov -name '*.gcda' -delete 2> /dev/null || true
	@$(MAKE) --no-print-directory BUILD=build-cov OPT="$(COUNTERS)" \
	    SUITE="$(or $(SUITE),$(COVERAGE_SUITES))" check || true
	@tests/coverage.sh build-cov

.PHONY: coverage tsan

# House rules that a machine can check; formatting is advice (`clang-format --dry-run`).
tidy: glass86
	@BUILD=$(BUILD) tests/run.sh tidy

# Boot loaders and memtest86+ from every kind of medium under every firmware, timed, as a table (docs/guests.md): minutes.
boot-matrix: glass86
	@BUILD=$(BUILD) tests/boot/matrix.sh $(GUESTS)

.PHONY: boot-matrix

# cppcheck and clang-tidy, with the reasons for what they must not say in tests/lint and .clang-tidy. LINT="cppcheck devices/disk" is
# what CI runs of it: the whole takes minutes.
lint: glass86
	@BUILD=$(BUILD) tests/lint/lint.sh $(LINT)

.PHONY: lint

# ---- benchmarks ----------------------------------------------------------------------------------
#
# `make bench` prints guest MIPS of the three cores and keeps them in build/bench.json; BASE=path/to/another/build/bench/bench
# compares the fast cores of two builds instead, run in turn, so that a noisy machine is equally so for both.
# `make bench-peers` runs the same programs, and those of tests/bench/vga, which need a BIOS and an adapter, as boot floppies
# on every emulator that is installed (tests/bench/peer/peers.py).

BENCH_ASM := $(wildcard tests/bench/*.asm)
BENCH_BIN := $(patsubst tests/bench/%.asm,$(BUILD)/bench/%.bin,$(BENCH_ASM))
BENCH_VGA := $(wildcard tests/bench/vga/*.asm)
BENCH_IMG := $(patsubst tests/bench/%.asm,$(BUILD)/bench/%.img,$(BENCH_ASM) $(BENCH_VGA))

# Passes of each program when it runs as a floppy: some seconds on a slow emulator. Changing one makes old figures worthless.
PASSES_alu32 = 15000
PASSES_calls = 10000
PASSES_codegen = 2000
PASSES_com16 = 2000
PASSES_indirect = 5000
PASSES_int16 = 1000
PASSES_mem32 = 3000
PASSES_mix16 = 200000
PASSES_onceonly = 60
PASSES_paged = 3000
PASSES_rings = 100
PASSES_smc = 30000
PASSES_string = 8000
PASSES_syscall = 60
PASSES_vga/mode13 = 4000
PASSES_vga/modex = 500
PASSES_vga/planar = 500
PASSES_vga/text = 15000
PASSES_x87 = 5000
PASSES_x87math = 10000

$(BUILD)/bench/%.bin: tests/bench/%.asm tests/bench/pm.inc tests/bench/bench.inc
	@mkdir -p $(@D)
	@$(NASM) -f bin -Itests/bench/ -o $@ $<

$(BUILD)/bench/%.img: tests/bench/%.asm tests/bench/pm.inc tests/bench/bench.inc tests/bench/vga/screen.inc tests/bench/peer/floppy.asm Makefile
	@mkdir -p $(@D)
	@$(NASM) -f bin -Itests/bench/ -DPASSES=$(PASSES_$*) -o $@.payload $<
	@$(NASM) -f bin -DPAYLOAD='"$@.payload"' -o $@ tests/bench/peer/floppy.asm

$(BUILD)/bench/bench: tests/bench/bench.c $(BUILD)/libglass86.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libglass86.a $(LDLIBS)

# `make pgo`: the program laid out by what the benchmarks and the demo executed, in build-pgo. The cores are left out: with
# gcc's counters in them they lose their tail calls.
PROFILE_FLAGS = $(if $(filter generate,$(PROFILE)),-fprofile-generate) \
                $(if $(filter use,$(PROFILE)),-fprofile-use -fprofile-partial-training -Wno-missing-profile)
$(BUILD)/cpu/%.o $(BUILD)/mmu/%.o $(BUILD)/devices/%.o $(BUILD)/frontend/%.o: CFLAGS += $(PROFILE_FLAGS)
$(BUILD)/cpu/ops_%.o: PROFILE_FLAGS =
$(BUILD)/bench/bench $(BUILD)/glass86: LDFLAGS += $(if $(filter generate,$(PROFILE)),-fprofile-generate)

pgo:
	@rm -rf build-pgo
	@$(MAKE) --no-print-directory BUILD=build-pgo PROFILE=generate bench-programs build-pgo/glass86
	@echo "  TRAIN   the benchmarks and the demo"
	@build-pgo/bench/bench -core fast -rounds 1 -n 20 $(BENCH_BIN:$(BUILD)/%=build-pgo/%) > build-pgo/train.log
	@build-pgo/glass86 -config none -display none -timeout 20 >> build-pgo/train.log || [ $$? = 124 ]
	@find build-pgo -name '*.o' -delete; rm -f build-pgo/libglass86.a build-pgo/glass86 build-pgo/bench/bench
	@$(MAKE) --no-print-directory BUILD=build-pgo PROFILE=use build-pgo/glass86 build-pgo/bench/bench

.PHONY: pgo

bench-programs: $(BUILD)/bench/bench $(BENCH_BIN)

bench: bench-programs
	@$(if $(BASE),JSON=$(BUILD)/bench.json tests/bench/compare.py $(BUILD)/bench/bench $(BASE) $(BENCH_BIN), \
	    $(BUILD)/bench/bench -json $(BUILD)/bench.json $(BENCH_BIN))

bench-peers: $(BUILD)/glass86 $(BENCH_IMG)
	@GLASS86=$(BUILD)/glass86 tests/bench/peer/peers.py --json $(BUILD)/peers.json $(BENCH_IMG)

.PHONY: bench-programs bench-peers

# ---- published floating-point vectors ------------------------------------------------------------

# Reads the formats of Berkeley's TestFloat and of IeeeCC754, for tests/fpvectors (docs/x87.md).
$(BUILD)/fpvectors: tests/fpvectors/fpvectors.c $(BUILD)/libglass86.a
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libglass86.a $(LDLIBS)

# ---- images ------------------------------------------------------------------------------------

# Reads, writes and damages images through the block interface, for tests/media.
$(BUILD)/imgtool: tests/media/imgtool.c $(BUILD)/libglass86.a
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libglass86.a $(LDLIBS)

# Random machines, for tests/determinism.
$(BUILD)/random: tests/determinism/random.c $(BUILD)/libglass86.a
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libglass86.a $(LDLIBS)

# Compares pictures, for tests/video.
$(BUILD)/compare: tests/video/compare.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) -std=c11 -Wall -Wextra $(shell $(PKG) --cflags libpng) -o $@ $< $(shell $(PKG) --libs libpng)

# Looks at WAV files, for tests/sound.
$(BUILD)/wavtool: tests/sound/wavtool.c
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $< -lm $(if $(SAN),$(SANITIZE))

# ---- running and installing ----------------------------------------------------------------------

# The demo: in a window, else in the terminal, else to its end with the last screen as text.
run: glass86
	@./glass86

# To build; then, for the tests: guests' tools, guests, peers and other doors.
DEBS = gcc libc6-dev pkg-config nasm libsdl2-dev libreadline-dev zlib1g-dev libzstd-dev \
       libasound2-dev libfluidsynth-dev timgm6mb-soundfont \
       libcmocka-dev mtools dosfstools attr fdisk xorriso \
       syslinux syslinux-common isolinux grub-pc-bin grub-common memtest86+ \
       seabios bochsbios vgabios dmidecode \
       clang \
       libmpfr-dev libncurses-dev \
       cpio gdb python3 tmux ipxe-qemu libpng-dev xvfb xdotool openbox libx11-dev socat weston cppcheck clang-tidy

# `make deps run` on a fresh system: the libraries are looked for when make reads this file, so they must be there
# before. make builds included files first and then starts over, which is just that.
ifneq ($(filter deps,$(MAKECMDGOALS)),)
ifeq ($(MAKE_RESTARTS),)
include $(BUILD)/deps.mk
$(BUILD)/deps.mk: FORCE
	@missing=; for p in $(DEBS); do dpkg -s $$p >/dev/null 2>&1 || missing="$$missing $$p"; done; \
	if ! command -v apt-get >/dev/null; then \
	    echo "Not a Debian system. Install what these Debian packages hold, then go on: $(DEBS)"; \
	elif [ -n "$$missing" ]; then \
	    sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
	    echo "Installing:$$missing"; \
	    $$sudo apt-get update && $$sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y $$missing; \
	fi
	@mkdir -p $(@D)
	@touch $@
endif
endif
deps:
	@:

# Man page and completions come from the option table.
docs: docs/glass86.1 docs/debugger.md docs/opcodes.md
docs/glass86.1: $(BUILD)/glass86
	@mkdir -p $(@D)
	$(BUILD)/glass86 -config none -help-man > $@

# The debugger's manual comes from its command table.
docs/debugger.md: $(BUILD)/glass86
	$(BUILD)/glass86 -config none -help-debugger > $@

# The list of instructions comes from cpu/x86.def.
docs/opcodes.md: $(BUILD)/glass86
	$(BUILD)/glass86 -config none -help-opcodes > $@

install: $(BUILD)/glass86
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1 \
	    $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/site-functions
	install -m 755 $(BUILD)/glass86 $(DESTDIR)$(PREFIX)/bin/glass86
	$(BUILD)/glass86 -config none -help-man > $(DESTDIR)$(PREFIX)/share/man/man1/glass86.1
	$(BUILD)/glass86 -config none -help-bash \
	    > $(DESTDIR)$(PREFIX)/share/bash-completion/completions/glass86
	$(BUILD)/glass86 -config none -help-zsh > $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_glass86


# ---- VGA firmware ------------------------------------------------------------------------------
#
# bios/fonts/*.txt -> bios/fonts/*.inc -> the video BIOSes of VGA, EGA and the adapters before. Fonts and images
# are committed, so a build needs no NASM; `firmware-vga-check` builds both again and compares.

FIRMWARE_VGA       := roms/vgabios.bin roms/egabios.bin roms/cardbios.bin
FIRMWARE_VGA_SRC   := $(wildcard bios/vga/*.asm bios/vga/*.inc)
FIRMWARE_VGA_FONTS := $(foreach h,8 14 16,bios/fonts/font8x$(h)lo.inc bios/fonts/font8x$(h)hi.inc)

$(BUILD)/host/%: bios/fonts/%.c
	@mkdir -p $(@D)
	@$(HOSTCC) -std=c11 -O1 -o $@ $<

$(BUILD)/host/%: bios/vga/%.c
	@mkdir -p $(@D)
	@$(HOSTCC) -std=c11 -O1 -o $@ $<

$(BUILD)/fonts/font8x%lo.inc $(BUILD)/fonts/font8x%hi.inc: bios/fonts/8x%.txt $(BUILD)/host/mkfont
	@mkdir -p $(@D)
	@$(BUILD)/host/mkfont $< -lo $(BUILD)/fonts/font8x$*lo.inc -hi $(BUILD)/fonts/font8x$*hi.inc

fonts: $(FIRMWARE_VGA_FONTS:bios/%=$(BUILD)/%)
	@cp $^ bios/fonts/

# The fonts that NASM reads are the freshly generated ones, never the committed copies.
$(FIRMWARE_VGA:roms/%=$(BUILD)/%): $(BUILD)/%.bin: $(FIRMWARE_VGA_SRC) $(FIRMWARE_VGA_FONTS:bios/%=$(BUILD)/%) $(BUILD)/host/romsum
	@$(NASM) -f bin -Ibios/vga/ -I$(BUILD)/ -o $@.raw bios/vga/$*.asm
	@$(BUILD)/host/romsum $@.raw $@

firmware-vga: fonts $(FIRMWARE_VGA:roms/%=$(BUILD)/%)
	@mkdir -p roms
	@cp $(FIRMWARE_VGA:roms/%=$(BUILD)/%) roms/

firmware-vga-check: $(FIRMWARE_VGA:roms/%=$(BUILD)/%)
	@for f in $(notdir $(FIRMWARE_VGA_FONTS)); do cmp $(BUILD)/fonts/$$f bios/fonts/$$f || exit 1; done
	@for f in $(notdir $(FIRMWARE_VGA)); do cmp $(BUILD)/$$f roms/$$f || exit 1; done

firmware: firmware-vga
firmware-check: firmware-vga-check

.SECONDARY: $(BUILD)/host/mkfont $(BUILD)/host/romsum
.PHONY: fonts firmware firmware-check firmware-vga firmware-vga-check

# ---- system firmware ---------------------------------------------------------------------------
#
# bios/system/*.asm -> roms/bios.bin, 64 KiB for F0000h. Like the VGA BIOS: the image is committed,
# `firmware` builds it anew, `firmware-check` proves that it still is what the source says.

FIRMWARE_BIOS     := roms/bios.bin
FIRMWARE_BIOS_SRC := $(wildcard bios/system/*.asm bios/system/*.inc)

$(BUILD)/bios.bin: $(FIRMWARE_BIOS_SRC) $(BUILD)/fonts/font8x8lo.inc
	@mkdir -p $(@D)
	@$(NASM) -f bin -Wall -Werror -Ibios/system/ -I$(BUILD)/ -o $@ bios/system/bios.asm

firmware-bios: $(BUILD)/bios.bin
	@mkdir -p roms
	@cp $< $(FIRMWARE_BIOS)

firmware-bios-check: $(BUILD)/bios.bin
	@cmp $< $(FIRMWARE_BIOS)

firmware: firmware-bios
firmware-check: firmware-bios-check

.PHONY: firmware-bios firmware-bios-check

# ---- option ROM for Multiboot kernels -----------------------------------------------------------

$(BUILD)/multiboot.bin: bios/multiboot/multiboot.asm $(BUILD)/host/romsum
	@$(NASM) -f bin -Wall -Werror -o $@.raw $<
	@$(BUILD)/host/romsum $@.raw $@

firmware-multiboot: $(BUILD)/multiboot.bin
	@cp $< roms/multiboot.bin
firmware-multiboot-check: $(BUILD)/multiboot.bin
	@cmp $< roms/multiboot.bin

firmware: firmware-multiboot
firmware-check: firmware-multiboot-check

.PHONY: firmware-multiboot firmware-multiboot-check

# ---- hardware vectors ---------------------------------------------------------------------------
#
# Instruction tests captured from real processors, read from outside the repository:
# $GLASS86_VECTORS, or ../shared/cpu-vectors. GOLDEN="-form F6.7 -cpu 286" narrows the run.

GOLDEN_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/golden/*.c cpu/*.c mmu/*.c))

$(BUILD)/golden: $(GOLDEN_OBJ)
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $^ -lz -pthread $(LDLIBS)

golden: $(BUILD)/golden
	@$(BUILD)/golden $(GOLDEN)

.PHONY: golden

# ---- the host's processor -----------------------------------------------------------------------
#
# `make silicon N=1e8` runs random programs on the host's processor and on ours; the seed is the time of day unless SEED
# is given. `make silicon-vectors` makes the committed golden tests anew (docs/silicon.md). Elsewhere than on x86-64
# Linux the programs are built all the same, and say that they can't.

SILICON_OBJ := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/silicon/*.c))
SILICON_LIB := $(BUILD)/tests/silicon/gen.o $(BUILD)/tests/silicon/host.o $(BUILD)/libglass86.a

$(BUILD)/silicon: $(BUILD)/tests/silicon/stream.o $(SILICON_LIB)
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/vectors: $(BUILD)/tests/silicon/vectors.o $(SILICON_LIB)
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/x87vectors: $(BUILD)/tests/silicon/x87_vectors.o $(BUILD)/libglass86.a
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)
$(BUILD)/rows: $(BUILD)/tests/silicon/rows.o $(BUILD)/libglass86.a
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# Against Unicorn, where it is installed: the modes that the host cannot be put into.
ifeq ($(call has,unicorn),1)
$(BUILD)/tests/silicon/unicorn.o $(BUILD)/tests/silicon/unicorn_far.o: private ALLFLAGS += $(shell $(PKG) --cflags unicorn)
# Unicorn has functions of the same names (cpu_reset), which must not find ours.
$(BUILD)/unicorn: $(BUILD)/tests/silicon/unicorn.o $(BUILD)/tests/silicon/unicorn_far.o $(SILICON_LIB)
	@echo '{local: *;};' > $@.map
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -Wl,--version-script=$@.map -o $@ $^ $(LDLIBS) $(shell $(PKG) --libs unicorn)
else
$(BUILD)/unicorn: FORCE
	@mkdir -p $(@D)
	@printf '#!/bin/sh\necho "ok 1 - unicorn # SKIP libunicorn-dev is not installed"; echo 1..1\n' > $@
	@chmod +x $@
endif

N ?= 1e7
silicon: $(BUILD)/silicon
	@$(BUILD)/silicon -n $(N) -seed $(or $(SEED),$(shell date +%s%N))

unicorn: $(BUILD)/unicorn
	@$(BUILD)/unicorn -n $(N) -seed $(or $(SEED),$(shell date +%s%N))

silicon-vectors: $(BUILD)/vectors $(BUILD)/x87vectors
	$(BUILD)/vectors | gzip -9n > tests/silicon/ring3.golden.gz
	$(BUILD)/vectors -own | gzip -9n > tests/silicon/legacy.golden.gz
	$(BUILD)/x87vectors | gzip -9n > tests/silicon/x87.golden.gz

.PHONY: silicon unicorn silicon-vectors

# ---- other disassemblers -------------------------------------------------------------------------
#
# tests/disasm compares ours with Zydis and Capstone, whichever are installed; `make disasm N=1e7` with more random strings.
# Debian's Zydis has no pkg-config file, so its header is looked for as well.

DEBS += libcapstone-dev libzydis-dev

zydis_here := $(or $(call has,zydis),$(shell echo '\#include <Zydis/Zydis.h>' | $(CC) -E -xc - > /dev/null 2>&1 && echo 1))
ifeq ($(zydis_here),1)
DISASM_FLAGS += -DHAVE_ZYDIS
DISASM_LIBS  += -lZydis
endif
ifeq ($(call has,capstone),1)
DISASM_FLAGS += -DHAVE_CAPSTONE $(shell $(PKG) --cflags-only-I capstone | sed 's,/capstone *$$,,')
DISASM_LIBS  += $(shell $(PKG) --libs capstone)
endif

$(BUILD)/disasm-compare: $(wildcard tests/disasm/*.[ch]) $(BUILD)/libglass86.a
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(DISASM_FLAGS) $(LDFLAGS) -o $@ $(filter %.c,$^) $(BUILD)/libglass86.a $(LDLIBS) $(DISASM_LIBS)

unit: $(BUILD)/disasm-compare

disasm: $(BUILD)/disasm-compare
	@$(BUILD)/disasm-compare -n $(N) -seed $(or $(SEED),$(shell date +%s%N)) -v

.PHONY: disasm

# ---- soak ------------------------------------------------------------------------------------------
#
# What `make check` does with a few random programs, with many, from another seed each time: the three cores against each
# other in all modes, runs cut into random slices, derived state dropped at random, the host's processor, and Unicorn. A failure
# prints its seed. Some 20 minutes; ROUNDS=100 N=1e6 make it shorter. `make soak-machines` is the part with whole machines
# (tests/soak): two of them and a run log for an hour of guest time, or SECONDS.

ROUNDS  ?= 1000
SECONDS ?= 3600

$(BUILD)/soak: tests/soak/soak.c $(BUILD)/libglass86.a
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(LDFLAGS) -o $@ $< $(BUILD)/libglass86.a $(LDLIBS)
$(BUILD)/soak-floppy.img: tests/poweroff/guest.asm
	@$(NASM) -f bin -o $@ $<

soak-machines: $(BUILD)/soak $(BUILD)/soak-floppy.img
	@cd $(BUILD) && PATH=$$PATH:/usr/sbin:/sbin python3 ../tests/poweroff/poweroff.py -volume soak-disk.img && \
	./soak $(SECONDS) $(or $(SEED),$(shell date +%s)) soak.log soak-floppy.img soak-disk.img

soak: soak-machines $(BUILD)/unit/test_cpu_cores $(BUILD)/silicon $(BUILD)/unicorn
	@seed=$(or $(SEED),$$(date +%s)); echo "# seed $$seed"; \
	GLASS86_SEED=$$seed GLASS86_ROUNDS=$(ROUNDS) CMOCKA_MESSAGE_OUTPUT=TAP $(BUILD)/unit/test_cpu_cores && \
	$(BUILD)/silicon -n $(N) -seed $$seed && $(BUILD)/unicorn -n 2e5 -seed $$seed

.PHONY: soak soak-machines

# ---- fuzzing -------------------------------------------------------------------------------------
#
# One target per border, tests/fuzz/NAME.c (docs/testing.md). `make fuzz` runs each for MINUTES under libFuzzer, one after the
# other, from the committed corpus and what earlier runs found in build-fuzz/found; `make fuzz FUZZ="image cpu"` some.
# `make fuzz-afl FUZZ=image` does one under AFL++. The replay programs of the normal compiler are what tests/fuzz/run.sh uses.
# Instrumented builds are builds like any other: CC, SAN and BUILD say which.

FUZZ_PARTS   := main guests ops rig session tasks
FUZZ_TARGETS := $(filter-out $(FUZZ_PARTS),$(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/*.c)))
FUZZ         ?= $(FUZZ_TARGETS)
MINUTES      ?= 5
FUZZ_CC      ?= clang
FUZZ_FLAGS   ?= -DFUZZ_REPLAY
FUZZ_OBJ     := $(FUZZ_PARTS:%=$(BUILD)/tests/fuzz/%.o)

$(FUZZ_OBJ): private ALLFLAGS += $(FUZZ_FLAGS)
$(BUILD)/fuzz/%: $(BUILD)/tests/fuzz/%.o $(FUZZ_OBJ) $(BUILD)/libglass86.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(ALLFLAGS) $(FUZZ_LINK) $(LDFLAGS) -o $@ $^ $(LDLIBS)

# What the processor compares is mostly its own; telling libFuzzer of it would take half the time.
$(BUILD)/cpu/%.o $(BUILD)/mmu/%.o: ALLFLAGS += $(CORE_FLAGS)
fuzz-programs: $(FUZZ_TARGETS:%=$(BUILD)/fuzz/%)

# Anything that hangs, leaks or reads what nobody wrote is a bug as well; sanitizers make it a crash.
fuzz-libfuzzer:
	@$(MAKE) --no-print-directory CC="$(FUZZ_CC)" SAN=1 BUILD=build-fuzz OPT="-O1 -DGLASS86_PAGES=32 -fsanitize=fuzzer-no-link" FUZZ_FLAGS= \
	    CORE_FLAGS=-fno-sanitize-coverage=trace-cmp FUZZ_LINK=-fsanitize=fuzzer SDL=0 EDIT=none fuzz-programs

fuzz: fuzz-libfuzzer
	@MINUTES=$(MINUTES) tests/fuzz/fuzz.sh build-fuzz $(FUZZ)

# AFL++ brings a driver for libFuzzer's targets along.
fuzz-afl:
	@$(MAKE) --no-print-directory CC=afl-clang-fast BUILD=build-afl OPT="-O1 -DGLASS86_PAGES=32 -DGLASS86_NO_TAIL" FUZZ_FLAGS= \
	    FUZZ_LINK=-fsanitize=fuzzer SDL=0 EDIT=none fuzz-programs
	@MINUTES=$(MINUTES) tests/fuzz/fuzz.sh -afl build-afl $(FUZZ)

# Which lines the corpora and what `make fuzz` found execute: whether the targets reach what they are meant to try.
fuzz-coverage:
	@find build-cov -name '*.gcda' -delete 2> /dev/null || true
	@$(MAKE) --no-print-directory BUILD=build-cov OPT="$(COUNTERS)" fuzz-programs
	@for t in $(FUZZ); do build-cov/fuzz/$$t tests/fuzz/corpus/$$t $$(ls -d build-fuzz/found/$$t 2> /dev/null) || exit 1; done
	@tests/coverage.sh build-cov

.PHONY: fuzz fuzz-programs fuzz-libfuzzer fuzz-afl fuzz-coverage
.SECONDARY: $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/%.o)

# Kills the emulator N times while a guest writes files, on every kind of disk (tests/poweroff); docs/testing.md has the result.
poweroff: glass86
	@KILLS=$(if $(filter command,$(firstword $(origin N))),$(N),1000) SEED=$(or $(SEED),$(shell date +%s)) BUILD=$(BUILD) tests/poweroff/run.sh

.PHONY: poweroff

# ---- demo disk ---------------------------------------------------------------------------------
#
# bios/demo/*.asm -> roms/demo.img, a bootable 1.44 MB floppy. Committed like the firmware, and checked like it.

FIRMWARE_DEMO     := roms/demo.img
FIRMWARE_DEMO_SRC := $(wildcard bios/demo/*.asm bios/demo/*.inc)

$(BUILD)/demo.img: $(FIRMWARE_DEMO_SRC)
	@mkdir -p $(@D)
	@$(NASM) -f bin -Wall -Werror -Ibios/demo/ -o $@ bios/demo/disk.asm

firmware-demo: $(BUILD)/demo.img
	@mkdir -p roms
	@cp $< $(FIRMWARE_DEMO)

firmware-demo-check: $(BUILD)/demo.img
	@cmp $< $(FIRMWARE_DEMO)

firmware: firmware-demo
firmware-check: firmware-demo-check

.PHONY: firmware-demo firmware-demo-check

clean:
	rm -rf build build-san build-cov build-fuzz build-afl build-tsan build-pgo glass86

.PHONY: all unit check san bench tidy help clean run deps docs install FORCE
.DELETE_ON_ERROR:
-include $(LIBOBJ:.o=.d) $(wildcard $(BUILD)/tests/fuzz/*.d) $(GOLDEN_OBJ:.o=.d) $(SILICON_OBJ:.o=.d) $(BUILD)/frontend/main.d

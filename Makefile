# glass86: one non-recursive Makefile. `make help` lists the targets.
#
# Variables a person sets:
#   CC=clang          compiler (gcc and clang work)
#   EDIT=readline|libedit|none   line editing of the debugger
#   SDL=0 PNG=0       leave an optional library out even if it is there
#   WERROR=1          warnings are errors (CI)
#   SAN=1             AddressSanitizer + UBSan build in build-san/

CC      ?= cc
HOSTCC  ?= cc
PKG     ?= pkg-config
NASM    ?= nasm
BUILD   ?= build$(if $(SAN),-san)
PREFIX  ?= /usr/local
EDIT    ?= readline

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
ifneq ($(PNG),0)
ifeq ($(call has,libpng),1)
ALLFLAGS += -DHAVE_PNG $(shell $(PKG) --cflags libpng)
LDLIBS   += $(shell $(PKG) --libs libpng)
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

# ---- embedded images: roms/*.bin and the demo disk as C arrays -----------------------------------

EMBED  := bios:bios.bin vgabios:vgabios.bin demo:demo.img
LIBOBJ += $(foreach e,$(EMBED),$(BUILD)/embed/$(firstword $(subst :, ,$(e))).o)

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

all: glass86

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

# ---- tests -------------------------------------------------------------------------------------

UNIT := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/test_*.c))

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libglass86.a
	@mkdir -p $(@D)
	@$(CC) $(CFLAGS) $(ALLFLAGS) -o $@ $< $(BUILD)/libglass86.a -lcmocka $(LDLIBS)

unit: $(UNIT)
	@for t in $(UNIT); do echo "# $$t"; CMOCKA_MESSAGE_OUTPUT=TAP $$t || exit 1; done

clean:
	rm -rf build build-san glass86

.PHONY: all unit clean
.DELETE_ON_ERROR:
-include $(LIBOBJ:.o=.d) $(BUILD)/frontend/main.d

# SPDX-License-Identifier: BSD-2-Clause
# grey tools. `make` builds into bin/, `make test` installs what is missing and
# runs all tests, `make demo` shows the whole at work. BUILD and BIN let a second
# build, such as the sanitizers' of `make check`, live beside the first.

VERSION = 0.1
PREFIX = /usr/local
SYSCONFDIR = /etc
STOREDIR = /var/lib/grey
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
EXAMPLEDIR = $(PREFIX)/share/doc/grey

CC = cc
BUILD = build
BIN = bin
WARNINGS = -Wall -Wextra -Wshadow -Wformat=2 -Wconversion -Werror
HARDENING = -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
OPTIMIZE = -O2 -g
SANITIZE =
CFLAGS = -std=c11 -D_GNU_SOURCE $(OPTIMIZE) $(WARNINGS) $(HARDENING) $(SANITIZE)
CPPFLAGS = -Isrc/common -DGREY_VERSION='"$(VERSION)"' \
	-DGREY_SYSCONFDIR='"$(SYSCONFDIR)"' -DGREY_STORE='"$(STOREDIR)"'
LDFLAGS = -pie -Wl,-z,relro,-z,now $(SANITIZE)
LIBS = -ldb-5.3 -lpcre2-8 -lmd

PROGRAMS = $(BIN)/grey-check
BENCH = $(BUILD)/bench/load $(BUILD)/bench/null

COMMON = address bdb_directory bdb_env bdb_lock bdb_repair bdb_unit dump_text \
	guard key line list msg num opt policy record store store_bdb \
	store_fail store_mem
GREY_CHECK = decide instances lists main reply request serve settings

COMMON_O = $(COMMON:%=$(BUILD)/common/%.o)
GREY_CHECK_O = $(GREY_CHECK:%=$(BUILD)/grey-check/%.o)

all: $(PROGRAMS)

$(BIN)/grey-check: $(GREY_CHECK_O) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(GREY_CHECK_O) $(BUILD)/libcommon.a $(LIBS)

$(BUILD)/libcommon.a: $(COMMON_O)
	rm -f $@
	$(AR) rcs $@ $(COMMON_O)

$(BUILD)/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(COMMON_O:.o=.d) $(GREY_CHECK_O:.o=.d)

clean:
	rm -rf build $(PROGRAMS)

.PHONY: all clean

# SPDX-License-Identifier: BSD-2-Clause
# grey tools. `make` builds into bin/, `make test` installs what is missing and
# runs all tests, `make demo` shows the whole at work.
#
# CC, CPPFLAGS, CFLAGS and LDFLAGS are yours: what the build cannot do without
# stands in variables of its own. BUILD and BIN let a second build, such as the
# sanitizers' of `make check`, live beside the first.

VERSION = 0.1
PREFIX = /usr/local
SYSCONFDIR = /etc
STOREDIR = /var/lib/grey
BINDIR = $(PREFIX)/bin
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
EXAMPLEDIR = $(PREFIX)/share/doc/grey

CC = cc
CPPFLAGS = -D_FORTIFY_SOURCE=2
CFLAGS = -O2 -g
# A gigabyte of log is read in seconds: log-stats is optimized across files,
# unless you say CFLAGS.
FAST_CFLAGS = -O3 -g -flto=auto
LDFLAGS = -Wl,-z,relro,-z,now
WARNINGS = -Wall -Wextra -Wshadow -Wformat=2 -Wconversion
# -Werror in `make check` and CI.
ERRORS =
SANITIZE =
BUILD = build
BIN = bin

# The engines that a store can have, each a folder of src/store; those whose
# libraries are there. --store=DIRECTORY means the first one that keeps one.
has = $(shell printf '\043include <%s>\n' $(2) | \
	$(CC) $(CPPFLAGS) -E - >/dev/null 2>&1 && echo $(1))
# Redis' protocol comes from hiredis, or from its successor libvalkey.
redis_library := $(or $(call has,hiredis,hiredis/hiredis.h), \
	$(call has,valkey,valkey/valkey.h))
STORES := $(call has,bdb,db.h) $(call has,lmdb,lmdb.h) \
	$(if $(redis_library),$(call has,redis,openssl/ssl.h))

# What a build is made with, each a file that changes when it does: places and
# version, for whoever includes defaults.h; flags, for all.
MADE = $(BUILD)/made
define grey_made
#define GREY_VERSION "$(VERSION)"
#define GREY_SYSCONFDIR "$(SYSCONFDIR)"
#define GREY_STORE "$(STOREDIR)"
#define GREY_SBINDIR "$(SBINDIR)"
#define GREY_STORES(X) $(foreach engine,$(STORES),X($(engine)))
endef

grey_cppflags = -Isrc -I$(MADE) -DGREY_MADE -D_GNU_SOURCE
grey_cflags = -std=c11 $(WARNINGS) $(ERRORS) -fPIE -fstack-protector-strong \
	-ffile-prefix-map=$(CURDIR)=.
# What is run is shown by V=1.
quiet = $(if $(V),,@echo '  $@' &&)
compile = $(quiet) $(CC) $(grey_cppflags) $(CPPFLAGS) $(grey_cflags) $(CFLAGS) \
	$(SANITIZE) -MMD -MP -c -o $@ $<
link = $(quiet) $(CC) $(grey_cflags) $(CFLAGS) $(SANITIZE) -pie $(LDFLAGS) -o $@

# What a program is made of: the folder of its name in src/, these wings, and
# these libraries. A wing is a library of its own, lower ones stand last.
PROGRAMS = $(SBIN_PROGRAMS) $(BIN_PROGRAMS)
wings_grey-check = lists served store greylist common
wings_grey-dump = served store greylist common
wings_grey-load = served store greylist common
wings_grey-expire = served store greylist common
wings_log-stats = common
libs_grey-check = $(libs_store) -lpcre2-8 -lmd -ljansson
libs_grey-dump = $(libs_store) -lmd
libs_grey-load = $(libs_store) -lmd -ljansson
libs_grey-expire = $(libs_store) -lmd
libs_store = $(foreach engine,$(STORES),$(libs_$(engine)))
libs_bdb = -ldb-5.3
libs_lmdb = -llmdb -lpthread
libs_redis = $(redis_library:%=-l%) -ldl
libs_log-stats = -larchive -ljansson -llzma -lpcre2-8 -lz

SBIN_PROGRAMS = grey-check grey-expire
BIN_PROGRAMS = grey-dump grey-load log-stats
MAN8 = src/grey-check/grey-check.8 src/grey-expire/grey-expire.8
MAN5 = src/common/grey.conf.5 src/store/grey-store.5
MAN7 = src/store/grey-scale.7
MAN1 = src/grey-dump/grey-dump.1 src/grey-load/grey-load.1 \
	src/log-stats/log-stats.1
# What is an administrator's to change.
SETTINGS = etc/grey.conf etc/whitelist_clients etc/whitelist_recipients \
	etc/whitelist_senders
EXAMPLES = etc/master.cf etc/main.cf etc/postscreen_access.cidr etc/inetd.conf \
	etc/grey-check.socket etc/grey-check@.service etc/grey-check-server.socket \
	etc/grey-check-server.service etc/grey-expire.cron \
	etc/grey-expire.service etc/grey-expire.timer

# $(call objects,src/PATTERN.c ...)
objects = $(patsubst %.c,$(BUILD)/%.o,$(wildcard $(1)))
program = $(call objects,src/$(1)/*.c $(rooms:%=src/$(1)/%/*.c))
rooms = $(if $(filter store,$(1)),shared $(STORES),*)
archives = $(foreach wing,$(1),$(BUILD)/lib$(wing).a)

all: $(PROGRAMS:%=$(BIN)/%)

.SECONDARY:
.SECONDEXPANSION:

$(BIN)/log-stats $(BUILD)/unit: private CFLAGS = $(FAST_CFLAGS)
$(PROGRAMS:%=$(BIN)/%): $(BIN)/%: $$(call program,$$*) $$(call archives,$$(wings_$$*))
	@mkdir -p $(@D)
	$(link) $^ $(libs_$*)

no_stores = $(if $(STORES),,$(error no store can be built: install the headers \
	of Berkeley DB or LMDB, or run ./deps build))
$(BUILD)/lib%.a: $$(call program,$$*) $(MADE)/flags
	$(if $(filter store,$*),$(no_stores))
	@rm -f $@
	$(quiet) $(AR) rcs $@ $(filter %.o,$^)

$(MADE)/grey_made.h: private export made = $(grey_made)
$(MADE)/flags: private export made = $(CC) $(CPPFLAGS) $(CFLAGS) \
	$(FAST_CFLAGS) $(SANITIZE) $(LDFLAGS) $(STORES)
$(MADE)/grey_made.h $(MADE)/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' "$$made" | cmp -s - $@ || printf '%s\n' "$$made" >$@

$(BUILD)/src/log-stats/%.o: private CFLAGS = $(FAST_CFLAGS)
$(BUILD)/%.o: %.c Makefile $(MADE)/flags | $(MADE)/grey_made.h
	@mkdir -p $(@D)
	$(compile)

# The unit tables are linked with all of grey-check but main(), and with the
# wings of log-stats but what needs its settings, whose names grey-check has too.
unit_lacks = $(if $(filter redis,$(STORES)),,$(BUILD)/t/unit/redis_%)
unit_objects = $(filter-out $(unit_lacks),$(call objects,t/unit/*.c)) $(filter-out %/main.o %/figures.o \
	$(BUILD)/src/log-stats/report/section%, \
	$(call objects,src/log-stats/*/*.c) $(call program,grey-check))

$(BUILD)/unit: $(unit_objects) $(call archives,$(wings_grey-check))
	$(link) $^ $(sort $(libs_grey-check) $(libs_log-stats))

# What store.h promises, for any engine.
$(BUILD)/contract: $(call objects,t/contract/*.c t/unit/unit.c) \
		$(call archives,store common)
	$(link) $(filter %.o %.a,$^) $(libs_store) -lmd

BENCH = $(BUILD)/bench/load $(BUILD)/bench/null $(BUILD)/bench/usage

bench_alone = $(call objects,bench/null.c bench/usage.c)

$(BUILD)/bench/load: $(filter-out $(bench_alone),$(call objects,bench/*.c))
	$(link) $^

$(BUILD)/bench/null $(BUILD)/bench/usage: %: %.o
	$(link) $<

-include $(patsubst %.c,$(BUILD)/%.d,$(wildcard src/*/*.c src/*/*/*.c t/unit/*.c t/contract/*.c bench/*.c))

deps:
	./deps build demo test

demo:
	./deps build demo
	$(MAKE) all
	t/demo

# CI=true means `make check`: lints, clang and the sanitizers as well.
test: deps
	$(if $(CI),$(MAKE) check,$(MAKE) run-tests)

check:
	./deps build demo test check
	GREY_TORTURE=$${GREY_TORTURE:-$(if $(CI),1,4)} \
	    $(MAKE) ERRORS=-Werror run-everything

# Storms and random tests, for some hours.
torture: deps
	GREY_TORTURE=40 $(MAKE) run-tests

run-tests: all $(BUILD)/unit $(BUILD)/contract $(BENCH)
	t/run plain:$(BIN):$(BUILD)

run-everything: all $(BUILD)/unit $(BUILD)/contract $(BENCH) clang sanitized
	t/run lint newcomer plain:$(BIN):$(BUILD) sanitized:build/sanitized/bin:build/sanitized

clang:
	$(MAKE) BUILD=build/clang BIN=build/clang/bin CC=clang all

sanitized:
	$(MAKE) BUILD=build/sanitized BIN=build/sanitized/bin CPPFLAGS= \
	    CFLAGS='-O1 -g -fno-omit-frame-pointer' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined' \
	    all build/sanitized/unit build/sanitized/contract

bench: all $(BENCH)
	GREY_CHECK=$(BIN)/grey-check GREY_DUMP=$(BIN)/grey-dump \
	    GREY_LOAD=$(BIN)/grey-load GREY_EXPIRE=$(BIN)/grey-expire \
	    LOG_STATS=$(BIN)/log-stats \
	    BENCH_LOAD=$(BUILD)/bench/load \
	    BENCH_NULL=$(BUILD)/bench/null BENCH_USAGE=$(BUILD)/bench/usage \
	    bench/run.sh

# What is installed names the places that it is installed in.
places = sed -e 's|/usr/local/sbin|$(SBINDIR)|g' \
	-e 's|/usr/local/bin|$(BINDIR)|g' -e 's|/etc/grey/|$(SYSCONFDIR)/grey/|g' \
	-e 's|/var/lib/grey\>|$(STOREDIR)|g'
# $(call install_text,FILE ...,DIRECTORY)
install_text = @for file in $(1); do \
	$(places) $$file | install -m 644 /dev/stdin $(2)/$${file\#\#*/} || exit; \
	done
settings_dir = $(DESTDIR)$(SYSCONFDIR)/grey
examples_dir = $(DESTDIR)$(EXAMPLEDIR)

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(SBINDIR) \
	    $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man5 \
	    $(DESTDIR)$(MANDIR)/man7 $(DESTDIR)$(MANDIR)/man8 $(settings_dir) \
	    $(examples_dir)
	install $(SBIN_PROGRAMS:%=$(BIN)/%) $(DESTDIR)$(SBINDIR)
	install $(BIN_PROGRAMS:%=$(BIN)/%) $(DESTDIR)$(BINDIR)
	$(call install_text,$(MAN8),$(DESTDIR)$(MANDIR)/man8)
	$(call install_text,$(MAN5),$(DESTDIR)$(MANDIR)/man5)
	$(call install_text,$(MAN7),$(DESTDIR)$(MANDIR)/man7)
	$(call install_text,$(MAN1),$(DESTDIR)$(MANDIR)/man1)
	$(call install_text,$(EXAMPLES),$(examples_dir))
	@for file in $(SETTINGS); do $(install_setting) || exit; done

# A file that differs from what was installed last, of which there is a copy
# among the examples, is an administrator's, and stays.
install_setting = name=$${file\#\#*/}; \
	mine=$(settings_dir)/$$name; last=$(examples_dir)/$$name; \
	$(places) $$file | install -m 644 /dev/stdin $$mine.new && \
	install -m 644 $$mine.new $$last.new && \
	if cmp -s $$mine.new $$mine; then \
		rm -f $$mine.new; \
	elif [ ! -e $$mine ] && [ -e $$last ]; then \
		rm -f $$mine.new && \
		echo "$$mine was removed, and stays away; the new one is $$last"; \
	elif [ ! -e $$mine ] || { [ ! -L $$mine ] && cmp -s $$last $$mine; }; then \
		mv $$mine.new $$mine; \
	else \
		echo "$$mine was changed, and stays; the new one is $$mine.new"; \
	fi && mv $$last.new $$last

# The settings and lists may be an administrator's own: they stay.
uninstall:
	rm -f $(SBIN_PROGRAMS:%=$(DESTDIR)$(SBINDIR)/%) \
	    $(BIN_PROGRAMS:%=$(DESTDIR)$(BINDIR)/%) \
	    $(addprefix $(DESTDIR)$(MANDIR)/man8/,$(notdir $(MAN8))) \
	    $(addprefix $(DESTDIR)$(MANDIR)/man5/,$(notdir $(MAN5))) \
	    $(addprefix $(DESTDIR)$(MANDIR)/man7/,$(notdir $(MAN7))) \
	    $(addprefix $(DESTDIR)$(MANDIR)/man1/,$(notdir $(MAN1))) \
	    $(addprefix $(examples_dir)/,$(notdir $(EXAMPLES) $(SETTINGS))) \
	    $(patsubst %,$(settings_dir)/%.new,$(notdir $(SETTINGS)))
	-rmdir $(examples_dir)

clean:
	rm -rf build $(PROGRAMS:%=$(BIN)/%)

.PHONY: FORCE all bench check clang clean demo deps install run-everything run-tests \
	sanitized test torture uninstall

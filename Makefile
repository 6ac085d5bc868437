# SPDX-License-Identifier: BSD-2-Clause
# grey tools. `make` builds into bin/, `make test` installs what is missing and
# runs all tests, `make demo` shows the whole at work. BUILD and BIN let a second
# build, such as the sanitizers' of `make check`, live beside the first.

VERSION = 0.1
PREFIX = /usr/local
SYSCONFDIR = /etc
STOREDIR = /var/lib/grey
BINDIR = $(PREFIX)/bin
SBINDIR = $(PREFIX)/sbin
MANDIR = $(PREFIX)/share/man
EXAMPLEDIR = $(PREFIX)/share/doc/grey

CC = cc
BUILD = build
BIN = bin
WARNINGS = -Wall -Wextra -Wshadow -Wformat=2 -Wconversion -Werror
HARDENING = -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=2
OPTIMIZE = -O2 -g
SPEED = -O3 -flto
SANITIZE =
CFLAGS = -std=c11 -D_GNU_SOURCE $(OPTIMIZE) $(WARNINGS) $(HARDENING) $(SANITIZE)
CPPFLAGS = -Isrc/common -DGREY_VERSION='"$(VERSION)"' \
	-DGREY_SYSCONFDIR='"$(SYSCONFDIR)"' -DGREY_STORE='"$(STOREDIR)"'
LDFLAGS = -pie -Wl,-z,relro,-z,now $(SANITIZE)
LIBS = -ldb-5.3 -lpcre2-8 -lmd
JSON = -ljansson
LOGS = -larchive -ljansson -lpcre2-8 -lz

PROGRAMS = $(BIN)/grey-check $(BIN)/grey-dump $(BIN)/grey-load \
	$(BIN)/grey-expire $(BIN)/log-stats
BENCH = $(BUILD)/bench/load $(BUILD)/bench/null $(BUILD)/bench/usage

COMMON = address bdb_change bdb_compact bdb_directory bdb_env bdb_error \
	bdb_lock bdb_record bdb_recover bdb_repair bdb_salvage bdb_table bdb_tidy \
	bdb_unit bdb_walk dump_text guard key line list list_doubt list_entry \
	list_ranges list_read list_table msg num opt policy program program_store \
	progress read_again record store store_bdb store_fail store_mem text when
GREY_CHECK = decide explain explain_json explain_text instances list_file lists \
	main reply request serve settings
GREY_DUMP = dump filter form_dump form_json form_table form_tsv main output row settings
GREY_LOAD = input input_json input_tsv load main merge settings
GREY_EXPIRE = main settings sweep
LOG_STATS = buckets calendar clients counts delivery event event_line fields \
	fields_delivery fields_sqlgrey figures figures_check figures_headline \
	figures_lists figures_mail figures_postscreen figures_smtpd files follow \
	greylist hash hashes journal lines main match memory message message_life \
	message_table network origin pattern pieces postscreen postscreen_judge \
	postscreen_table prefix reason render_json render_text render_tsv \
	repeats report session session_table settings shown source source_gzip \
	source_input source_kind stamp stamp_parts stamp_year tally values wording

# What the unit tables are linked with: all of grey-check but main(), and of
# log-stats what is pure.
UNIT = address bytes capture dump_text instances key key_split line list list_doubt \
	list_fields list_file list_made list_mailbox list_networks list_sender main \
	msg num opt policy record reply report request scan scan_words source \
	source_archive source_made source_pipe stamp store_mem text wording when
TESTED_LOGS = calendar event fields fields_delivery fields_sqlgrey hash match \
	memory origin pieces prefix render_json render_text render_tsv report \
	shown source source_gzip source_input source_kind stamp stamp_parts \
	stamp_year wording
TESTED_O = $(filter-out %/main.o,$(GREY_CHECK_O))
TESTED_LOGS_O = $(TESTED_LOGS:%=$(BUILD)/log-stats/%.o)

BENCH_LOAD = children connection drive figures load request target
EXAMPLES = etc/master.cf etc/main.cf etc/postscreen_access.cidr etc/inetd.conf \
	etc/grey-check.socket etc/grey-check@.service etc/grey-expire.cron \
	etc/grey-expire.service etc/grey-expire.timer

COMMON_O = $(COMMON:%=$(BUILD)/common/%.o)
GREY_CHECK_O = $(GREY_CHECK:%=$(BUILD)/grey-check/%.o)
GREY_DUMP_O = $(GREY_DUMP:%=$(BUILD)/grey-dump/%.o)
GREY_LOAD_O = $(GREY_LOAD:%=$(BUILD)/grey-load/%.o)
GREY_EXPIRE_O = $(GREY_EXPIRE:%=$(BUILD)/grey-expire/%.o)
LOG_STATS_O = $(LOG_STATS:%=$(BUILD)/log-stats/%.o)

all: $(PROGRAMS)

$(BIN)/grey-check: $(GREY_CHECK_O) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(GREY_CHECK_O) $(BUILD)/libcommon.a $(LIBS) $(JSON)

$(BIN)/grey-dump: $(GREY_DUMP_O) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(GREY_DUMP_O) $(BUILD)/libcommon.a $(LIBS) $(JSON)

$(BIN)/grey-load: $(GREY_LOAD_O) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(GREY_LOAD_O) $(BUILD)/libcommon.a $(LIBS) $(JSON)

$(BIN)/grey-expire: $(GREY_EXPIRE_O) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(LDFLAGS) -o $@ $(GREY_EXPIRE_O) $(BUILD)/libcommon.a $(LIBS)

# A gigabyte of log is read in seconds: what is small is inlined across files.
$(LOG_STATS_O): OPTIMIZE += $(SPEED)
$(BIN)/log-stats: $(LOG_STATS_O) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(SPEED) $(LDFLAGS) -o $@ $(LOG_STATS_O) $(BUILD)/libcommon.a $(LOGS)

$(BUILD)/libcommon.a: $(COMMON_O)
	rm -f $@
	$(AR) rcs $@ $(COMMON_O)

$(BUILD)/%.o: src/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(COMMON_O:.o=.d) $(GREY_CHECK_O:.o=.d) $(GREY_DUMP_O:.o=.d) \
	$(GREY_LOAD_O:.o=.d) $(GREY_EXPIRE_O:.o=.d) $(LOG_STATS_O:.o=.d)

BENCH_LOAD_O = $(BENCH_LOAD:%=$(BUILD)/bench/%.o)

$(BUILD)/bench/load: $(BENCH_LOAD_O)
	$(CC) $(LDFLAGS) -o $@ $(BENCH_LOAD_O)

$(BUILD)/bench/null: $(BUILD)/bench/null.o
	$(CC) $(LDFLAGS) -o $@ $(BUILD)/bench/null.o

$(BUILD)/bench/usage: $(BUILD)/bench/usage.o
	$(CC) $(LDFLAGS) -o $@ $(BUILD)/bench/usage.o

$(BUILD)/bench/%.o: bench/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) -MMD -MP -c -o $@ $<

UNIT_O = $(UNIT:%=$(BUILD)/unit/%.o)

$(BUILD)/t/unit: $(UNIT_O) $(TESTED_O) $(TESTED_LOGS_O) $(BUILD)/libcommon.a
	@mkdir -p $(@D)
	$(CC) $(SPEED) $(LDFLAGS) -o $@ $(UNIT_O) $(TESTED_O) $(TESTED_LOGS_O) \
	    $(BUILD)/libcommon.a $(LIBS) $(LOGS)

$(BUILD)/unit/%.o: t/unit/%.c Makefile
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) -Isrc/grey-check -Isrc/log-stats $(CFLAGS) -MMD -MP -c -o $@ $<

-include $(BENCH_LOAD_O:.o=.d) $(UNIT_O:.o=.d)

deps:
	./deps build demo test

demo:
	./deps build demo
	$(MAKE) all
	t/demo

# CI=true runs lints and sanitizers as well, as `make check` does everywhere.
test: deps
	$(MAKE) all $(BUILD)/t/unit $(BENCH)
	$(MAKE) $(if $(CI),run-everything,run-tests)

check: deps
	$(MAKE) all $(BUILD)/t/unit $(BENCH)
	$(MAKE) run-everything

run-tests:
	t/run plain:$(BIN):$(BUILD)

run-everything: sanitized
	t/run lint plain:$(BIN):$(BUILD) sanitized:build/sanitized/bin:build/sanitized

sanitized:
	$(MAKE) BUILD=build/sanitized BIN=build/sanitized/bin HARDENING= SPEED= \
	    OPTIMIZE='-O1 -g -fno-omit-frame-pointer' \
	    SANITIZE='-fsanitize=address,undefined -fno-sanitize-recover=undefined' \
	    all build/sanitized/t/unit

bench: all $(BENCH)
	GREY_CHECK=$(BIN)/grey-check GREY_DUMP=$(BIN)/grey-dump \
	    GREY_LOAD=$(BIN)/grey-load GREY_EXPIRE=$(BIN)/grey-expire \
	    LOG_STATS=$(BIN)/log-stats \
	    BENCH_LOAD=$(BUILD)/bench/load \
	    BENCH_NULL=$(BUILD)/bench/null BENCH_USAGE=$(BUILD)/bench/usage \
	    bench/run.sh

install: all
	install -d $(DESTDIR)$(BINDIR) $(DESTDIR)$(SBINDIR) \
	    $(DESTDIR)$(MANDIR)/man1 $(DESTDIR)$(MANDIR)/man8 \
	    $(DESTDIR)$(SYSCONFDIR)/grey $(DESTDIR)$(EXAMPLEDIR)
	install $(BIN)/grey-check $(BIN)/grey-expire $(DESTDIR)$(SBINDIR)
	install $(BIN)/grey-dump $(BIN)/grey-load $(BIN)/log-stats \
	    $(DESTDIR)$(BINDIR)
	install -m 644 src/grey-check/grey-check.8 \
	    src/grey-expire/grey-expire.8 $(DESTDIR)$(MANDIR)/man8
	install -m 644 src/grey-dump/grey-dump.1 src/grey-load/grey-load.1 \
	    src/log-stats/log-stats.1 \
	    $(DESTDIR)$(MANDIR)/man1
	install -m 644 etc/whitelist_clients etc/whitelist_recipients \
	    etc/whitelist_senders $(DESTDIR)$(SYSCONFDIR)/grey
	install -m 644 $(EXAMPLES) $(DESTDIR)$(EXAMPLEDIR)

clean:
	rm -rf build $(PROGRAMS)

.PHONY: all bench check clean demo deps install run-everything run-tests \
	sanitized test

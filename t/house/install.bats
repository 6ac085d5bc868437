#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# What `make install` installs, where else than by default, and what becomes of an administrator's settings and lists.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load ../lib/common

# The options of the make that runs the tests are not meant for these.
setup()
{
	unset MAKEFLAGS MFLAGS MAKEOVERRIDES
	FILES=$BATS_TEST_TMPDIR/files
	LISTS=$FILES/etc/grey
	EXAMPLES=$FILES/usr/local/share/doc/grey
}

# with_programs TARGET NAME=VALUE...: make with the programs that are there, which are not to be built again.
with_programs()
{
	local program old=()

	for program in grey-check grey-dump grey-load grey-expire log-stats; do
		old+=(-o "$BIN/$program")
	done
	make -C "${SOURCES-$ROOT}" "$1" BIN="$BIN" DESTDIR="$FILES" "${@:2}" "${old[@]}"
}

@test "make install with other places, after a plain make, installs programs, manuals and examples that name these" {
	local copy=$BATS_TEST_TMPDIR/copy program
	local places=(PREFIX=/opt/grey SYSCONFDIR=/opt/etc STOREDIR=/srv/greylist)

	mkdir "$copy"
	cp -r "$ROOT/Makefile" "$ROOT/src" "$ROOT/etc" "$copy"
	mkdir "$copy/bin"
	# Only one program is built here: the others are said to be.
	for program in grey-dump grey-load grey-expire log-stats; do
		cp "$BIN/$program" "$copy/bin/"
		places+=(-o "bin/$program")
	done
	run -0 make -C "$copy" CFLAGS=-O0 bin/grey-check
	run -0 "$copy/bin/grey-check" --help
	assert_output --partial /var/lib/grey
	run -0 make -C "$copy" CFLAGS=-O0 install DESTDIR="$FILES" "${places[@]}"
	assert_line '  build/src/grey-check/settings.o'
	refute_line '  build/src/common/num.o'

	run -0 "$FILES/opt/grey/sbin/grey-check" --help
	assert_output --partial /opt/etc/grey/whitelist_clients
	assert_output --partial /srv/greylist
	refute_output --regexp '[^t]/etc/grey|/var/lib/grey'
	# Once more there is nothing to do.
	run -0 make -C "$copy" CFLAGS=-O0 install DESTDIR="$FILES" "${places[@]}"
	refute_output --regexp '\.o$'
	# Other flags make other programs.
	run -0 make -C "$copy" CFLAGS=-O1 build/src/common/num.o "${places[@]}"
	assert_output --partial build/src/common/num.o

	run -1 grep -rE '/usr/local/s?bin|[^t]/etc/grey/|/var/lib/grey($|[^a-z])' "$FILES/opt/grey/share"
	run -0 grep -rhoE '(/opt/grey/sbin/grey-|/opt/etc/grey/|/srv/greylist)' "$FILES/opt/grey/share"
	[ "${#lines[@]}" -ge 20 ]
	run -0 grep -x 'ReadWritePaths=/srv/greylist' "$FILES/opt/grey/share/doc/grey/grey-expire.service"
	run -0 grep -xE '#(store = /srv/greylist|whitelist-clients = /opt/etc/grey/whitelist_clients)' "$FILES/opt/etc/grey/grey.conf"
	assert_equal "${#lines[@]}" 2
	run -1 grep -E '[^t]/etc/grey/|/var/lib/grey' "$FILES/opt/etc/grey/grey.conf"
	# Nobody has changed it, so that other places change it.
	places=("${places[@]/STOREDIR=*/STOREDIR=/srv/grey}")
	run -0 make -C "$copy" CFLAGS=-O0 install DESTDIR="$FILES" "${places[@]}"
	refute_output --partial stays
	run -0 grep -x '#store = /srv/grey' "$FILES/opt/etc/grey/grey.conf"
}

@test "make install by default installs all as it stands here" {
	with_programs install >"$BATS_TEST_TMPDIR/said"
	run -0 cat "$BATS_TEST_TMPDIR/said"
	refute_output --partial whitelist
	for name in grey-expire.service grey-expire.cron master.cf main.cf; do
		run -0 cmp "$ROOT/etc/$name" "$EXAMPLES/$name"
	done
	run -0 cmp "$ROOT/src/grey-check/grey-check.8" "$FILES/usr/local/share/man/man8/grey-check.8"
	run -0 cmp "$ROOT/src/common/grey.conf.5" "$FILES/usr/local/share/man/man5/grey.conf.5"
	run -0 cmp "$ROOT/etc/grey.conf" "$LISTS/grey.conf"
	run -0 find "$FILES" -name '*.new'
	assert_output ''
	run -0 find "$FILES" -type f ! -perm 644 ! -path '*bin/*'
	assert_output ''
}

@test "a list that an administrator has changed stays, the new one stands beside it, and that is said" {
	with_programs install >/dev/null
	echo mine.example >>"$LISTS/whitelist_clients"
	cp "$LISTS/whitelist_clients" "$BATS_TEST_TMPDIR/mine"
	run -0 with_programs install
	assert_line "$LISTS/whitelist_clients was changed, and stays; the new one is $LISTS/whitelist_clients.new"
	run -0 cmp "$BATS_TEST_TMPDIR/mine" "$LISTS/whitelist_clients"
	run -0 cmp "$ROOT/etc/whitelist_clients" "$LISTS/whitelist_clients.new"
	run ! test -e "$LISTS/whitelist_senders.new"
	# Who takes the new one has no other beside it.
	mv "$LISTS/whitelist_clients.new" "$LISTS/whitelist_clients"
	run -0 with_programs install
	refute_output --partial stays
	run ! test -e "$LISTS/whitelist_clients.new"
}

@test "grey.conf sets nothing as it is installed" {
	with_programs install >/dev/null
	run -1 grep -vE '^(#|\[|$)' "$LISTS/grey.conf"
}

@test "a grey.conf that an administrator has changed stays, the new one stands beside it, and that is said" {
	SOURCES=$BATS_TEST_TMPDIR/sources
	mkdir "$SOURCES"
	cp -r "$ROOT/Makefile" "$ROOT/src" "$ROOT/etc" "$SOURCES"
	with_programs install >/dev/null
	sed -i 's/^#delay = .*/delay = 10m/' "$LISTS/grey.conf"
	cp "$LISTS/grey.conf" "$BATS_TEST_TMPDIR/mine"
	echo '#new-setting = yes' >>"$SOURCES/etc/grey.conf"
	run -0 with_programs install
	assert_line "$LISTS/grey.conf was changed, and stays; the new one is $LISTS/grey.conf.new"
	run -0 cmp "$BATS_TEST_TMPDIR/mine" "$LISTS/grey.conf"
	run -0 cmp "$SOURCES/etc/grey.conf" "$LISTS/grey.conf.new"
	run -0 find "$FILES" -name '*.new' -printf '%f\n'
	assert_output grey.conf.new
	# It goes when the change is taken back, and a file that was removed stays away.
	cp "$EXAMPLES/grey.conf" "$LISTS/grey.conf"
	run -0 with_programs install
	refute_output --partial grey.conf
	run ! test -e "$LISTS/grey.conf.new"
	rm "$LISTS/grey.conf"
	run -0 with_programs install
	assert_line "$LISTS/grey.conf was removed, and stays away; the new one is $EXAMPLES/grey.conf"
	run ! test -e "$LISTS/grey.conf"
	run ! test -e "$LISTS/grey.conf.new"
}

@test "a list that nobody has changed becomes the new one, one that was removed stays away" {
	SOURCES=$BATS_TEST_TMPDIR/sources
	mkdir "$SOURCES"
	cp -r "$ROOT/Makefile" "$ROOT/src" "$ROOT/etc" "$SOURCES"
	with_programs install >/dev/null
	echo new.example >>"$SOURCES/etc/whitelist_clients"
	echo new@ >>"$SOURCES/etc/whitelist_recipients"
	rm "$LISTS/whitelist_recipients"
	: >"$LISTS/whitelist_senders"
	run -0 with_programs install
	run -0 cmp "$SOURCES/etc/whitelist_clients" "$LISTS/whitelist_clients"
	run ! test -e "$LISTS/whitelist_recipients"
	run -0 cat "$LISTS/whitelist_senders"
	assert_output ''
	run -0 find "$LISTS" -name '*.new' -printf '%f\n'
	assert_output whitelist_senders.new
	# And again, since what was installed last is known.
	echo newer.example >>"$SOURCES/etc/whitelist_clients"
	run -0 with_programs install
	run -0 cmp "$SOURCES/etc/whitelist_clients" "$LISTS/whitelist_clients"
}

@test "a list of before, of which nobody knows whether it was changed, and a link to one stay" {
	mkdir -p "$LISTS"
	echo old.example >"$LISTS/whitelist_clients"
	cp "$ROOT/etc/whitelist_recipients" "$BATS_TEST_TMPDIR/elsewhere"
	run -0 with_programs install
	assert_output --partial "$LISTS/whitelist_clients was changed, and stays"
	run -0 cat "$LISTS/whitelist_clients"
	assert_output old.example
	ln -sf "$BATS_TEST_TMPDIR/elsewhere" "$LISTS/whitelist_recipients"
	run -0 with_programs install
	run -0 readlink "$LISTS/whitelist_recipients"
	assert_output "$BATS_TEST_TMPDIR/elsewhere"
}

@test "make uninstall removes all that make install brought, but for grey.conf, the lists and their directory" {
	with_programs install >/dev/null
	[ "$(find "$FILES" -type f | wc -l)" -gt 15 ]
	echo 203.0.113.5 >"$LISTS/whitelist_clients.local"
	echo 203.0.113.5 >>"$LISTS/whitelist_senders"
	echo 'delay = 10m' >>"$LISTS/grey.conf"
	with_programs install >/dev/null
	run -0 make -C "$ROOT" uninstall DESTDIR="$FILES"
	run -0 find "$FILES" -type f -printf '%f\n'
	assert_equal "$(sort <<<"$output")" \
		"$(printf '%s\n' grey.conf whitelist_clients whitelist_clients.local whitelist_recipients whitelist_senders)"
	run ! test -e "$EXAMPLES"
	run -0 with_programs install
	refute_output --partial removed
}

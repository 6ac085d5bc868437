#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The manuals say what the programs do: their options, their usage lines, their examples.

# run sets stderr_lines; $stderr too.
# shellcheck disable=SC2154
load ../lib/common

PROGRAMS='grey-check grey-dump grey-load grey-expire log-stats'

# page PROGRAM: its manual's file.
page()
{
	echo "$ROOT/src/$1/$1".[18]
}

# options_of_help PROGRAM: the long options that --help shows, a line each.
options_of_help()
{
	"$BIN/$1" --help | sed -nE 's/^ *(-[a-zA-Z], +)?--([a-z0-9-]+).*/\2/p' | sort
}

# options_of_manual PROGRAM: the long options that the manual explains.
options_of_manual()
{
	grep -oE '^(\.It )?.*Fl -[a-z0-9-]+' "$(page "$1")" | grep -oE 'Fl -[a-z0-9-]+' | sed 's/^Fl -//' | sort -u
}

# example PROGRAM N: the Nth block after a line .\" example, as a reader sees it, on a store of this test's own.
example()
{
	awk -v wanted="$2" '/^\.\\" example/ { n++; next }
		/^\.Bd/ && n == wanted { inside = 1; next }
		/^\.Ed/ { if (inside) exit }
		inside' "$(page "$1")" | sed "s/\\\\e/\\\\/g; s|/tmp/grey-|$BATS_TEST_TMPDIR/|g"
}

# example_runs PROGRAM N: it succeeds.
example_runs()
{
	run -0 --separate-stderr env PATH="$BIN:$PATH" bash -c "set -o pipefail; $(example "$1" "$2")"
}

# make_maillog: mail.log and the older mail.log.1.gz, three days in all, of $MAILLOG_LINES lines.
make_maillog()
{
	export LC_ALL=C
	local log=$BATS_TEST_TMPDIR/mail.log

	"$ROOT/t/played/maillog.pl" --lines=3000 >"$log.all" || return 1
	head -n 2000 "$log.all" | gzip >"$log.1.gz"
	tail -n +2001 "$log.all" >"$log"
	touch -d 2026-02-13 "$log" "$log.1.gz"
	MAILLOG_LINES=$(wc -l <"$log.all")
	rm "$log.all"
}

# json_names: the names of all figures and columns of a report in JSON, a line each.
json_names()
{
	perl -MJSON::PP -e '
		sub names {
			my ($value) = @_;
			return map { names($_) } @$value if ref $value eq "ARRAY";
			return map { ($_, names($value->{$_})) } keys %$value if ref $value eq "HASH";
			return;
		}
		print map { "$_\n" } names(JSON::PP->new->decode(join "", <STDIN>))' | sort -u
}

# manual PROGRAM: as a reader sees it, in lines as long as they come, without overstriking.
manual()
{
	mandoc -Tascii -O width=900 "$(page "$1")" | sed 's/.\x08//g'
}

@test "every option that --help shows is in the manual" {
	local program

	for program in $PROGRAMS; do
		[ -n "$(options_of_help "$program")" ]
		run -0 comm -23 <(options_of_help "$program") <(options_of_manual "$program")
		assert_output ''
	done
}

@test "every option that a manual names is one" {
	local program option

	for program in $PROGRAMS; do
		[ -n "$(options_of_manual "$program")" ]
		for option in $(options_of_manual "$program"); do
			case $option in option | privacy | lookup-by-host) continue ;; esac
			"$BIN/$program" --help | grep -qE -- "--$option\b" ||
				grep -qF "\"$option\"," "$ROOT/src/$program/settings.c" "$ROOT/src/greylist/options.h" || fail "$program --$option"
		done
	done
}

@test "every default that --help shows stands in the manual" {
	local program value plain seen

	for program in $PROGRAMS; do
		seen=0
		plain=$(manual "$program" | tr -s ' \n' ' ')
		while IFS= read -r value; do
			case $value in
			/etc/grey/*) [[ $plain == *"${value#/etc/grey/}"* ]] ;;
			*) [[ $plain =~ default(\ is|s\ are)([^:.]*)\ \"?"$value"\"?[,.\ ] ]] ;;
			esac || fail "$program: no $value"
			seen=$((seen + 1))
		done < <("$BIN/$program" --help | sed -n 's/.*(default: \(.*\))$/\1/p')
		[ "$seen" -gt 0 ] || fail "$program: no defaults"
	done
}

@test "the usage line is the manual's synopsis" {
	local program synopsis

	for program in $PROGRAMS; do
		synopsis=$(manual "$program" | sed -n '/^SYNOPSIS/ { n; s/^ *//; p }')
		run -2 --separate-stderr "$BIN/$program" --no-such-option
		assert_equal "${stderr_lines[-1]}" "$program: usage: $synopsis"
	done
}

@test "each page names all others in SEE ALSO" {
	local program other file

	for program in $PROGRAMS; do
		for other in $PROGRAMS; do
			[ "$other" != "$program" ] || continue
			file=$(page "$other")
			sed -n '/^\.Sh SEE ALSO/,/^\.Sh [^S]/p' "$(page "$program")" | grep -qF "$other(${file##*.})" ||
				fail "$program does not name $other(${file##*.})"
		done
	done
}

@test "what grey-check's manual says of numbers, and of letters, is so" {
	local from to

	while read -r from to; do
		run -0 --separate-stderr "$BIN/grey-check" --explain "--store=$BATS_TEST_TMPDIR/none" --client-address=192.0.2.5 \
			"--sender=$from" --recipient=Bob.Ä@Example.Org
		assert_line "triplet  192.0.2.0/$to/bob.Ä@example.org"
	done <<-'END'
		bounce-4711-2026.3@example.com bounce-#-#.#@example.com
		Bounce-4711+x@Example.org bounce-#@example.org
		bounce4711@example.com bounce4711@example.com
		id_4711@example.com id_4711@example.com
		4711@2026.example.com #@2026.example.com
	END
	printf '%s\n' '/^*x/' '/^a.c@/' >"$BATS_TEST_TMPDIR/list"
	run -2 --separate-stderr "$BIN/grey-check" --check-config "--whitelist-senders=$BATS_TEST_TMPDIR/list"
	assert_regex "$stderr" "list:1: .*regular expression"
	run -0 "$BIN/grey-check" --explain "--store=$BATS_TEST_TMPDIR/none" "--whitelist-senders=$BATS_TEST_TMPDIR/list" \
		--client-address=192.0.2.5 --sender=aÄc@example.com --recipient=b@example.org
	refute_line --regexp '^action +pass'
	run -0 "$BIN/grey-check" --explain "--store=$BATS_TEST_TMPDIR/none" "--whitelist-senders=$BATS_TEST_TMPDIR/list" \
		--client-address=192.0.2.5 --sender=ABC@example.com --recipient=b@example.org
	assert_line --regexp '^action +pass'
}

@test "grey-check's example that asks by hand gets an answer" {
	example_runs grey-check 1
	assert_line 'action=DEFER_IF_PERMIT Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'
}

@test "grey-check's example that checks the lists finds the ones of etc/ good" {
	run -0 --separate-stderr env PATH="$BIN:$PATH" bash -c "$(example grey-check 2) --whitelist-clients=$ROOT/etc/whitelist_clients \
		--whitelist-recipients=$ROOT/etc/whitelist_recipients --whitelist-senders=$ROOT/etc/whitelist_senders"
	assert_equal "${#lines[@]}" 3
	assert_line --regexp '/whitelist_clients: [0-9]+ entries, '
	assert_equal "$stderr" ''
}

@test "grey-check's example that explains says why" {
	example_runs grey-check 1
	example_runs grey-check 3
	assert_line --regexp '^reason   (early-retry|new): '
}

@test "grey-dump's examples show what is there, and keep it" {
	example_runs grey-check 1
	example_runs grey-dump 1
	assert_line --regexp '^192\.0\.2\.5 +a@example\.com +b@example\.org '
	example_runs grey-dump 2
	assert_output --regexp '^ *1 a@example\.com$'
	example_runs grey-dump 3
	assert_equal "$("$BIN/grey-dump" -p -h "$BATS_TEST_TMPDIR/example")" "$(cat "$BATS_TEST_TMPDIR/backup")"
	"$BIN/grey-load" -h "$BATS_TEST_TMPDIR/example" --pass 192.0.2.5 User+x@example.net b@example.org
	example_runs grey-dump 5
	assert_line --regexp '^Of 2 records of [0-9]+ bytes each '
	example_runs grey-dump 4
	assert_line --regexp '^192\.0\.2\.5 +user@example\.net +b@example\.org '
	assert_equal "$("$BIN/grey-dump" -p -h "$BATS_TEST_TMPDIR/example")" "$(cat "$BATS_TEST_TMPDIR/backup")"
}

@test "grey-expire's example says what would go" {
	example_runs grey-check 1
	example_runs grey-expire 1
	assert_line 'greylist: 1 records'
	assert_line 'greylist: 0 max-age'
}

@test "grey-load's examples delete what is meant, let a message through, and say what would change" {
	example_runs grey-check 1
	"$BIN/grey-load" -h "$BATS_TEST_TMPDIR/example" --pass 192.0.2.5 x@spam.example b@example.org
	example_runs grey-load 1
	run -0 "$BIN/grey-dump" -h "$BATS_TEST_TMPDIR/example" --format=tsv
	assert_output --regexp $'^192\\.0\\.2\\.0\ta@example\\.com\tb@example\\.org\t[0-9\t]+waiting\t[0-9]+\t$'
	example_runs grey-load 2
	run -0 "$BIN/grey-dump" -h "$BATS_TEST_TMPDIR/example" --format=tsv
	assert_output --regexp $'^192\\.0\\.2\\.0\ta@example\\.com\tb@example\\.org\t[0-9\t]+passed\t0\t$'
	example_runs grey-load 3
	assert_regex "$stderr" 'nothing was stored; would be: 0 loaded, 1 merged, 0 unchanged, 0 refused$'
	"$BIN/grey-load" -h "$BATS_TEST_TMPDIR/example" --pass 192.0.2.5 User+x@example.net b@example.org
	"$BIN/grey-load" -h "$BATS_TEST_TMPDIR/example" --pass 192.0.2.5 b@example.org user@example.net
	example_runs grey-load 4
	run -0 "$BIN/grey-dump" -h "$BATS_TEST_TMPDIR/example" --format=tsv
	refute_output --partial user
}

@test "log-stats' examples read a rotated set, find an address, list lists, and check" {
	make_maillog
	example_runs log-stats 1
	assert_line --index 0 'Mail, in sessions'
	assert_line --regexp "^  read +$MAILLOG_LINES$"
	example_runs log-stats 2
	[ "${#lines[@]}" -gt 0 ]
	assert_equal "$(cut -f 9 <<<"$output" | sort -u)" 198.18.0.3
	example_runs log-stats 3
	assert_line --regexp $'^[a-z.]+\t[1-9][0-9]*$'
	example_runs log-stats 4
	assert_line --index 0 'Mail, in recipients'
	refute_output --partial FAILS
}

@test "log-stats' examples fill a greylist, and find what another delay would have deferred" {
	make_maillog
	example_runs log-stats 5
	run -0 "$BIN/grey-dump" -h "$BATS_TEST_TMPDIR/filled" --count
	assert_output --regexp '[1-9]'
	example_runs log-stats 6
	[ "$output" -gt 0 ]
}

@test "log-stats' manual names every figure and column of the report" {
	local name

	make_maillog
	"$BIN/log-stats" --format=json --by=day --check --top=1 "$BATS_TEST_TMPDIR"/mail.log* | json_names >"$BATS_TEST_TMPDIR/names"
	assert [ "$(wc -l <"$BATS_TEST_TMPDIR/names")" -gt 100 ]
	while IFS= read -r name; do
		grep -qE "^\.(It|Ss|Li)( .*)? $name( |$)" "$(page log-stats)" || fail "$name is not in the manual"
	done <"$BATS_TEST_TMPDIR/names"
}

@test "log-stats' manual names every class of events, and no other" {
	local classes=$BATS_TEST_TMPDIR/classes

	sed -nE 's/^	X\([A-Z_0-9]+, "([^"]+)".*/\1/p' "$ROOT/src/log-stats/event/event.h" | grep -F . | sort >"$classes"
	[ "$(wc -l <"$classes")" -gt 100 ]
	run -0 comm -3 "$classes" \
		<(sed -n '/^Classes by who/,/^\.Sh/p' "$(page log-stats)" | grep -oE '\b[a-z]+\.[a-z][a-z_-]+' | sort)
	assert_output ''
}

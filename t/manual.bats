#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The manual says what the program does: its options, its usage line, its examples.

load lib/common

MANUAL=$ROOT/src/grey-check/grey-check.8

# options_of_help: the long options that --help shows, a line each.
options_of_help()
{
	"$BIN/grey-check" --help | sed -nE 's/^ *(-[a-z], +)?--([a-z0-9-]+).*/\2/p' | sort
}

# options_of_manual: the long options that the manual explains.
options_of_manual()
{
	grep -oE '^(\.It )?.*Fl -[a-z0-9-]+' "$MANUAL" | grep -oE 'Fl -[a-z0-9-]+' | sed 's/^Fl -//' | sort -u
}

# example N: the Nth block behind a line .\" example, as a reader sees it.
example()
{
	awk -v wanted="$1" '/^\.\\" example/ { n++; next }
		/^\.Bd/ && n == wanted { inside = 1; next }
		/^\.Ed/ { if (inside) exit }
		inside' "$MANUAL" | sed 's/\\e/\\/g'
}

# manual: as a reader sees it, in lines as long as they come, without overstriking.
manual()
{
	mandoc -Tascii -O width=900 "$MANUAL" | sed 's/.\x08//g'
}

@test "every option that --help shows is in the manual" {
	run -0 comm -23 <(options_of_help) <(options_of_manual)
	assert_output ''
}

@test "every option that the manual names is one" {
	local option
	for option in $(options_of_manual); do
		[ "$option" != option ] || continue
		"$BIN/grey-check" --help | grep -qE -- "--$option\b" ||
			grep -qF "\"$option\"," "$ROOT/src/grey-check/settings.c" "$ROOT/src/common/options.h" || fail "--$option"
	done
}

@test "every default that --help shows stands in the manual" {
	local value plain
	plain=$(manual | tr -s ' \n' ' ')
	while IFS= read -r value; do
		case $value in /etc/grey/*) value=${value#/etc/grey/} ;; esac
		[[ $plain == *"$value"* ]] || fail "no $value"
	done < <("$BIN/grey-check" --help | sed -n 's/.*(default: \(.*\))$/\1/p')
}

@test "the usage line is the manual's synopsis" {
	local synopsis
	synopsis=$(manual | sed -n '/^SYNOPSIS/ { n; s/^ *//; p }')
	run -2 --separate-stderr "$BIN/grey-check" --no-such-option
	# shellcheck disable=SC2154
	assert_equal "${stderr_lines[-1]}" "grey-check: usage: $synopsis"
}

@test "the example that asks by hand gets an answer" {
	run -0 --separate-stderr env PATH="$BIN:$PATH" bash -c "$(example 1 | sed "s|/tmp/grey-example|$BATS_TEST_TMPDIR/store|")"
	assert_line 'action=DEFER_IF_PERMIT Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'
}

@test "the example that checks the lists finds the ones of etc/ good" {
	run -0 --separate-stderr env PATH="$BIN:$PATH" bash -c "$(example 2) --whitelist-clients=$ROOT/etc/whitelist_clients \
		--whitelist-recipients=$ROOT/etc/whitelist_recipients"
	assert_output ''
	# shellcheck disable=SC2154
	assert_equal "$stderr" ''
}

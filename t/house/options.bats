#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Every option of every program stands in its page, in grey.conf(5), and in etc/grey.conf if it is a setting; and nothing
# else stands there.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load ../lib/common

GREYLIST='grey-check grey-dump grey-load grey-expire'
PROGRAMS="$GREYLIST log-stats"
CONF=$ROOT/etc/grey.conf
PAGE=$ROOT/src/common/grey.conf.5

# options_of PROGRAM: the long options that --help shows, a line each.
options_of()
{
	"$BIN/$1" --help | sed -nE 's/^ *(-[a-zA-Z], +)?--([a-z0-9-]+).*/\2/p' | sort -u | grep .
}

# conf_of [PROGRAM]: the settings in the part of etc/grey.conf that is for it, or before any heading, commented out.
conf_of()
{
	awk -v wanted="${1-}" '/^\[/ { part = $0; gsub(/[][]/, "", part); next }
		part == wanted && /^#[a-z]/ { sub(/^#/, ""); print $1 }' "$CONF" | grep .
}

# page_of [PROGRAM]: the settings that grey.conf(5) explains for it alone, or for all programs of the greylist.
page_of()
{
	awk -v wanted=".Ss For ${1-all programs of the greylist}${1+ alone}" '/^\.S[hs]/ { inside = $0 == wanted }
		inside && /^\.It Cm .* = / { print $3 }' "$PAGE" | grep .
}

# called PROGRAM: the options that grey.conf(5) has on its list of those for the command line only.
called()
{
	awk -v program="$1" '/^\.Sh/ { list = /COMMAND LINE ONLY/ }
		list && /^\.It/ { sub(/^\.It /, ""); sub(/,.*/, ""); inside = $0 == program || $0 == "All programs" }
		list && inside && /^\.Fl -/ { sub(/^\.Fl -/, ""); print $1 }' "$PAGE" | grep .
}

# general PROGRAM: the settings of all that it has.
general()
{
	[ "$1" = log-stats ] || grep -xFf <(options_of "$1") <(conf_of)
}

@test "every option stands in its program's page" {
	local program option

	for program in $PROGRAMS; do
		for option in $(options_of "$program"); do
			grep -qE "Fl -$option( |\$)" "$ROOT/src/$program/$program".[18] || fail "$program --$option"
		done
	done
}

@test "every option is a setting in etc/grey.conf, or for the command line only in grey.conf(5), and not both" {
	for program in $PROGRAMS; do
		run diff <(options_of "$program") <({ general "$program"; conf_of "$program"; called "$program"; } | sort)
		assert_output ''
	done
}

@test "grey.conf(5) explains each setting of etc/grey.conf, in its part and in its order, and no other" {
	run diff <(conf_of) <(page_of)
	assert_output ''
	for program in $PROGRAMS; do
		run diff <(conf_of "$program") <(page_of "$program")
		assert_output ''
	done
}

@test "what stands for all programs of the greylist is an option of several" {
	local option program count

	for option in $(conf_of); do
		count=0
		for program in $GREYLIST; do
			! options_of "$program" | grep -qx -- "$option" || count=$((count + 1))
		done
		[ "$count" -ge 2 ] || fail "$option"
	done
}

@test "each setting has a line above that explains it, and the default that the program has" {
	local program

	# shellcheck disable=SC2016
	run -0 awk '/^#[a-z]/ && last !~ /^# [A-Z1-9].*\.$/ { print } { last = $0 }' "$CONF"
	assert_output ''
	for program in $PROGRAMS; do
		run -0 "$BIN/$program" --config=none --show-config
		run -0 comm -23 <(sed -nE 's/^(# )?([a-z].* = .*)  # default$/#\2/p' <<<"$output" | grep . | sort) <(sort "$CONF")
		assert_output ''
	done
}

@test "with nothing commented out each program takes it, and what is not set by default is set then" {
	local all=$BATS_TEST_TMPDIR/grey.conf program

	sed 's/^#\([a-z]\)/\1/' "$CONF" >"$all"
	for program in $PROGRAMS; do
		run -0 --separate-stderr "$BIN/$program" "--config=$all" --show-config
		assert_equal "$stderr" ''
		refute_output --partial '# default'
		refute_output --partial 'is not set'
		run -0 "$BIN/$program" "--config=$CONF" --show-config
		refute_output --partial grey.conf
	done
}

@test "a setting of any program of the greylist may stand before any heading, an option that is no setting may not" {
	local general=$BATS_TEST_TMPDIR/general program option

	sed -n '/^\[log-stats\]/q; s/^#\([a-z]\)/\1/p' "$CONF" >"$general"
	for program in $GREYLIST; do
		run -0 --separate-stderr "$BIN/$program" "--config=$general" --show-config
		assert_equal "$stderr" ''
		# grey-dump's format is a setting, that of --explain is not.
		for option in $(called "$program" | grep -vx format); do
			echo "$option = 1" >"$BATS_TEST_TMPDIR/one"
			run -2 --separate-stderr "$BIN/$program" "--config=$BATS_TEST_TMPDIR/one" --show-config
			assert_regex "$stderr" "one:1: $option: "
		done
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats --requests: from the maillog of a real Postfix, grey-check makes the store that it made when it was asked; also
# from smtpd's lines alone, as if there had been no grey-check that logs.

# run sets output; pf_start reads PF_SYSLOG.
# shellcheck disable=SC2034,SC2154
load ../postfix/spawn

export TZ=UTC LC_ALL=C
OPTIONS=(--delay=2 --auto-whitelist-clients=2 --whitelist-clients=/dev/null --whitelist-recipients=/dev/null
	--whitelist-senders=/dev/null)
PF_SYSLOG=untouched

services()
{
	need_program log-stats
	PF_GROUP=postdrop pf_service live --log=postlog "${OPTIONS[@]}"
	pf_main 'virtual_alias_maps = inline:{{ pair@example.org = one@example.org, two@example.org }}'
}

# message CLIENT SENDER RECIPIENT...: sends one.
message()
{
	smtp_send live "$1" "$2" subject "${@:3}" >>"$PF_DIR/said"
}

A='mail.example.net[192.0.2.9]'
B='b.example.com[198.51.100.7]'
C='unknown[2001:db8::25]'

traffic()
{
	message "$A" a@example.net user@example.org pair@example.org
	message "$B" '' user@example.org
	message "$B" '"two words"@example.com' Mixed.Case@Example.ORG
	message "$C" c@example.net user@example.org
	message "$C" c@example.net user@elsewhere.example
	message "$B" never@example.com user@example.org
	# Stamps are of whole seconds: two of them may lie between the answer and its line.
	wait_for 20 pf_delay_over live 192.0.2.0/a@example.net/user@example.org 4
	message "$A" a@example.net user@example.org pair@example.org
	message "$B" '"two words"@example.com' Mixed.Case@Example.ORG
	message "$C" c@example.net user@example.org third@example.org
	message "$A" another@example.net user@example.org
	message "$B" '' user@example.org
	message "$B" later@example.com user@example.org
	wait_for 20 pf_logged 'status=sent' 6
	wait_for 20 pf_logged ': removed' 4
	wait_for 20 pf_logged 'sender=later@example.com'
}

# kept STORE FILE: its records into the file, "DATABASE KEY<TAB>VALUE" a line; of a copy, since the owners differ.
kept()
{
	local database

	cp -r "$1" "$2.store"
	for database in postgrey.db postgrey_clients.db; do
		db_dump -p -h "$2.store" "$database" | records_of_dump | sed "s/^/$database /"
	done >"$2"
}

# filled LOG STORE: fills the store from the log.
filled()
{
	"$BIN/log-stats" --requests "$1" 2>"$BATS_TEST_TMPDIR/remarks" |
		"$BIN/grey-check" --clock=request --log=none "--store=$2" "${OPTIONS[@]}" >"$BATS_TEST_TMPDIR/answers"
}

# same LIVE FILLED: the same records, and no time differs by more than a stamp in whole seconds may.
same()
{
	perl -e '
		my ($live, $filled) = map { open my $in, "<", $_ or die; +{ map { chomp; /^(\S+ .*)\t(\S+)$/ } <$in> } } @ARGV;
		keys %$live or die "nothing was recorded\n";
		my $wrong = 0;
		for my $key (sort keys %{{ %$live, %$filled }}) {
			my ($a, $b) = ($live->{$key} // "none", $filled->{$key} // "none");
			my @a = split /,/, $a;
			my @b = split /,/, $b;
			next if @a == @b && !grep { abs($a[$_] - $b[$_]) > ($a[$_] > 1000000 ? 2 : 0) } 0 .. $#a;
			warn "$key: $a, but from the log $b\n";
			$wrong++;
		}
		exit $wrong != 0' "$@"
}

@test "the store that is filled from the log is the one that grey-check made, with its lines in the log or without" {
	local log=$BATS_TEST_TMPDIR/mail.log

	traffic
	kept "$(pf_store live)" "$BATS_TEST_TMPDIR/live"
	cat "$PF_DIR/mail.log" >"$log"
	run -0 grep -c 'action=' "$log"
	[ "$output" -ge 14 ]

	filled "$log" "$BATS_TEST_TMPDIR/all"
	kept "$BATS_TEST_TMPDIR/all" "$BATS_TEST_TMPDIR/filled"
	same "$BATS_TEST_TMPDIR/live" "$BATS_TEST_TMPDIR/filled"
	run -0 grep -F ' requests: ' "$BATS_TEST_TMPDIR/remarks"
	assert_output --partial ' of greylisted recipients 0, of accepted ones 0;'

	grep -v 'action=' "$PF_DIR/mail.log" >"$log"
	filled "$log" "$BATS_TEST_TMPDIR/without"
	kept "$BATS_TEST_TMPDIR/without" "$BATS_TEST_TMPDIR/filled.without"
	same "$BATS_TEST_TMPDIR/live" "$BATS_TEST_TMPDIR/filled.without"
	run -0 cat "$BATS_TEST_TMPDIR/remarks"
	assert_output --partial " from a policy server's lines 0, "
	assert_output --partial 'left out: recipients that were refused for other reasons than greylisting: 1'
}

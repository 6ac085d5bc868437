#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-expire --compact and --compact=shrink: the databases keep their records and do not grow, and others go on.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib
load ../lib/postgrey

# fill_and_empty: a store that checks have filled, of which hardly anything is left; then new ones, as a day brings them.
fill_and_empty()
{
	perl -e 'my $now = shift;
		for my $n (1 .. 20000) {
			printf "request=smtpd_access_policy\nclient_address=10.%d.%d.7\nclient_name=mail.example.net\nsender=s%d\@example.net\n"
				. "recipient=r\@example.org\npolicy_test_time=%d\n\n", $n * 7 & 255, $n * 3 >> 8 & 255, $n,
				$n % 50 ? $now - 40 * 86400 : $now
		}' "$NOW" |
		"$BIN/grey-check" "--store=$STORE" --clock=request --log=none --whitelist-{clients,recipients,senders}=/dev/null |
		grep -c Greylisted
}

# leaf_pages: how many the triplets take.
leaf_pages()
{
	db_stat -d "$STORE/postgrey.db" | sed -n 's/\tNumber of tree leaf pages$//p'
}

@test "--compact and --compact=shrink: all records are as before, the databases whole, and shrink gives the space back" {
	local before after

	run -0 fill_and_empty
	assert_output 20000
	run -0 --separate-stderr expire
	dumped postgrey.db >"$BATS_TEST_TMPDIR/left"
	assert_equal "$(wc -l <"$BATS_TEST_TMPDIR/left")" 400
	before=$(stat -c %s "$STORE/postgrey.db")
	run -0 --separate-stderr expire --compact
	assert_output ''
	assert_equal "$stderr" ''
	dumped postgrey.db | cmp - "$BATS_TEST_TMPDIR/left"
	run -0 db_verify -q "$STORE/postgrey.db"
	assert_equal "$(stat -c %s "$STORE/postgrey.db")" "$before"
	[ "$(leaf_pages)" -le 10 ]

	run -0 --separate-stderr expire --compact=shrink -v
	assert_regex "$stderr" '^grey-expire: shrinking [0-9]+ MB: holds the store for about [0-9]+ ms, checks wait$'
	after=$(($(stat -c %s "$STORE/postgrey.db") + $(stat -c %s "$STORE/postgrey_clients.db")))
	before=$((before + $(stat -c %s "$STORE/postgrey_clients.db")))
	echo "# ${lines[-1]}" >&3
	assert_equal "${lines[-1]}" "files: $after bytes, $before before"
	[ "$after" -lt $((before / 10)) ]
	dumped postgrey.db | cmp - "$BATS_TEST_TMPDIR/left"
	run -0 db_verify -q "$STORE/postgrey.db"
	run -0 db_verify -q "$STORE/postgrey_clients.db"
}

# ask_live TIME: asks the grey-check that is running, prints the answer.
ask_live()
{
	local action empty

	printf '%s\n' request=smtpd_access_policy client_address=10.7.0.7 client_name=mail.example.net sender=s1@example.net \
		recipient=r@example.org "policy_test_time=$1" '' >&"${LIVE[1]}"
	IFS= read -r -t 10 -u "${LIVE[0]}" action && IFS= read -r -t 10 -u "${LIVE[0]}" empty && [ -z "$empty" ] && echo "$action"
}

@test "a grey-check that was there before --compact=shrink goes on after it" {
	local row=10.7.0.0/s1@example.net/r@example.org

	run -0 fill_and_empty
	coproc LIVE { exec "$BIN/grey-check" "--store=$STORE" --clock=request --log=none 2>&1 3>&-; }
	PROCESS=$LIVE_PID
	run -0 ask_live "$NOW"
	assert_output --partial 'action=DEFER_IF_PERMIT Greylisted'
	run -0 --separate-stderr expire --compact=shrink
	run -0 ask_live "$((NOW + 301))"
	assert_output --partial 'action=PREPEND X-Greylist: delayed 301 seconds'
	stop_process "$PROCESS"
	PROCESS=
	run -0 dumped postgrey.db
	assert_line "$row	$NOW,$((NOW + 301)),7"
	assert_equal "${#lines[@]}" 401
	run -0 db_verify -q "$STORE/postgrey.db"
}

@test "thirty days of churn: with --compact at the end of each, neither the databases nor their logs grow without bound" {
	local day size logs ten

	for ((day = 1; day <= 30; day++)); do
		# 2,000 new triplets, of which a tenth comes back and passes, some of those again in the next days.
		perl -e 'my ($now, $day) = @ARGV;
			srand $day;
			sub ask {
				my ($d, $n, $time) = @_;
				srand $d * 10000 + $n;
				printf "request=smtpd_access_policy\nclient_address=%d.%d.%d.7\nclient_name=mail.example.net\nsender=d%dn%d\@example.net\n"
					. "recipient=r\@example.org\npolicy_test_time=%d\n\n", 1 + rand 200, rand 256, rand 256, $d, $n, $time;
			}
			ask($day, $_, $now) for 1 .. 2000;
			ask($day, $_ * 10, $now + 600) for 1 .. 200;
			for my $before (1 .. 3) { ask($day - $before, $_ * 20, $now + 700) for $day > $before ? 1 .. 100 : () }' \
			"$((NOW + day * 86400))" "$day" |
			"$BIN/grey-check" "--store=$STORE" --clock=request --log=none --whitelist-{clients,recipients,senders}=/dev/null \
				--max-age=5 >"$BATS_TEST_TMPDIR/answers"
		run -0 --separate-stderr "$BIN/grey-expire" "--store=$STORE" --max-age=5 "--now=$((NOW + day * 86400 + 80000))" --compact
		assert_output ''
		assert_equal "$stderr" ''
		size=$(stat -c %s "$STORE/postgrey.db")
		logs=$(cat "$STORE"/log.* | wc -c)
		[ "$logs" -le 8000000 ]
		[ "$day" -ne 10 ] || ten=$size
		[ $((day % 5)) -ne 0 ] || echo "# day $day: $(dumped postgrey.db | wc -l) records, $size bytes, logs $logs bytes" >&3
	done
	[ "$size" -le $((ten * 3 / 2)) ]
	run -0 db_verify -q "$STORE/postgrey.db"
}

# of ADDRESS SENDER: prints a request.
of()
{
	printf '%s\n' request=smtpd_access_policy "client_address=$1" client_name=mail.example.net "sender=$2" recipient=r@example.org ''
}

@test "postgrey can use the store after --compact, and after --compact=shrink" {
	need_postgrey
	local how socket

	DIR=$(work_dir)
	for how in --compact --compact=shrink; do
		STORE=$(mktemp -d "$DIR/store.XXXXXX")
		socket=$STORE.run/socket
		make_old 20000
		chown -R nobody: "$STORE"
		run -0 --separate-stderr expire "$how"
		run_postgrey "$STORE" "$socket" "$DIR/postgrey.log"
		run -0 ask_postgrey "$socket" < <(of 10.77.0.9 s11@example.net)
		assert_output --partial 'action=DUNNO'
		run -0 ask_postgrey "$socket" < <(of 192.0.2.9 new@example.net)
		assert_output --partial 'Greylisted, see'
		stop_postgrey
		[ "$(dumped postgrey.db | wc -l)" -eq 1819 ]
		run -0 db_verify -q "$STORE/postgrey.db"
	done
}

#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --log-privacy: the log has sums of addresses and names, by which whoever knows them finds their lines.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

# sum VALUE: as everybody can make it.
sum()
{
	printf %s "$1" | sha1sum | cut -c 1-40
}

# who NAME ADDRESS SENDER RECIPIENT: what a line of the log says of them.
who()
{
	echo "client_name=$(sum "$1"), client_address=$(sum "$2"), sender=$(sum "$3"), recipient=$(sum "$4")"
}

USUAL=(mail.example.net 192.0.2.30 a@example.net b@example.org)

# refute_clear: nothing of the usual request is in the log.
refute_clear()
{
	local value

	for value in "${USUAL[@]}"; do
		refute_regex "$stderr" "$value"
	done
}

@test "each kind of line has sums, and the rest of it as ever" {
	local who

	who=$(who "${USUAL[@]}")
	run -0 --separate-stderr check --log-privacy --auto-whitelist-clients=1 \
		< <(at 1000 queue_id=4104E42; at 1042; at 1300; at 1301 "sasl_username=somebody")
	assert_line --index 0 "$GREYLISTED"
	assert_equal "$stderr" "grey-check: 4104E42: action=greylist, reason=new, $who
grey-check: action=greylist, reason=early-retry (258s missing), $who
grey-check: whitelisted: $(sum mail.example.net)[$(sum 192.0.2.30)]
grey-check: action=pass, reason=triplet found, delay=300, $who
grey-check: action=pass, reason=sasl username, $who"
}

@test "the sum is of the value in lower case, of an address as grey-dump -c writes it; what is empty is left out" {
	run -0 --separate-stderr check --log-privacy < <(
		at 1 client_name=Mail.Example.NET sender=A@example.Net recipient=B@EXAMPLE.ORG
		at 2 client_address=2001:db8::a sender=bounce-1+x@example.net
		at 3 client_address=::ffff:192.0.2.30 sender=
		at 4 client_name=unknown 'sender=a, recipient=victim@example.org')
	assert_equal "$stderr" "grey-check: action=greylist, reason=new, $(who "${USUAL[@]}")
grey-check: action=greylist, reason=new, $(who mail.example.net 2001:DB8:0:0:0:0:0:A bounce-1+x@example.net b@example.org)
grey-check: action=greylist, reason=new, client_name=$(sum mail.example.net), client_address=$(sum 192.0.2.30), recipient=$(sum b@example.org)
grey-check: action=greylist, reason=new, $(who unknown 192.0.2.30 'a, recipient=victim@example.org' b@example.org)"
}

@test "a client's sum is its key in the auto-whitelist with --privacy" {
	run -0 --separate-stderr check --privacy --log-privacy < <(at 1000 client_address=2001:db8::a; at 1300 client_address=2001:db8::a)
	run -0 rows_of postgrey_clients.db
	assert_output "$(sum 2001:DB8:0:0:0:0:0:A) 1,1300"
}

@test "what is stored and what is answered does not depend on it" {
	local requests=$BATS_TEST_TMPDIR/requests
	# The default header has the time of day in it.
	local header='--x-greylist-header=X-Greylist: delayed %t seconds'

	{ at 1000; at 1300; at 1301; } >"$requests"
	check --log-privacy "$header" <"$requests" 2>/dev/null >"$BATS_TEST_TMPDIR/hidden"
	run -0 rows_of postgrey.db
	assert_output "$KEY 1000,1301,30"
	rm -r "$STORE"
	check "$header" <"$requests" 2>/dev/null >"$BATS_TEST_TMPDIR/clear"
	run -0 cmp "$BATS_TEST_TMPDIR/hidden" "$BATS_TEST_TMPDIR/clear"
}

@test "without a store, too, no line shows a value" {
	run -1 --separate-stderr check --log-privacy "--store=fail:" < <(at 1)
	assert_line --partial DUNNO
	assert_regex "$stderr" "action=error, reason=unavailable, $(who "${USUAL[@]}")"
	refute_clear
}

@test "warnings about a request have sums as well" {
	run -0 --separate-stderr check --log-privacy < <(
		at 1 client_address=192.0.2.30.x 'for b@example.org' 'and a@example.net')
	assert_equal "$stderr" "grey-check: ignoring garbage: <$(sum 'for b@example.org')> and more lines without '='
grey-check: client_address can't be parsed: '$(sum 192.0.2.30.x)'; answering DUNNO"
}

@test "bad lines of lists are named, but not shown, unless somebody asks" {
	local bad senders

	bad=$(list friend@example.net 'b@example.org delay=soon')
	senders=$(list 'a@example.net 192.0.2.300')
	run -0 --separate-stderr check --log-privacy "--whitelist-recipients=$bad" "--whitelist-senders=$senders" < <(at 1)
	assert_line --index 0 "$GREYLISTED"
	assert_regex "$stderr" "$bad:2: it is not an entry; grey-check --check-config shows why; the line is ignored"
	assert_regex "$stderr" "$senders:1: it is not an entry; grey-check --check-config shows why; the line is ignored"
	refute_clear
	run -2 --separate-stderr check --check-config --log-privacy "--whitelist-recipients=$bad"
	assert_regex "$stderr" "$bad:2: .*\"b@example.org\"|$bad:2: .*soon"
}

@test "an entry that lets too many pass is not shown either" {
	local clients

	clients=$(list '/unknown|mail\.example\.net/')
	run -0 --separate-stderr check --log-privacy "--whitelist-clients=$clients" < <(at 1)
	assert_regex "$stderr" "$clients:1: it lets all clients without a name pass; grey-check --check-config shows it"
	refute_regex "$stderr" 'mail.*example.*net'
}

@test "--explain shows the line that the log would have, as text and as JSON, and only with it" {
	local line explain=(--explain --client-address=192.0.2.30 --client-name=mail.example.net
		--sender=a@example.net --recipient=b@example.org)

	line="action=greylist, reason=new, $(who "${USUAL[@]}")"
	run -0 check --log-privacy "${explain[@]}"
	assert_line "log      $line"
	assert_line "triplet  $KEY"
	run -0 check --log-privacy "${explain[@]}" --format=json
	assert_output --partial "\"log\":\"$line\""
	run -0 check "${explain[@]}" --format=json
	refute_output --partial '"log"'
	# Here somebody asks.
	run -1 --separate-stderr check --log-privacy "${explain[@]}" --client-address=192.0.2.300
	assert_regex "$stderr" "can't be parsed: '192.0.2.300'"
}

# logged [OPTION]...: what comes of a morning, as a maillog.
logged()
{
	local log=$BATS_TEST_TMPDIR/log

	rm -f "$log"
	check "$@" "--log=file:$log" --auto-whitelist-clients=2 >/dev/null < <(
		at 1000; at 1042; at 1300; at 1500 sender=c@example.net; at 1900 sender=c@example.net
		at 2000 sender=d@example.net
		at 2100 client_address=2001:db8::a client_name=unknown sender=; at 2400 client_address=2001:db8::a client_name=unknown sender=)
	cat "$log"
	rm -r "$STORE"
}

@test "log-stats counts such lines as all others: waits, passes, clients, whitelisted ones" {
	logged >"$BATS_TEST_TMPDIR/clear"
	logged --log-privacy >"$BATS_TEST_TMPDIR/hidden"
	run -1 grep -E 'example|192\.0|unknown' "$BATS_TEST_TMPDIR/hidden"
	# The times differ.
	for which in clear hidden; do
		sed -Ei 's/^[^ ]+ [^ ]+/2026-11-28T06:00:00+00:00 mx1/' "$BATS_TEST_TMPDIR/$which"
		"$BIN/log-stats" --check "$BATS_TEST_TMPDIR/$which" >"$BATS_TEST_TMPDIR/$which.report"
		"$BIN/log-stats" --format=tsv "$BATS_TEST_TMPDIR/$which" >"$BATS_TEST_TMPDIR/$which.tsv"
		"$BIN/log-stats" --unknown=all "$BATS_TEST_TMPDIR/$which" >"$BATS_TEST_TMPDIR/$which.unknown"
	done
	run -0 cat "$BATS_TEST_TMPDIR/hidden.tsv"
	assert_line $'greylist\twaits\t3'
	for kind in report tsv unknown; do
		run -0 diff "$BATS_TEST_TMPDIR/clear.$kind" "$BATS_TEST_TMPDIR/hidden.$kind"
	done
}

@test "log-stats --requests makes none of them, and says so" {
	logged --log-privacy >"$BATS_TEST_TMPDIR/hidden"
	run -0 --separate-stderr "$BIN/log-stats" --requests "$BATS_TEST_TMPDIR/hidden"
	assert_output ''
	assert_regex "$stderr" 'left out: decisions whose addresses are hidden by grey-check --log-privacy: 8'
	run -0 --separate-stderr "$BIN/log-stats" --events "$BATS_TEST_TMPDIR/hidden"
	assert_output --partial "$(sum a@example.net)"
}

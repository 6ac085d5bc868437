#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --explain: says what would be answered, and why, and stores nothing.

# run sets stderr and stderr_lines; check and explain take options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120,SC2030,SC2031
load lib/check

NEW='DEFER_IF_PERMIT 4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'
KEY=192.0.2.0/a@example.net/b@example.org

# explain TIME [OPTION...]: of the request of `at TIME`.
explain()
{
	TZ=UTC "$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --client-address=192.0.2.30 \
		--client-name=mail.example.net --sender=a@example.net --recipient=b@example.org "--time=$1" "${@:2}"
}

# fields TIME [OPTION...]: the same in JSON, one name=value a line; null where there is nothing.
fields()
{
	explain "$@" --format=json | perl -MJSON::PP -e '
		my $json = JSON::PP->new->canonical->allow_nonref;
		my $object = $json->decode(do { local $/; <STDIN> });
		print "$_=", ref $object->{$_} || !defined $object->{$_} ? $json->encode($object->{$_}) : $object->{$_}, "\n"
			for sort keys %$object'
}

# sums: of all that a request could have changed.
sums()
{
	(cd "$STORE" && sha256sum postgrey.db postgrey_clients.db log.*)
}

@test "a triplet without a record: new, and a store that does not exist is not made" {
	run -0 --separate-stderr explain 1000
	assert_output "answer   $NEW
action   greylist
reason   new: there is no record of this triplet; the delay is 300 s
triplet  $KEY
passes   a retry of the same sender and recipient from the same network, from 1970-01-01 00:21:40 (in 300 s) until 1970-01-03 00:16:40
or       an entry in a list: --whitelist-clients, --whitelist-senders, --whitelist-recipients
expires  1970-01-03 00:16:41, if it is not seen again"
	assert_equal "$stderr" ''
	run -0 fields 1000
	assert_output "action=greylist
answer=$NEW
client=null
delay=300
expires=173801
passes_from=1300
passes_until=173800
reason=new
record=null
rule=null
triplet=$KEY
wait=300"
	run ! test -e "$STORE"
}

@test "a directory without a store stays empty" {
	mkdir -m 700 "$STORE"
	run -0 --separate-stderr explain 1000
	assert_line "action   greylist"
	run -0 ls -A "$STORE"
	assert_output ''
}

@test "an early retry: its record, what is missing, and when it passes" {
	run -0 --separate-stderr check < <(at 1000; at 1050)
	run -0 explain 1100
	assert_line "answer   $NEW"
	assert_line --regexp '^reason   early-retry: 100 s .*, 200 s are missing$'
	assert_line "record   first seen 1970-01-01 00:16:40 (100 s ago), last seen 1970-01-01 00:17:30 (50 s ago), host 30"
	assert_line --regexp '^passes   .* from 1970-01-01 00:21:40 \(in 200 s\) until 1970-01-03 00:16:40$'
	assert_line --regexp '^expires  1970-01-03 00:18:21, '
	run -0 fields 1100
	assert_line reason=early-retry
	assert_line wait=200
	assert_line 'record={"first":1000,"host":"30","last":1050}'
	assert_line passes_from=1300
	assert_line passes_until=173800
	assert_line expires=173901
}

@test "a triplet that is back after its delay gets the header, one that is known does not" {
	run -0 --separate-stderr check < <(at 1000)
	run -0 explain 1300 --hostname=mx.example '--x-greylist-header=X-Late: %t at %h; %d'
	assert_line 'answer   PREPEND X-Late: 300 at mx.example; Thu, 01 Jan 1970 00:21:40 UTC'
	assert_line 'action   pass'
	assert_line --regexp '^reason   triplet found: it is back, .* 300 s ago$'
	assert_line --regexp '^expires  1970-02-05 00:21:41, '
	refute_line --regexp '^(passes|or) '
	run -0 fields 1300
	assert_line 'reason=triplet found'
	assert_line wait=null
	assert_line passes_from=null
	assert_line passes_until=null
	assert_line expires=$((1300 + 35 * 86400 + 1))

	run -0 --separate-stderr check < <(at 1300)
	run -0 explain 1400
	assert_line 'answer   DUNNO'
	assert_line 'reason   triplet found: it has passed before'
	assert_line --regexp '^client   192\.0\.2\.30: 1 passed triplets, of 5 .*; last counted 1970-01-01 00:21:40 \(100 s ago\)$'
	run -0 fields 1400
	assert_line 'client={"count":1,"last":1300}'
	assert_line 'record={"first":1000,"host":"30","last":1300}'
}

@test "new, though there is a record: it has expired, came back too late, is not readable, or lies in the future" {
	run -0 --separate-stderr check < <(at 1000)
	run -0 explain 173800
	assert_line --regexp '^reason   triplet found: '
	run -0 explain 173801
	assert_line --regexp '^reason   new: the record of this triplet has expired; '
	assert_line --regexp '^record   first seen 1970-01-01 00:16:40 '

	run -0 explain 900
	assert_line --regexp '^reason   new: '
	assert_line --regexp '^record   first seen 1970-01-01 00:16:40 \(in 100 s'

	run -0 --separate-stderr check < <(at 1200)
	run -0 explain 173900
	assert_line --regexp '^reason   new: this triplet has not come back within the retry window; '

	rm -r "$STORE"
	mkdir -m 700 "$STORE"
	printf '%s\n' "$KEY" unreadable | db_load -T -t btree "$STORE/postgrey.db"
	run -0 explain 1400
	assert_line --regexp "^reason   new: the record of this triplet can't be read; "
	run -0 fields 1400
	assert_line record=null
	assert_line reason=new
}

@test "a record that has passed is not forgotten before --max-age, by the delay of its rule" {
	run -0 --separate-stderr check --delay=600 < <(at 1000; at 1400)
	run -0 explain 180000 --delay=300
	assert_line 'reason   triplet found: it has passed before'
	run -0 explain 180000 --delay=300 "--whitelist-clients=$(list 'example.net delay=600')"
	assert_line --regexp '^reason   new: the record of this triplet has expired; the delay is 600 s$'
}

@test "a client on the auto-whitelist: how many triplets have passed, and when it is forgotten" {
	run -0 --separate-stderr check < <(at 1000; at 1300)
	run -0 explain 1400 --auto-whitelist-clients=1
	assert_line 'answer   DUNNO'
	assert_line --regexp '^reason   client AWL: '
	assert_line --regexp '^client   192\.0\.2\.30: 1 passed triplets, of 1 '
	run -0 fields 1400 --auto-whitelist-clients=1
	assert_line 'reason=client AWL'
	assert_line record=null
	# It is not counted again within the hour, so its time stays.
	assert_line expires=$((1300 + 35 * 86400 + 1))
	run -0 fields 4900 --auto-whitelist-clients=1
	assert_line expires=$((4900 + 35 * 86400 + 1))
	run -0 explain 1400 --auto-whitelist-clients=0 --recipient=other@example.org
	assert_line --regexp '^reason   new: '
	refute_line --regexp '^client '
}

@test "a whitelist: the file and line of the entry" {
	local clients recipients senders
	clients=$(list '# first' '' mail.example.net)
	recipients=$(list b@)
	senders=$(list x.example 'a@example.net 192.0.2.0/24')

	run -0 explain 1000 "--whitelist-clients=$clients" "--whitelist-recipients=$recipients"
	assert_output "answer   DUNNO
action   pass
reason   client whitelist
rule     $clients:3"
	run -0 fields 1000 "--whitelist-recipients=$recipients" "--whitelist-senders=$senders"
	assert_output "action=pass
answer=DUNNO
client=null
delay=null
expires=null
passes_from=null
passes_until=null
reason=recipient whitelist
record=null
rule={\"file\":\"$recipients\",\"line\":1}
triplet=null
wait=null"
	run -0 explain 1000 "--whitelist-senders=$senders"
	assert_line 'reason   sender whitelist'
	assert_line "rule     $senders:2"
	run -0 explain 1000 "--whitelist-senders=$senders" --client-address=198.51.100.1
	assert_line --regexp '^reason   new: '
	refute_line --partial "$senders"
}

@test "a recipient that is not greylisted, and one that is" {
	run -0 explain 1000 "--greylist-recipients=$(list example.com)"
	assert_line 'answer   DUNNO'
	assert_line --regexp '^reason   recipient not greylisted: .*--greylist-recipients$'
	refute_line --regexp '^(rule|triplet) '
	run -0 explain 1000 "--greylist-recipients=$(list example.org)"
	assert_line --regexp '^reason   new: '
}

@test "a delay of a rule: what it is, where it stands, and what comes of it" {
	local rules
	rules=$(list 'example.net delay=90s')

	run -0 --separate-stderr check < <(at 1000)
	run -0 explain 1050 "--whitelist-clients=$rules"
	assert_line --regexp '^reason   early-retry: 50 s of the delay of 90 s .*, 40 s are missing$'
	assert_line "rule     $rules:1, with a delay of 90 s"
	run -0 fields 1050 "--whitelist-clients=$rules"
	assert_line delay=90
	assert_line wait=40
	assert_line passes_from=1090
	assert_line "rule={\"file\":\"$rules\",\"line\":1}"
	run -0 fields 1090 "--whitelist-clients=$rules"
	assert_line 'reason=triplet found'
}

@test "a delay that is longer than records are kept: no single retry passes" {
	run -0 explain 1000 --delay=3d
	assert_line --regexp '^passes   no single retry: '
}

@test "a database that is damaged is told of, and left as it is" {
	check < <(at 1000) >/dev/null 2>&1
	rm -f "$STORE"/__db.*
	truncate -s 5000 "$STORE/postgrey.db"
	sum=$(sha1sum "$STORE/postgrey.db")
	run -1 --separate-stderr explain 1100
	assert_output ''
	assert_equal "$(sha1sum "$STORE/postgrey.db")" "$sum"
	run ! ls "$STORE"/*corrupt*
}

@test "without postgrey_clients.db it tells of the triplet, and makes no file of records" {
	mkdir -m 700 "$STORE"
	printf '%s\n' 192.0.2.0/a@example.net/b@example.org 1000,1000,30 | db_load -T -t btree "$STORE/postgrey.db"
	run -0 explain 1100
	assert_line --regexp '^reason   early-retry: '
	run ! test -e "$STORE/postgrey_clients.db"
}

@test "a client whose record has expired is said to be" {
	check --auto-whitelist-clients=1 < <(at 1000; at 1300) >/dev/null 2>&1
	run -0 explain 99999999 --auto-whitelist-clients=1
	assert_line --regexp '^client   192.0.2.30: 1 passed .*, expired$'
}

@test "--learn: what would be answered is DUNNO, and what it has learnt is told" {
	run -0 fields 1000 --learn
	assert_line action=learn
	assert_line answer=DUNNO
	assert_line reason=new
	assert_line passes_from=1300
}

@test "--on-error has no part in it: a store that can't be read is an error" {
	run -1 --separate-stderr explain 1000 --store=fail:
	assert_output ''
	assert_equal "$stderr" 'grey-check: the store is fail:, made to fail'
	mkdir -m 777 "$BATS_TEST_TMPDIR/open"
	chmod 777 "$BATS_TEST_TMPDIR/open"
	: >"$BATS_TEST_TMPDIR/open/postgrey.db"
	run -1 --separate-stderr explain 1000 "--store=$BATS_TEST_TMPDIR/open"
	assert_output ''
	assert_regex "$stderr" 'others than its owner can write this directory'
}

@test "a list that can't be read is an error, a bad line of a list is told" {
	run -1 --separate-stderr explain 1000 --whitelist-clients=/nonexistent
	assert_output ''
	assert_equal "$stderr" "grey-check: /nonexistent: can't read this list: No such file or directory"
	local bad
	bad=$(list 'two words' mail.example.net)
	run -0 --separate-stderr explain 1000 "--whitelist-clients=$bad"
	assert_line "rule     $bad:2"
	assert_equal "$stderr" "grey-check: $bad:1: has blanks inside; one entry a line; the line is ignored"
}

@test "options that are missing are named, exit code 2; the sender may be empty, the name need not be given" {
	local ask=("$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --time=1000)

	run -2 --separate-stderr "${ask[@]}"
	assert_output ''
	assert_equal "$stderr" 'grey-check: --explain: needs --client-address'
	run -2 --separate-stderr "${ask[@]}" --client-address=192.0.2.30 --recipient=b@example.org
	assert_equal "$stderr" 'grey-check: --explain: needs --sender'
	run -2 --separate-stderr "${ask[@]}" --client-address=192.0.2.30 --sender=
	assert_equal "$stderr" 'grey-check: --explain: needs --recipient'
	run -0 --separate-stderr "${ask[@]}" --client-address=192.0.2.30 --sender= --recipient=b@example.org
	assert_line "triplet  192.0.2.0//b@example.org"
	assert_equal "$stderr" ''
}

@test "an address that is none: exit code 1; a time or a form that is none: exit code 2" {
	run -1 --separate-stderr explain 1000 --client-address=mail.example.net
	assert_output ''
	assert_equal "$stderr" "grey-check: client_address can't be parsed: 'mail.example.net'"
	local value
	for value in x '' 10:00 2026-1-1 -1x tomorrow 1e3; do
		run -2 --separate-stderr explain "$value"
		assert_output ''
		assert_regex "$stderr" "^grey-check: --time=$value: must be epoch seconds, "
	done
	for value in 2026-02-30 2026-13-01; do
		run -2 --separate-stderr explain "$value"
		assert_equal "$stderr" "grey-check: --time=$value: is a day that does not exist"
	done
	run -2 --separate-stderr explain 1000 --format=xml
	assert_equal "${stderr_lines[0]}" 'grey-check: --format=xml: must be one of text|json'
}

@test "--time: epoch seconds, a day, a time with or without a zone; if not given, now" {
	local now value

	for value in 1970-01-02=86400 1970-01-02T00:00:30Z=86430 '1970-01-02 01:00=90000' 1970-01-02T01:00+01:00=86400 \
		1970-01-02T00:00:00-0530=106200; do
		run -0 fields "${value%=*}"
		assert_line "passes_from=$((${value##*=} + 300))"
	done
	now=$(date +%s)
	run -0 fields -1h
	[ "$(sed -n 's/^passes_from=//p' <<<"$output")" -ge $((now - 3600 + 300)) ]
	run -0 "$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --client-address=192.0.2.30 --sender= \
		--recipient=b@example.org --format=json
	[[ $output =~ \"passes_from\":([0-9]+) ]]
	((BASH_REMATCH[1] >= now + 300 && BASH_REMATCH[1] <= now + 360))
}

@test "times are told in the local zone" {
	run -0 env TZ=XYZ-5:45 "$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --client-address=192.0.2.30 \
		--sender= --recipient=b@example.org --time=1000
	assert_line --regexp '^expires  1970-01-03 06:01:41, '
}

@test "keys are those of the store: networks, --lookup-by-host, --privacy, IPv6" {
	run -0 fields 1000 --lookup-by-host
	assert_line triplet=192.0.2.30/32/a@example.net/b@example.org
	run -0 fields 1000 --sender=list-12-x+tag@Example.NET
	assert_line "triplet=192.0.2.0/list-#-x@example.net/b@example.org"
	run -0 fields 1000 --client-address=2001:DB8::1
	assert_line triplet=2001:db8:0:0:0:0:0:0/a@example.net/b@example.org
	run -0 fields 1000 --privacy
	assert_line --regexp '^triplet=[0-9a-f]{40}$'
}

@test "bytes that would spoil a terminal or JSON become question marks, UTF-8 survives" {
	run -0 explain 1000 --sender=$'\xff\x1bm\xc3\xbc@x'
	assert_line $'triplet  192.0.2.0/??m\xc3\xbc@x/b@example.org'
	run -0 fields 1000 --sender=$'\xff\x1bq"\\'
	assert_line $'triplet=192.0.2.0/??q"\\/b@example.org'
}

@test "--explain changes no row, and no byte of the databases and their logs" {
	run -0 --separate-stderr check < <(at 1000; at 1300; at 1400 sender=early@example.net)
	local before rows time
	before=$(sums)
	rows=$(rows_of postgrey.db; rows_of postgrey_clients.db)

	for time in 900 1000 1400 4900 200000 9000000; do
		run -0 explain "$time"
		run -0 explain "$time" --sender=early@example.net --format=json
		run -0 explain "$time" --sender=new@example.net
		run -0 explain "$time" --auto-whitelist-clients=1
	done
	run -0 sums
	assert_output "$before"
	assert_equal "$(rows_of postgrey.db; rows_of postgrey_clients.db)" "$rows"
}

@test "a database without its logs is read as it is, and stays so" {
	run -0 --separate-stderr check < <(at 1000; at 1300)
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	rm -f "$STORE"/__db.* "$STORE"/log.*
	local before
	before=$(cd "$STORE" && sha256sum ./*.db)

	run -0 --separate-stderr explain 1400
	assert_line 'reason   triplet found: it has passed before'
	assert_equal "$(cd "$STORE" && sha256sum ./*.db)" "$before"
	run -0 --separate-stderr check < <(at 1400)
	assert_output action=DUNNO
}

@test "a corrupt database is told of and left as it is; the next request repairs it" {
	run -0 --separate-stderr check < <(at 1000; at 1300)
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	rm -f "$STORE"/__db.* "$STORE"/log.*
	head -c 6000 /dev/zero | tr '\0' x | dd of="$STORE/postgrey.db" conv=notrunc bs=100 seek=1 2>/dev/null
	local before
	before=$(sha256sum "$STORE/postgrey.db")

	run -1 --separate-stderr explain 1400
	assert_output ''
	assert_regex "$stderr" "^grey-check: $STORE: "
	assert_equal "$(sha256sum "$STORE/postgrey.db")" "$before"
	run -0 --separate-stderr check < <(at 1400)
	assert_output "$GREYLISTED"
	run -0 find "$STORE" -name 'postgrey.db.corrupt-*'
	assert_output --partial corrupt-
}

@test "root explains a store of another user, and its files stay that user's" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	local dir owner
	dir=$(work_dir)
	cp "$BIN/grey-check" "$dir/"
	STORE=$dir/store
	mkdir -m 700 "$STORE"
	chown nobody: "$STORE"

	run -0 --separate-stderr explain 1000
	assert_line 'action   greylist'
	run -0 ls -A "$STORE"
	assert_output ''
	as_nobody "$dir/grey-check" "--store=$STORE" --log=none --clock=request "${NO_LISTS[@]}" < <(at 1000) >/dev/null
	rm -f "$STORE"/__db.* # so that it has to make them
	run -0 --separate-stderr explain 1300
	assert_line --regexp '^reason   triplet found: it is back'
	owner=$(find "$STORE" ! -user nobody)
	# As its owner.
	run -0 --separate-stderr as_nobody "$dir/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --time=1300 \
		--client-address=192.0.2.30 --client-name=mail.example.net --sender=a@example.net --recipient=b@example.org
	assert_line --regexp '^reason   triplet found: it is back'
	rm -r "$dir"
	assert_equal "$owner" ''
}

@test "one who may not read the store is told" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	local dir
	dir=$(work_dir)
	cp "$BIN/grey-check" "$dir/"
	check "--store=$dir/store" --log=none < <(at 1000) >/dev/null
	run -1 --separate-stderr as_nobody "$dir/grey-check" "--store=$dir/store" "${NO_LISTS[@]}" --explain \
		--client-address=192.0.2.30 --sender= --recipient=b@example.org
	rm -r "$dir"
	assert_output ''
	assert_regex "$stderr" "^grey-check: $dir/store.*: .*[Pp]ermission denied"
}

@test "beside a grey-check that has the store open it says what that will answer, and disturbs nothing" {
	load lib/live
	start_live check -q
	run -0 ask_live policy_test_time=1000
	assert_output "$GREYLISTED"
	run -0 --separate-stderr explain 1100
	assert_line --regexp '^reason   early-retry: '
	assert_equal "$stderr" ''
	run -0 ask_live policy_test_time=1100
	assert_output "$GREYLISTED"
	run -0 explain 1300 --format=json
	assert_output --partial '"reason":"triplet found"'
	run -0 ask_live policy_test_time=1300
	assert_output --partial 'delayed 300 seconds'
	run -0 explain 1300
	assert_line 'reason   triplet found: it has passed before'
	end_live
	run -0 cat "$SAID"
	assert_output ''
	run -0 rows_of postgrey.db
	assert_output "$KEY 1000,1300,30"
}

# requests_of NAME: 5000 requests, each from a network of its own.
requests_of()
{
	perl -e 'printf "request=smtpd_access_policy\nclient_address=10.%d.%d.1\nclient_name=x\nsender=$ARGV[0]\nrecipient=b\@example.org\n\n",
		$_ >> 8, $_ & 255 for 1 .. 5000' "$1"
}

@test "beside grey-checks that write without a pause it says what is there, and nothing of theirs is lost" {
	local one two round # not i, which bats' run overwrites
	run -0 --separate-stderr check < <(at 1000)
	requests_of one | check --clock=system -q >"$BATS_TEST_TMPDIR/one" 2>&1 3>&- &
	one=$!
	requests_of two | check --clock=system -q >"$BATS_TEST_TMPDIR/two" 2>&1 3>&- &
	two=$!
	for round in {1..30}; do
		run -0 --separate-stderr explain 1100 --format=json
		assert_output --partial '"reason":"early-retry"'
		assert_equal "$round: $stderr" "$round: "
	done
	wait "$one"
	wait "$two"
	run -0 sort -u "$BATS_TEST_TMPDIR/one" "$BATS_TEST_TMPDIR/two"
	assert_output $'\n'"$GREYLISTED"
	assert_equal "$(rows_of postgrey.db | wc -l)" 10001
}

# foretell SEED [OPTION...]: see there. The header is without its date, which of real mail is the real one.
foretell()
{
	run perl "$ROOT/t/lib/foretell.pl" "$1" 300 "$BIN/grey-check" "--store=$STORE" \
		"--whitelist-clients=$(list listed.example 'slow.example delay=20m')" \
		"--whitelist-recipients=$(list postmaster@ 'hasty@ delay=0' 'sub.example.org delay=2h')" \
		"--whitelist-senders=$(list friends.example 'bound@example.net 192.0.2.0/25')" \
		"--greylist-recipients=$(list example.org)" '--x-greylist-header=X-Greylist: %t' \
		--auto-whitelist-clients=2 --retry-window=3h --max-age=2d "${@:2}"
	[ "$status" -eq 0 ] || fail "$output"
}

@test "300 random requests at random times are answered as it said before, and what it foretells comes true" {
	local reason

	foretell 1
	for reason in 'client AWL' 'client whitelist' early-retry new 'recipient not greylisted' 'recipient whitelist' \
		'sender whitelist' 'triplet found'; do
		assert_line --regexp "^$reason +[0-9]"
	done
}

@test "the same with --learn" {
	foretell 2 --learn
}

@test "the same with --privacy, --lookup-by-host and without an auto-whitelist" {
	foretell 3 --privacy --lookup-by-host --auto-whitelist-clients=0
}

@test "the same with a --max-age below the --retry-window, and both below a delay" {
	foretell 4 --max-age=1h
}

teardown()
{
	! declare -F kill_live >/dev/null || kill_live
}

#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --explain: says what would be answered, and why.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load explain

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

@test "never, and a delay for a client on the auto-whitelist: the entry is named, and that it counts more" {
	local rules
	rules=$(list 'example.net never')

	check < <(at 1000; at 1300) >/dev/null 2>&1
	run -0 explain 1400 --auto-whitelist-clients=1 "--whitelist-clients=$rules" --recipient=other@example.org
	assert_line --regexp '^reason   new: .*; the delay is 300 s$'
	assert_line "rule     $rules:1, never by the auto-whitelist"
	refute_line --regexp '^client '
	run -0 fields 1400 --auto-whitelist-clients=1 "--whitelist-clients=$rules" --recipient=other@example.org
	assert_line "rule={\"file\":\"$rules\",\"line\":1,\"never\":true}"
	assert_line client=null
	rules=$(list 'other@ delay=90 never' 'b@ delay=90')
	run -0 explain 1400 --auto-whitelist-clients=1 "--whitelist-recipients=$rules" --recipient=other@example.org
	assert_line "rule     $rules:1, with a delay of 90 s, never by the auto-whitelist"
	run -0 explain 1400 --auto-whitelist-clients=1 "--whitelist-recipients=$rules" --sender=x@example.net
	assert_line --regexp '^reason   new: .*; the delay is 90 s$'
	assert_line --regexp '^client   192\.0\.2\.30: 1 passed triplets, of 1 .*; the rule counts more$'
	run -0 explain 1400 --auto-whitelist-clients=1
	refute_line --partial 'counts more'
}

@test "a delay that is longer than records are kept: no single retry passes" {
	run -0 explain 1000 --delay=3d
	assert_line --regexp '^passes   no single retry: '
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

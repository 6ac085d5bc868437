#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check on its standard input and output: the policy protocol, well spoken and badly.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

# bytewise COMMAND...: runs it with each byte of our standard input as a message of its own, which one read(2) takes.
bytewise()
{
	perl -MSocket -e '
		socketpair(my $ours, my $its, AF_UNIX, SOCK_SEQPACKET, 0) or die "$!\n";
		my $pid = fork // die "$!\n";
		if ($pid == 0) {
			close $ours;
			open STDIN, "<&", $its or die "$!\n";
			exec @ARGV or die "$!\n";
		}
		close $its;
		local $/;
		for my $byte (split //, <STDIN>) {
			defined syswrite $ours, $byte or die "$!\n";
		}
		close $ours;
		waitpid $pid, 0;
		exit $? >> 8' "$@"
}

@test "protocol: the requests of a connection are answered one by one, in order" {
	run -0 --separate-stderr check --greylist-text=%r < <(at 1 recipient=x@one; at 1 recipient=x@two; at 1 recipient=x@three)
	assert_output $'action=DEFER_IF_PERMIT one\n\naction=DEFER_IF_PERMIT two\n\naction=DEFER_IF_PERMIT three'
}

@test "protocol: an answer is the action, a newline and an empty line, nothing else" {
	check < <(at 1; at 400) >"$BATS_TEST_TMPDIR/answers" 2>/dev/null
	run -0 head -c 97 "$BATS_TEST_TMPDIR/answers"
	assert_output --partial "$GREYLISTED"
	run -0 grep -c '' "$BATS_TEST_TMPDIR/answers"
	assert_output 4
	run -0 sed -n '2p;4p' "$BATS_TEST_TMPDIR/answers"
	assert_output ''
	run -0 sed -n 3p "$BATS_TEST_TMPDIR/answers"
	assert_output --partial 'action=PREPEND X-Greylist: delayed 399 seconds by'
}

@test "protocol: an answer comes while the input stays open" {
	local answer from to pid

	coproc GREY { check 2>/dev/null; }
	from=${GREY[0]} to=${GREY[1]} pid=$GREY_PID
	at 1 >&"$to"
	read -r -t 10 answer <&"$from"
	assert_equal "$answer" "$GREYLISTED"
	read -r -t 10 answer <&"$from"
	assert_equal "$answer" ''
	at 500 >&"$to"
	read -r -t 10 answer <&"$from"
	assert_regex "$answer" '^action=PREPEND '
	eval "exec $to>&-"
	wait "$pid"
}

@test "protocol: many requests in one write are all answered" {
	local i

	for i in {1..400}; do
		at "$i" "sender=s$i@example.net"
	done >"$BATS_TEST_TMPDIR/requests"
	check <"$BATS_TEST_TMPDIR/requests" >"$BATS_TEST_TMPDIR/answers" 2>"$BATS_TEST_TMPDIR/log"
	run -0 grep -cxF "$GREYLISTED" "$BATS_TEST_TMPDIR/answers"
	assert_output 400
	run -0 grep -c 'reason=new' "$BATS_TEST_TMPDIR/log"
	assert_output 400
	run -0 rows_of postgrey.db
	assert_equal "${#lines[@]}" 400
}

@test "protocol: requests that come byte by byte are understood" {
	run -0 --separate-stderr bytewise "$BIN/grey-check" "--store=$STORE" --log=stderr --clock=request \
		< <(at 1; at 2 client_address=2001:db8::5 | sed 's/$/\r/'; at 400)
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 "$GREYLISTED"
	assert_line --index 2 --partial 'action=PREPEND X-Greylist: delayed 399 seconds'
	run -0 rows_of postgrey.db
	assert_line '192.0.2.0/a@example.net/b@example.org 1,400,30'
	assert_line '2001:db8:0:0:0:0:0:0/a@example.net/b@example.org 2,2,2001:DB8:0:0:0:0:0:5'
}

@test "protocol: attributes may come in any order" {
	run -0 --separate-stderr check < <(printf '%s\n' recipient=r@example.org policy_test_time=7 sender=s@example.net \
		client_name=x client_address=192.0.2.9 request=smtpd_access_policy '')
	assert_output "$GREYLISTED"
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/s@example.net/r@example.org 7,7,9'
}

@test "protocol: attributes of other names are ignored, and not told of" {
	run -0 --separate-stderr check -q < <(at 7 protocol_state=RCPT helo_name=x size=0 Sender=no@example.net ' sender=no' 'x=sender=no')
	assert_output "$GREYLISTED"
	assert_equal "$stderr" ''
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/a@example.net/b@example.org 7,7,30'
}

@test "protocol: the last of a repeated attribute counts" {
	run -0 --separate-stderr check < <(at 7 sender=one@example.net sender=two@example.net client_address=192.0.2.9 client_address=198.51.100.8)
	run -0 rows_of postgrey.db
	assert_output '198.51.100.0/two@example.net/b@example.org 7,7,8'
}

@test "protocol: lines that end in CR LF are the same as lines that end in LF" {
	run -0 --separate-stderr check < <(at 1 | sed 's/$/\r/'; at 2)
	assert_output "$GREYLISTED"$'\n\n'"$GREYLISTED"
	refute_regex "$stderr" '\?'
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/a@example.net/b@example.org 1,2,30'
}

@test "protocol: nothing of a request counts for the next one" {
	run -0 --separate-stderr check < <(at 1 sasl_username=joe etrn_domain=x; printf '%s\n' request=smtpd_access_policy sender=x ''; at 2)
	assert_line --index 0 'action=DUNNO'
	assert_line --index 1 'action=DUNNO'
	assert_line --index 2 "$GREYLISTED"
	assert_regex "$stderr" 'attribute missing: client_address'
}

@test "protocol: requests of another type get no answer, but a log line" {
	run -0 --separate-stderr check -q < <(at 1 request=other; at 2 request=; at 3 request=SMTPD_ACCESS_POLICY; at 4 sender=last@x)
	assert_output "$GREYLISTED"
	assert_equal "$stderr" "grey-check: unrecognized request type: 'other'; not answered
grey-check: unrecognized request type: ''; not answered
grey-check: unrecognized request type: 'SMTPD_ACCESS_POLICY'; not answered"
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/last@x/b@example.org 4,4,30'
}

@test "protocol: a request without a type gets no answer, but a log line" {
	run -0 --separate-stderr check < <(printf '%s\n' sender=a recipient=b ''; echo; at 1)
	assert_output "$GREYLISTED"
	assert_equal "$(grep -c "unrecognized request type: ''" <<<"$stderr")" 2
}

@test "protocol: a line without = is ignored and logged" {
	run -0 --separate-stderr check -q < <(at 1 'this is no attribute')
	assert_output "$GREYLISTED"
	assert_equal "$stderr" 'grey-check: ignoring garbage: <this is no attribute>'
}

@test "protocol: of many lines without = the first is logged, in printable form" {
	run -0 --separate-stderr check -q < <(at 1 $'bell \a' second = ==third)
	assert_output "$GREYLISTED"
	assert_equal "$stderr" "grey-check: ignoring garbage: <bell ?> and more lines without '='"
}

@test "protocol: = signs in front of a name are dropped, those in a value stay" {
	run -0 --separate-stderr check < <(at 1 =sender=x=y@example.net ===recipient==r@example.org)
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/x=y@example.net/=r@example.org 1,1,30'
}

@test "protocol: without one of the four attributes that count, mail passes with a warning" {
	local name

	for name in client_address client_name sender recipient; do
		run -0 --separate-stderr check < <(at 1 | grep -v "^$name=")
		assert_output action=DUNNO
		assert_equal "$stderr" "grey-check: attribute missing: $name; answering DUNNO"
	done
	run -0 rows_of postgrey.db
	assert_output ''
}

@test "protocol: an empty attribute is not a missing one" {
	run -0 --separate-stderr check < <(at 1 sender=; at 2 recipient=; at 3 client_name= sender=c)
	refute_line action=DUNNO
	refute_regex "$stderr" missing
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0//b@example.org 1,1,30
192.0.2.0/a@example.net/ 2,2,30
192.0.2.0/c/b@example.org 3,3,30'
}

@test "protocol: with a client_address that is none, mail passes with a warning" {
	local address

	for address in '' unknown 192.0.2 192.0.2.256 192.0.2.1/32 '192.0.2.1 ' '[192.0.2.1]' 2001:db8:::1 fe80::1%eth0; do
		run -0 --separate-stderr check < <(at 1 "client_address=$address")
		assert_output action=DUNNO
		assert_equal "$stderr" "grey-check: client_address can't be parsed: '$address'; answering DUNNO"
	done
	run -0 rows_of postgrey.db
	assert_output ''
}

@test "protocol: an attribute with a NUL byte is refused with a warning, and stores nothing" {
	run -0 --separate-stderr check < <(at 1 sender=a@NUL@example.net | sed 's/NUL/\x00/')
	assert_output action=DUNNO
	assert_equal "$stderr" 'grey-check: attribute with a NUL byte: sender; answering DUNNO'
	run -0 rows_of postgrey.db
	assert_output ''
}

@test "protocol: the end of the input between requests is success, also of an empty one" {
	run -0 --separate-stderr check </dev/null
	assert_output ''
	assert_equal "$stderr" ''
}

@test "protocol: a request without its empty line is not answered, and the exit code is 1" {
	run -1 --separate-stderr check < <(at 1; at 2 sender=cut@example.net | head -n 3)
	assert_output "$GREYLISTED"
	assert_regex "$stderr" 'the input ended inside a request'
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/a@example.net/b@example.org 1,1,30'
}

@test "protocol: a request cut inside a line is not answered, and the exit code is 1" {
	run -1 --separate-stderr check < <(at 1 | head -c -1; printf request)
	assert_output ''
	assert_regex "$stderr" 'the input ended inside a request'
}

@test "protocol: an input that can't be read is an error" {
	run -1 --separate-stderr check </
	assert_output ''
	assert_equal "$stderr" "grey-check: can't read requests: Is a directory"
}

@test "protocol: an answer that can't be written is an error" {
	# shellcheck disable=SC2016
	run -1 --separate-stderr bash -c '"$@" >/dev/full' - "$BIN/grey-check" "--store=$STORE" --log=stderr < <(request; request)
	assert_equal "${stderr_lines[-1]}" "grey-check: can't write the answer: No space left on device"
}

@test "protocol: a line of 4096 bytes counts whole, with LF and CR LF, at once and byte by byte" {
	local long
	long=$(printf 'x%04088d' 0)

	at 1 "sender=$long" >"$BATS_TEST_TMPDIR/lf"
	sed 's/$/\r/' "$BATS_TEST_TMPDIR/lf" >"$BATS_TEST_TMPDIR/crlf"
	run -0 --separate-stderr check <"$BATS_TEST_TMPDIR/lf"
	assert_output "$GREYLISTED"
	run -0 --separate-stderr check <"$BATS_TEST_TMPDIR/crlf"
	assert_output "$GREYLISTED"
	run -0 --separate-stderr bytewise "$BIN/grey-check" --store=mem: --log=stderr <"$BATS_TEST_TMPDIR/lf"
	assert_output "$GREYLISTED"
	run -0 --separate-stderr bytewise "$BIN/grey-check" --store=mem: --log=stderr <"$BATS_TEST_TMPDIR/crlf"
	assert_output "$GREYLISTED"
}

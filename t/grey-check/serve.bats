#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-check --serve: many connections, one process. What each is answered is as if it had a process of its own.

load ../lib/check
load ../lib/serve

teardown()
{
	kill_serve
}

# greylisted NAME...: the lines that talk prints where each is greylisted.
greylisted()
{
	local name

	for name; do
		echo "$name: $GREYLISTED"
	done
}

@test "a hundred connections are answered, each its own request, and all is stored and logged" {
	local i

	serve
	{
		echo open c{1..100}
		for i in {1..100}; do echo "ask c$i sender=s$i@example.net policy_test_time=1000"; done
		echo answer c{1..100}
		for i in {1..100}; do echo "ask c$i sender=s$((101 - i))@example.net policy_test_time=1060"; done
		echo answer c{1..100}
		for i in {1..100}; do echo "ask c$i sender=s$i@example.net policy_test_time=1400"; done
		echo answer c{1..100}
	} >"$BATS_TEST_TMPDIR/commands"
	run -0 talk <"$BATS_TEST_TMPDIR/commands"
	assert_equal "$(grep -cF ": $GREYLISTED" <<<"$output")" 200
	assert_equal "$(grep -c ': action=PREPEND X-Greylist: delayed 400 seconds' <<<"$output")" 100
	end_serve
	assert_equal "$(rows_of postgrey.db | grep -c ' 1000,1400')" 100
	assert_equal "$(said 'reason=new')" 100
	assert_equal "$(said 'reason=early-retry (240s missing)')" 100
	assert_equal "$(said 'reason=triplet found, delay=400')" 100
}

@test "requests that come at once on a connection are answered in their order" {
	local i

	serve
	{
		echo 'open a b'
		for i in {1..30}; do
			echo "ask a sender=s$i@example.net recipient=b@r$i.example.org policy_test_time=1000"
			echo "ask b sender=s$i@example.net recipient=b@r$i.example.org policy_test_time=1000"
		done
		for i in {1..30}; do echo 'answer a b'; done
	} >"$BATS_TEST_TMPDIR/commands"
	run -0 talk <"$BATS_TEST_TMPDIR/commands"
	for i in {1..30}; do
		assert_equal "${lines[$((2 * i - 2))]}" "a: action=DEFER_IF_PERMIT Greylisted, see http://postgrey.schweikert.ch/help/r$i.example.org.html"
		assert_equal "${lines[$((2 * i - 1))]}" "b: action=DEFER_IF_PERMIT Greylisted, see http://postgrey.schweikert.ch/help/r$i.example.org.html"
	done
	end_serve
}

@test "halves of requests that come in turn belong to their connections" {
	serve
	run -0 talk <<-'E'
		open a b c
		front a sender=a@example.net policy_test_time=1000
		front b sender=b@example.com policy_test_time=1000
		silent a b
		ask c sender=c@example.net policy_test_time=1000
		answer c
		back b sender=b@example.com policy_test_time=1000
		answer b
		silent a
		back a sender=a@example.net policy_test_time=1000
		answer a
	E
	assert_output "a: nothing
b: nothing
$(greylisted c b)
a: nothing
$(greylisted a)"
	end_serve
	run -0 rows_of postgrey.db
	assert_line '192.0.2.0/a@example.net/b@example.org 1000,1000,30'
	assert_line '192.0.2.0/b@example.com/b@example.org 1000,1000,30'
}

@test "who never ends a request, and who sends garbage, keep nobody waiting" {
	serve
	run -0 talk <<-'E'
		open stuck noise good
		front stuck
		raw noise no equals sign\n\0\0\n=\n
		ask good policy_test_time=1000
		answer good
		raw noise request=other\n\n
		ask good policy_test_time=1001
		answer good
		ask noise policy_test_time=1002
		answer noise
		silent stuck
		close stuck
		ask good policy_test_time=1003
		answer good
	E
	assert_output "$(greylisted good good noise)
stuck: nothing
$(greylisted good)"
	end_serve
	assert_equal "$(said 'ignoring garbage: <no equals sign>')" 1
	assert_equal "$(said 'unrecognized request type: ')" 1
	assert_equal "$(said 'the input ended inside a request')" 1
}

@test "who does not take its answers is stopped, others are not, and it gets all of them in the end" {
	serve
	# shellcheck disable=SC2016
	run -0 perl -MIO::Socket::UNIX -e '
		alarm 60;
		my ($path, $count) = @ARGV;
		my $request = "request=smtpd_access_policy\nclient_address=192.0.2.30\nclient_name=x\n"
			. "sender=a\@example.net\nrecipient=b\@example.org\npolicy_test_time=1000\n\n";
		my $slow = IO::Socket::UNIX->new(Peer => $path) or die;
		my $good = IO::Socket::UNIX->new(Peer => $path) or die;
		# As many requests as it takes: more than the buffers of both sides have room for.
		my ($bytes, $sent) = ($request x $count, 0);
		$slow->blocking(0);
		while ($sent < length $bytes) {
			my $n = syswrite $slow, $bytes, 65_536, $sent;
			if (!defined $n) {
				print $good $request;
				$good->flush;
				my $answer = <$good> . <$good>;
				last if $answer !~ /^action=/ || ++$stuck > 200;
				next;
			}
			$sent += $n;
			$stuck = 0;
		}
		die "it took all\n" if $sent == length $bytes;
		print "stopped\n";
		# Now it takes what comes, and sends the rest.
		my ($answers, $want) = (0, $count);
		while ($answers < $want) {
			if ($sent < length $bytes) {
				my $n = syswrite $slow, $bytes, 65_536, $sent;
				$sent += $n if defined $n;
			}
			vec(my $set = "", fileno $slow, 1) = 1;
			select $set, undef, undef, 10 or die "nothing comes\n";
			sysread $slow, my $got, 65_536 or die "closed\n";
			$answers += () = $got =~ /^action=/mg;
		}
		print "all\n"' "$SOCKET" 20000
	assert_output "stopped
all"
	end_serve
}

@test "the answers to who has already closed its side still come, and then it is closed" {
	serve
	run -0 talk <<-'E'
		open a b
		ask a policy_test_time=1000
		ask a policy_test_time=1001
		shut a
		front b
		shut b
		answer a a
		closed a b
	E
	assert_output "$(greylisted a a)
a: closed
b: closed"
	end_serve
	assert_equal "$(said 'the input ended inside a request')" 1
}

@test "--exim: the connection is closed after an answer, and others are not" {
	serve --exim
	run -0 talk <<-'E'
		open a b
		ask a policy_test_time=1000
		answer a
		closed a
		ask b policy_test_time=1000
		answer b
		closed b
	E
	assert_output "$(greylisted a)
a: closed
$(greylisted b)
b: closed"
	end_serve
}

@test "--on-error=disconnect closes the connection that can't be answered, and only that" {
	local file

	file=$(list 'friend@example.org')
	STORE=fail: serve --on-error=disconnect "--whitelist-recipients=$file"
	run -0 talk <<-'E'
		open a b c
		ask a policy_test_time=1000
		closed a
		ask b recipient=friend@example.org policy_test_time=1000
		answer b
		ask c policy_test_time=1000
		closed c
		ask b recipient=friend@example.org policy_test_time=1001
		answer b
	E
	assert_output "a: closed
b: action=DUNNO
c: closed
b: action=DUNNO"
	end_serve
	assert_equal "$(said '(--on-error)')" 1
}

@test "a store that fails is complained of once, whatever the number of connections" {
	STORE=fail: serve
	{
		echo open c{1..50}
		for i in {1..50}; do echo "ask c$i policy_test_time=1000"; done
		echo answer c{1..50}
	} >"$BATS_TEST_TMPDIR/commands"
	run -0 talk <"$BATS_TEST_TMPDIR/commands"
	assert_equal "$(grep -c ': action=DUNNO$' <<<"$output")" 50
	end_serve
	assert_equal "$(said '(--on-error)')" 1
	assert_equal "$(said 'action=error, reason=unavailable')" 50
}

@test "a message gets one header, however many messages are under way at other connections" {
	local i

	serve --delay=300
	{
		echo open c{1..30}
		for i in {1..30}; do
			echo "ask c$i sender=s$i@example.net recipient=x@example.org policy_test_time=1000"
			echo "ask c$i sender=s$i@example.net recipient=y@example.org policy_test_time=1000"
		done
		echo answer c{1..30} c{1..30}
		for i in {1..30}; do echo "ask c$i sender=s$i@example.net recipient=x@example.org instance=i$i policy_test_time=2000"; done
		echo answer c{1..30}
		for i in {1..30}; do echo "ask c$i sender=s$i@example.net recipient=y@example.org instance=i$i policy_test_time=2000"; done
		echo answer c{1..30}
	} >"$BATS_TEST_TMPDIR/commands"
	run -0 talk <"$BATS_TEST_TMPDIR/commands"
	assert_equal "$(grep -c 'action=PREPEND' <<<"$output")" 30
	assert_equal "$(grep -c 'action=DUNNO' <<<"$output")" 30
	end_serve
}

@test "what is answered is in the log before" {
	serve "--log=file:$BATS_TEST_TMPDIR/log"
	run -0 talk <<-E
		open a
		ask a policy_test_time=1000
		answer a
		run grep -c action=greylist $BATS_TEST_TMPDIR/log
		ask a policy_test_time=1001
		answer a
		run grep -c action=greylist $BATS_TEST_TMPDIR/log
	E
	assert_output "$(greylisted a)
1
$(greylisted a)
2"
	end_serve
}

@test "it can be killed at any time: what was answered is stored" {
	serve
	run -0 talk <<-'E'
		open a
		ask a policy_test_time=1000
		answer a
	E
	kill -KILL "$SERVER"
	wait "$SERVER" || :
	SERVER=
	run -0 check -q < <(at 1400)
	assert_output --partial 'PREPEND X-Greylist: delayed 400 seconds'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# bats file_tags=once
# A disk that takes its time keeps no client of grey-check --serve waiting. The sanitizers want to be loaded first.

# STORE is set again in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031
load ../lib/check
load ../lib/serve

setup_file()
{
	need_program grey-check
	cc -shared -fPIC -O1 -o "$BATS_FILE_TMPDIR/slow_disk.so" "$ROOT/t/faults/slow_disk.c"
}

teardown()
{
	kill_serve
}

# serve_slowly ENGINE: on a disk that is slow for as long as there is the file SLOW.
serve_slowly()
{
	! is_sanitized grey-check || skip "the sanitizers want to be loaded first"
	STORE=$1:$STORE
	check -q < <(at 1000 sender=first@example.net) >/dev/null
	# Nobody has brought LMDB's file to the disk yet.
	rm -f "${STORE#*:}/grey.state"
	SLOW=$BATS_TEST_TMPDIR/slow
	: >"$SLOW"
	SLOW_DISK=$SLOW LD_PRELOAD=$BATS_FILE_TMPDIR/slow_disk.so serve -q
}

# busy COUNT: asks so many requests, each with a triplet of its own, and prints how many answers came. Ends before that when
# the disk is waited for.
busy()
{
	# shellcheck disable=SC2016
	timeout 200 perl -MIO::Socket::UNIX -e '
		my ($path, $mark, $count) = @ARGV;
		my $socket = IO::Socket::UNIX->new(Peer => $path) or die;
		my ($n, $answers) = (0, 0);
		while ($n < $count && !-e $mark) {
			my ($text, $got, $came) = ("", "", 0);
			$text .= "request=smtpd_access_policy\nclient_address=192.0.2.30\nclient_name=x\nsender=s$n\@example.net\n"
				. "recipient=" . "r" x 200 . "\@example.org\npolicy_test_time=1000\n\n" while ++$n % 20;
			syswrite $socket, $text;
			while ($came < 19) {
				sysread $socket, $got, 65_536, length $got or die "closed\n";
				$came++ while $got =~ s/^action=[^\n]*\n\n//;
			}
			$answers += $came;
		}
		print "$answers\n"' "$SOCKET" "$SLOW.waits" "$1"
}

# nobody_waits: while the disk is waited for, requests are answered.
nobody_waits()
{
	wait_for 20 test -e "$SLOW.waits"
	run -0 talk <<-'E'
		open a b
		ask a policy_test_time=1000
		ask b policy_test_time=1000
		answer a b
		ask a policy_test_time=2000
		answer a
	E
	assert_output --partial "a: $GREYLISTED
b: $GREYLISTED
a: action=PREPEND X-Greylist: delayed 1000 seconds"
	rm "$SLOW"
}

@test "Berkeley DB: while the disk works for a checkpoint, requests are answered, and the checkpoint is made after that" {
	serve_slowly bdb
	# shellcheck disable=SC2016
	[ "$(busy 60000)" -lt 57000 ]
	nobody_waits
	# It is made with nobody there: of the logs it frees all but the last.
	wait_for 30 test ! -e "${STORE#*:}/log.0000000001"
	end_serve
}

@test "LMDB: while the file is brought to the disk, requests are answered" {
	serve_slowly lmdb
	nobody_waits
	end_serve
}

@test "killed while the disk works, it leaves neither its socket nor a lock of the store to who still waits for the disk" {
	local engine where=$STORE

	for engine in bdb lmdb; do
		rm -rf "$where"
		STORE=$where
		serve_slowly "$engine"
		# shellcheck disable=SC2016
		[ "$engine" = lmdb ] || [ "$(busy 60000)" -lt 57000 ]
		wait_for 20 test -e "$SLOW.waits"
		kill -KILL "$SERVER"
		wait "$SERVER" || :
		rm "$SLOW.waits"
		serve -q
		run -0 talk <<-'E'
			open a
			ask a policy_test_time=1000
			answer a
		E
		assert_output "a: $GREYLISTED"
		rm "$SLOW"
		end_serve
	done
}

@test "SIGTERM while the disk works: LMDB does not wait for it, and all is stored" {
	serve_slowly lmdb
	wait_for 20 test -e "$SLOW.waits"
	run -0 talk <<-E
		open a
		ask a policy_test_time=1000
		answer a
		run kill -TERM $SERVER
		closed a
	E
	end_serve
	rm "$SLOW"
	run -0 check -q < <(at 1400)
	assert_output --partial 'PREPEND X-Greylist: delayed 400 seconds'
}

@test "a disk that takes more than a minute, or a child that was stopped: it is said once, and a later checkpoint is made" {
	local engine where=$STORE child

	for engine in bdb lmdb; do
		STORE=$where
		rm -rf "$where" "$BATS_TEST_TMPDIR/said"
		serve_slowly "$engine"
		[ "$engine" = lmdb ] || [ "$(busy 60000)" -lt 57000 ]
		wait_for 20 test -e "$SLOW.waits"
		child=$(pgrep -P "$SERVER")
		kill -STOP "$child"
		: >"$SLOW.later"
		wait_for 20 grep -q 'has not taken in a minute what it was to take' "$SAID"
		rm "$SLOW" "$SLOW.waits" "$SLOW.later"
		[ "$engine" = lmdb ] || [ "$(busy 4000)" -eq 3800 ]
		[ "$engine" = lmdb ] || wait_for 30 test ! -e "${STORE#*:}/log.0000000001"
		[ "$(said 'in a minute')" -eq 1 ]
		end_serve
	done
}

@test "LMDB: an error of the disk is said, also where SIGCHLD is ignored by inheritance" {
	local bin=$BIN

	mkdir "$BATS_TEST_TMPDIR/bin"
	BIN=$BATS_TEST_TMPDIR/bin
	# shellcheck disable=SC2016
	printf '#!/usr/bin/perl\n$SIG{CHLD} = "IGNORE";\nexec {"%s/grey-check"} "grey-check", @ARGV;\n' "$bin" >"$BIN/grey-check"
	chmod +x "$BIN/grey-check"
	serve_slowly lmdb
	BIN=$bin
	wait_for 20 test -e "$SLOW.waits"
	: >"$SLOW.fails"
	rm "$SLOW"
	wait_for 20 grep -q 'greylist.mdb: Input/output error .*not all come to the disk' "$SAID"
	run ! grep -i 'no child' "$SAID"
	end_serve
}

#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# Requests that are not as they should be, and answers that nobody reads.

# Perl has its own dollar signs; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load ../lib/common
load lib

@test "a NUL byte in an address: DUNNO, said, no record, and the next request is answered" {
	local attribute

	for attribute in sender recipient client_address client_name; do
		run -0 --separate-stderr check < <(request nul@example.net | sed "s/^$attribute=/&a\\x00b/"; request next@example.net)
		assert_equal "$output" "$PASSED"$'\n\n'"$DEFERRED"
		assert_equal "$stderr" "grey-check: attribute with a NUL byte: $attribute; answering DUNNO"
	done
	assert_equal "$(count_rows)" 1
}

@test "NUL bytes in other attributes, in names and in lines of their own change no answer" {
	run -0 --separate-stderr check < <(
		printf 'sasl_method=\0\0\n\0sender=other@example.net\nx\0=\0\n\0\0\0\n'; request nul@example.net)
	assert_output "$DEFERRED"
	assert_regex "$stderr" '^grey-check: ignoring garbage: <[?]*>$'
	run -0 stored nul@example.net
}

@test "a NUL byte in the request's type: no answer, and said" {
	run -0 --separate-stderr check < <(request nul@example.net | sed 's/^request=.*/&\x00/')
	assert_output ''
	assert_regex "$stderr" "^grey-check: unrecognized request type: '.*'; not answered\$"
}

# peak_memory COMMAND...: prints the most memory that it used, in kB, after what it said.
peak_memory()
{
	perl -MPOSIX -e '
		my $pid = fork // die;
		if (!$pid) { exec @ARGV or POSIX::_exit(127) }
		my $peak = 0;
		while (waitpid($pid, POSIX::WNOHANG) == 0) {
			if (open my $in, "<", "/proc/$pid/status") { /^VmHWM:\s*(\d+)/ and $peak = $1 for <$in> }
			select undef, undef, undef, 0.002;
		}
		print STDERR "peak $peak\n";
		exit $? >> 8' "$@"
}

@test "a sender of 10 MB: DUNNO, said, no record, and no memory for it" {
	local long=$DIR/long

	{ request x@example.net | sed '/^sender=/,$d'; printf 'sender='; head -c 10000000 /dev/zero | tr '\0' x
		printf '\nrecipient=user@example.org\n\n'; request next@example.net; } >"$long"
	run -0 --separate-stderr with_memory 200000000 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet <"$long"
	assert_equal "$output" "$PASSED"$'\n\n'"$DEFERRED"
	assert_equal "$stderr" 'grey-check: attribute too long: sender; answering DUNNO'
	assert_equal "$(count_rows)" 1
	run -0 --separate-stderr peak_memory "$BIN/grey-check" --store=mem: --log=stderr --quiet <"$long"
	[ "${stderr##*peak }" -lt 16000 ]
}

@test "an unknown attribute of 10 MB changes no answer" {
	run -0 --separate-stderr with_memory 200000000 "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(
		printf 'unknown='; head -c 10000000 /dev/zero | tr '\0' x; echo; request long@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" ''
	run -0 stored long@example.net
}

@test "a million attributes in one request change no answer and take no memory" {
	run -0 --separate-stderr peak_memory "$BIN/grey-check" "--store=mem:" --log=stderr --quiet < <(
		perl -e 'print "attribute$_=$_\n" for 1 .. 1e6'; request many@example.net)
	assert_output "$DEFERRED"
	[ "${stderr##*peak }" -lt 16000 ]
}

@test "a million lines without '=' in one request are one line in the log" {
	run -0 --separate-stderr check < <(perl -e 'print "garbage\n" x 1e6'; request many@example.net)
	assert_output "$DEFERRED"
	assert_equal "$stderr" "grey-check: ignoring garbage: <garbage> and more lines without '='"
}

INSIDE='grey-check: the input ended inside a request, without the empty line after it; not answered'

@test "the input ends inside a request, with or without a final newline: exit code 1, said, no answer, no record" {
	run -1 --separate-stderr check < <(request cut@example.net | head -n -1)
	assert_output ''
	assert_equal "$stderr" "$INSIDE"
	run -1 --separate-stderr check < <(request whole@example.net; printf 'request=smtpd_access_policy\nsender=cut@')
	assert_output "$DEFERRED"
	assert_equal "$stderr" "$INSIDE"
	run -1 --separate-stderr check < <(printf 'request=smtpd_access_policy')
	assert_output ''
	assert_equal "$stderr" "$INSIDE"
	assert_equal "$(count_rows)" 1
}

@test "no input at all: exit code 0, nothing said" {
	run -0 --separate-stderr check </dev/null
	assert_output ''
	assert_equal "$stderr" ''
}

@test "standard input that can't be read: said, exit code 1" {
	run -1 --separate-stderr check <"$DIR"
	assert_output ''
	assert_regex "$stderr" "^grey-check: can't read requests: "
}

# A reader that closes the pipe at once; grey-check's exit code and messages are kept.
into_closed_pipe()
{
	{ check 2>"$DIR/said"; echo $? >"$DIR/status"; } | :
}

@test "nobody reads the answers: exit code 1, said once, and the records are kept" {
	run -0 into_closed_pipe < <(requests 1000)
	assert_equal "$(cat "$DIR/status")" 1
	assert_equal "$(cat "$DIR/said")" "grey-check: can't write the answer: Broken pipe"
	run -0 count_rows
	[ "$output" -gt 0 ]
	run -0 whole
}

to_full()
{
	check >/dev/full
}

@test "standard output is full: exit code 1, and said" {
	run -1 --separate-stderr to_full < <(request full@example.net)
	assert_equal "$stderr" "grey-check: can't write the answer: No space left on device"
}

@test "the peer closes the socket before the answer: exit code 1, no signal, the record is kept" {
	run -0 perl -MSocket -MPOSIX -e '
		socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die;
		local $/;
		my $requests = <STDIN>;
		my $pid = fork // die;
		if (!$pid) { POSIX::dup2(fileno $theirs, $_) for 0, 1; exec @ARGV or POSIX::_exit(127) }
		close $theirs;
		syswrite $ours, $requests;
		close $ours;
		waitpid $pid, 0;
		print $?, "\n"' "$BIN/grey-check" "--store=$STORE" --log=none < <(request gone@example.net; request gone2@example.net)
	assert_line 256
	run -0 stored gone@example.net
}

@test "a descriptor that doesn't block is waited for" {
	export STORE
	run -0 --separate-stderr perl -MSocket -MPOSIX -MFcntl -e '
		socketpair my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC or die;
		fcntl $theirs, F_SETFL, O_NONBLOCK or die;
		my $pid = fork // die;
		if (!$pid) { POSIX::dup2(fileno $theirs, $_) for 0, 1; exec @ARGV or POSIX::_exit(127) }
		close $theirs;
		local $/;
		my $requests = <STDIN>;
		1 until waitpid($pid, WNOHANG) || -e "$ENV{STORE}/grey.lock";
		syswrite $ours, $requests;
		shutdown $ours, 1;
		print <$ours>;
		waitpid $pid, 0;
		exit $? >> 8' "$BIN/grey-check" "--store=$STORE" --log=stderr --quiet < <(request slow@example.net)
	assert_output "$DEFERRED"
}

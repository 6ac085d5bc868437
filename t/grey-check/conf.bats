#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey.conf: what stands in it, which place counts, what is said of what is wrong there.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/check

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	CONF=$BATS_TEST_TMPDIR/grey.conf
}

# conf LINE...: writes the configuration.
conf()
{
	printf '%s\n' "$@" >"$CONF"
}

# shown PROGRAM NAME [OPTION...]: the lines of --show-config for this setting.
shown()
{
	local store=("--store=$STORE")

	[ "$1" != log-stats ] || store=()
	"$BIN/$1" "--config=$CONF" "${store[@]}" --show-config "${@:3}" | grep -E "^(# )?$2 "
}

@test "a setting counts from the command line before the file, and from the file before the default" {
	conf 'delay = 2m'
	run -0 shown grey-check delay
	assert_output "delay = 2m  # $CONF:1"
	run -0 shown grey-check delay --delay=90
	assert_output 'delay = 90  # command line'
	conf '# nothing'
	run -0 shown grey-check delay
	assert_output 'delay = 300s  # default'
	run -0 "$BIN/grey-check" --config=none --show-config
	assert_line 'delay = 300s  # default'
}

@test "what the file says decides" {
	conf 'delay = 1m' 'greylist-text = "come back in %s s # please"' '[grey-check]' 'auto-whitelist-clients = 0'
	run -0 --separate-stderr check -q "--config=$CONF" < <(at 1 && at 60 && at 61)
	assert_line --index 0 'action=DEFER_IF_PERMIT come back in 60 s # please'
	assert_line --index 1 'action=DEFER_IF_PERMIT come back in 1 s # please'
	refute_line --index 2 --partial DEFER
	assert_equal "$stderr" ''
}

@test "of several files the last counts, of several lines the last; none takes back those before it" {
	conf 'delay = 1m' 'delay = 2m'
	printf 'max-age = 9d\n' >"$CONF.2"
	run -0 shown grey-check '(delay|max-age)' "--config=$CONF.2"
	assert_output "delay = 2m  # $CONF:2
max-age = 9d  # $CONF.2:1"
	printf 'delay = 3m\n' >"$CONF.2"
	run -0 shown grey-check delay "--config=$CONF.2"
	assert_output "delay = 3m  # $CONF.2:1"
	run -0 shown grey-check delay --config=none
	assert_output 'delay = 300s  # default'
	run -0 shown grey-check delay --config=none "--config=$CONF"
	assert_output "delay = 2m  # $CONF:2"
}

@test "what is before any heading is for all of the greylist, what is after one for that program" {
	local program

	conf 'max-age = 40d' 'greylist-text = wait' '[grey-expire]' 'max-age = 50d' '[log-stats]' 'top = 3' 'greylist-text = wait'
	for program in grey-check grey-dump grey-load; do
		run -0 shown "$program" max-age "--store=$STORE"
		assert_output "max-age = 40d  # $CONF:1"
	done
	run -0 shown grey-expire max-age "--store=$STORE"
	assert_output "max-age = 50d  # $CONF:4"
	run -0 shown grey-check greylist-text
	assert_output "greylist-text = wait  # $CONF:2"
	run -0 shown log-stats '(top|greylist-text)'
	assert_output "top = 3  # $CONF:6
greylist-text = wait  # $CONF:7"
}

@test "a switch is yes or no in a file, and the command line can take it back" {
	conf 'privacy = yes' 'lookup-by-host = yes' 'learn = no' 'verbose = 2'
	run -0 shown grey-check '(privacy|lookup-by-host|learn|verbose)'
	assert_output "lookup-by-host = yes  # $CONF:2
privacy = yes  # $CONF:1
learn = no  # $CONF:3
verbose = 2  # $CONF:4"
	run -0 shown grey-check '(privacy|lookup-by-host|learn)' --privacy=no --lookup-by-subnet --learn
	assert_output 'lookup-by-host = no  # command line
privacy = no  # command line
learn = yes  # command line'
	run -0 shown grey-check lookup-by-host --lookup-by-subnet --lookup-by-host
	assert_output 'lookup-by-host = yes  # command line'
}

@test "what is repeatable is gathered within one place, and replaced by the next" {
	conf 'whitelist-clients = /a' 'whitelist-clients = /b'
	run -0 shown grey-check whitelist-clients
	assert_output "whitelist-clients = /a  # $CONF:1
whitelist-clients = /b  # $CONF:2"
	run -0 shown grey-check whitelist-clients --whitelist-clients=/c --whitelist-clients=/d
	assert_output 'whitelist-clients = /c  # command line
whitelist-clients = /d  # command line'
}

@test "what --show-config prints is a configuration that sets the same" {
	conf 'delay = 1m' 'greylist-text = " # \"quoted\" \\ "' 'whitelist-clients = /a' '[grey-check]' 'exim = yes'
	sed -i 's/\\\\/\\/' "$CONF"
	"$BIN/grey-check" "--config=$CONF" --show-config --learn >"$CONF.shown"
	"$BIN/grey-check" "--config=$CONF.shown" --show-config >"$CONF.again"
	run -0 diff <(sed 's/  # [^#]*$//' "$CONF.shown") <(sed 's/  # [^#]*$//' "$CONF.again")
}

@test "a bad line is an error with file and line, and the default counts, while requests are answered" {
	conf 'delay = 5 minutes' 'dealy = 60' 'max-age 5' 'check-config = yes' 'pidfile = /x' '[grey-chek]' 'delay = 1' '[grey-check' 'delay = 1' \
		'[grey-check]' '--learn = yes' 'text = "a'
	run -0 --separate-stderr check -q "--config=$CONF" < <(at 1)
	assert_output "$GREYLISTED"
	run -0 printf '%s\n' "${stderr_lines[@]}"
	assert_line --index 0 "grey-check: $CONF:1: delay = 5 minutes: must be a number, followed by s, m, h, d or w for seconds, minutes, hours, days or weeks"
	assert_line --index 1 "grey-check: $CONF:2: dealy: there is no such option; did you mean delay?"
	assert_line --index 2 "grey-check: $CONF:3: is not \"name = value\""
	assert_line --index 3 "grey-check: $CONF:4: check-config: is for the command line, and no setting"
	assert_line --index 4 "grey-check: $CONF:5: pidfile: is for the command line, and no setting"
	assert_line --index 5 --partial "grey-check: $CONF:6: [grey-chek] is no program, so what stands after it counts for no program"
	assert_line --index 6 --partial "grey-check: $CONF:8: is not a heading such as [grey-check]"
	assert_line --index 7 "grey-check: $CONF:11: a name has no dashes before it here"
	assert_line --index 8 "grey-check: $CONF:12: has no second quote (\"); within quotes, \\\" is one"
	assert_equal "${#lines[@]}" 9
	# Of all processes that share the store one says it.
	run -0 --separate-stderr check -q "--config=$CONF" < <(at 2)
	assert_equal "$stderr" ''
}

@test "behind a socket a bad line is logged, and mail is answered" {
	conf 'delay = x'
	run -0 --separate-stderr perl "$ROOT/t/faults/socket.pl" "$BIN/grey-check" "--store=$STORE" "--config=$CONF" \
		"--log=file:$BATS_TEST_TMPDIR/log" "${NO_LISTS[@]}" < <(request)
	assert_output "$GREYLISTED"
	run -0 grep -c "error: $CONF:1: delay = x: must be" "$BATS_TEST_TMPDIR/log"
	assert_output 1
}

@test "--check-config finds what is bad in the configuration, and fails" {
	conf 'delay = x' '[log-stats]' 'top = many'
	run -2 --separate-stderr check --check-config "--config=$CONF"
	assert_equal "${stderr_lines[0]}" \
		"grey-check: $CONF:1: delay = x: must be a number, followed by s, m, h, d or w for seconds, minutes, hours, days or weeks"
	conf 'delay = 5'
	run -0 --separate-stderr check --check-config "--config=$CONF"
	assert_line "$CONF: the configuration"
	assert_equal "$stderr" ''
}

@test "the other programs refuse a bad line of theirs, and do nothing" {
	local program

	conf 'max-age = x'
	for program in grey-expire grey-dump grey-load; do
		run -2 --separate-stderr "$BIN/$program" "--config=$CONF" "--store=$STORE" </dev/null
		assert_output ''
		[[ $stderr == "$program: $CONF:1: max-age = x: must be"* ]] || fail "$stderr"
	done
	conf '[log-stats]' 'greylist-text = (' 'postscreen-mode = dnsbl' 'top = x'
	run -2 --separate-stderr "$BIN/log-stats" "--config=$CONF" </dev/null
	assert_equal "${#stderr_lines[@]}" 3
	assert_equal "${stderr_lines[0]}" "log-stats: $CONF:2: greylist-text = (: missing closing parenthesis at character 2"
	[[ ${stderr_lines[1]} == "log-stats: $CONF:3: postscreen-mode = dnsbl: must be TEST=ignore"* ]] || fail "${stderr_lines[1]}"
	assert_equal "${stderr_lines[2]}" "log-stats: $CONF:4: top = x: must be a number from 0 to 1000"
}

@test "a file that is named must be there, must be a file, and must not be too large" {
	run -2 --separate-stderr "$BIN/grey-dump" "--config=$CONF" "--store=$STORE"
	assert_equal "$stderr" "grey-dump: $CONF: can't read this configuration: No such file or directory"
	run -2 --separate-stderr "$BIN/grey-dump" "--config=$BATS_TEST_TMPDIR" "--store=$STORE"
	assert_equal "$stderr" "grey-dump: $BATS_TEST_TMPDIR: can't read this configuration: Is a directory"
	mkfifo "$CONF"
	run -2 --separate-stderr "$BIN/grey-dump" "--config=$CONF" "--store=$STORE"
	assert_equal "$stderr" "grey-dump: $CONF: can't read this configuration: it is not a file"
	rm "$CONF"
	yes '# comment' | head -c 70000 >"$CONF"
	run -2 --separate-stderr "$BIN/grey-dump" "--config=$CONF" "--store=$STORE"
	assert_equal "$stderr" "grey-dump: $CONF: can't read this configuration: File too large"
	run -0 --separate-stderr check -q "--config=$CONF.none" < <(at 1)
	assert_output "$GREYLISTED"
	assert_equal "$stderr" "grey-check: $CONF.none: can't read this configuration: No such file or directory"
}

@test "garbage as configuration is refused in words, and crashes nothing" {
	local i

	for i in {1..20}; do
		perl -e 'srand shift; print join "", map { chr int rand 256 } 1 .. 3000' "$i" >"$CONF"
		run --separate-stderr "$BIN/grey-dump" "--config=$CONF" --show-config
		[[ $status == [02] ]] || fail "exit code $status"
	done
}

@test "each file that is named counts, or is refused" {
	local program options=() i

	for i in 1 2 3 4 5 6 7 8; do
		echo "store = /store/$i" >"$CONF.$i"
		options+=("--config=$CONF.$i")
	done
	for program in grey-check grey-dump grey-load grey-expire log-stats; do
		run -0 "$BIN/$program" "${options[@]}" --show-config
		[ "$program" = log-stats ] || assert_line "store = /store/8  # $CONF.8:1"
		run -2 --separate-stderr "$BIN/$program" "${options[@]}" "--config=$CONF.1" --show-config
		assert_equal "${stderr_lines[0]}" "$program: --config=$CONF.1: was given too often; 8 files are read"
		run -0 "$BIN/$program" "${options[@]}" --config=none "--config=$CONF.1" --show-config
	done
}

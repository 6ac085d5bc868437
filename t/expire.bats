#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-expire: which records go, what it says, what it leaves. What happens while checks go on is in expire-checks.bats.

# run sets stderr, stderr_lines; DIR is set again in the subshells that bats makes.
# shellcheck disable=SC2030,SC2031,SC2154
load lib/common

NOW=1500000000
BACK=1499990000

setup_file()
{
	need_program grey-expire
	need_program grey-check
	export BATS_TEST_TIMEOUT=60
}

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
	mkdir -m 700 "$STORE"
}

teardown()
{
	[ -z "${HOLDER-}" ] || stop_process "$HOLDER"
	[ -z "${PROCESS-}" ] || stop_process "$PROCESS"
	[ -z "${DIR-}" ] || rm -rf "$DIR"
}

expire()
{
	"$BIN/grey-expire" "--store=$STORE" "--now=$NOW" "$@"
}

# put_rows DATABASE: makes it, of lines key and value in turn, as a store that somebody else left.
put_rows()
{
	db_load -T -t btree "$STORE/$1"
}

# dumped DATABASE: its rows, "key<TAB>value" a line. By the file alone, after a checkpoint, if grey-check was here.
dumped()
{
	[ ! -e "$STORE/grey.lock" ] || flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	db_dump -p "$STORE/$1" | awk '/^DATA=END/ { body = 0 }
		body { line = substr($0, 2); if (n++ % 2) print key "\t" line; else key = line }
		/^HEADER=END/ { body = 1 }'
}

# put_random SEED COUNT DELAY MAX-AGE RETRY-WINDOW: a store of random records, their ages around these limits.
put_random()
{
	local table

	for table in triplets clients; do
		perl "$ROOT/t/expire/records.pl" "$1" "$2" "$NOW" "$3" "$4" "$5" "$table" >"$BATS_TEST_TMPDIR/$table"
	done
	put_rows postgrey.db <"$BATS_TEST_TMPDIR/triplets"
	put_rows postgrey_clients.db <"$BATS_TEST_TMPDIR/clients"
}

# judged DATABASE DELAY MAX-AGE RETRY-WINDOW: its rows with what is to become of them before the key: keep, or why it goes.
judged()
{
	dumped "$1" | awk -F '\t' -v now="$NOW" -v delay="$2" -v max_age="$3" -v window="$4" -v table="$1" '
		function is_number(text) {
			return text ~ /^[0-9]+$/ && text + 0 <= 999999999999
		}
		function verdict(value, part, fields) {
			fields = split(value, part, ",")
			# All that follows the comma is the time of a client.
			if (table ~ /clients/ && fields > 2 || length(value) > 128)
				return "unreadable"
			if (fields < 2 || !is_number(part[1]) || !is_number(part[2]))
				return "unreadable"
			if (now - part[2] > max_age)
				return "max-age"
			if (table !~ /clients/ && part[2] - part[1] < delay && now - part[2] > window)
				return "retry-window"
			return "keep"
		}
		{ print verdict($2) "\t" $0 }'
}

# counts: how many of each verdict, of what judged printed for a table, as grey-expire names them.
counts()
{
	awk -F '\t' -v title="$1" '{ n[$1]++ } END {
		printf "%s: %d records\n", title, NR
		printf "%s: %d max-age\n", title, n["max-age"]
		if (title == "greylist")
			printf "%s: %d retry-window\n", title, n["retry-window"]
		printf "%s: %d unreadable\n", title, n["unreadable"] }'
}

# expires_right DELAY MAX-AGE RETRY-WINDOW [OPTION...]: of a random store, just the right records go, and are told before.
expires_right()
{
	local dir=$BATS_TEST_TMPDIR

	put_random "$RANDOM" 20000 "$1" "$2" "$3"
	judged postgrey.db "$1" "$2" "$3" >"$dir/judged"
	judged postgrey_clients.db "$1" "$2" "$3" >"$dir/judged.clients"
	{ counts greylist <"$dir/judged"; counts auto-whitelist <"$dir/judged.clients"; } >"$dir/counts"
	cat "$dir/judged" "$dir/judged.clients" | awk -F '\t' '$1 != "keep" { print $1 "\t" $2 }' >"$dir/going"
	sed 's/^/# /' "$dir/counts" >&3

	run -0 --separate-stderr expire -n "${@:4}"
	assert_equal "$stderr" ''
	assert_equal "$(sed '$d' <<<"$output")" "$(cat "$dir/counts")"
	[[ ${lines[-1]} =~ ^files:\ ([0-9]+)\ bytes,\ ([0-9]+)\ before$ ]]
	expire -n -v "${@:4}" >"$dir/said" 2>"$dir/stderr"
	cmp "$dir/going" <(grep -a $'\t' "$dir/said")
	cmp "$dir/counts" <(grep -av $'\t' "$dir/said" | sed '$d')
	cut -f 2- "$dir/judged" | cmp - <(dumped postgrey.db)
	cut -f 2- "$dir/judged.clients" | cmp - <(dumped postgrey_clients.db)

	run -0 --separate-stderr expire -v "${@:4}"
	assert_equal "$stderr" ''
	assert_equal "$(sed '$d' <<<"$output")" "$(cat "$dir/counts")"
	sed -n 's/^keep\t//p' "$dir/judged" | cmp - <(dumped postgrey.db)
	sed -n 's/^keep\t//p' "$dir/judged.clients" | cmp - <(dumped postgrey_clients.db)

	run -0 --separate-stderr expire "${@:4}"
	assert_output ''
	assert_equal "$stderr" ''
	run -0 db_verify -q "$STORE/postgrey.db"
	run -0 db_verify -q "$STORE/postgrey_clients.db"
}

@test "of 20,000 random records just the right ones go; -n counts them, -nv names them, and leaves all" {
	expires_right 300 $((35 * 86400)) $((2 * 86400))
}

@test "--delay, --max-age and --retry-window decide, as for grey-check" {
	expires_right 3600 $((10 * 86400)) $((12 * 3600)) --delay=1h --max-age=10 --retry-window=12h
}

@test "without a delay all have passed; --max-age shorter than --retry-window counts for all" {
	expires_right 0 1000 5000 --delay=0 --max-age=1000s --retry-window=5000s
}

@test "a retry window of 0: what has not passed goes a second later" {
	expires_right 300 86400 0 --max-age=1d --retry-window=0
}

@test "the limits themselves are kept, a second more is not" {
	put_rows postgrey.db <<-EOF
		max-age-just
		1000,$((NOW - 35 * 86400))
		max-age-over
		1000,$((NOW - 35 * 86400 - 1))
		passed
		$((NOW - 172801 - 300)),$((NOW - 172801))
		passed-not
		$((NOW - 172801 - 299)),$((NOW - 172801))
		window-just
		$((NOW - 172800)),$((NOW - 172800))
	EOF
	put_rows postgrey_clients.db <<<"a"$'\n'"1,$((NOW - 35 * 86400))"$'\nb\n'"999,$((NOW - 35 * 86400 - 1))"
	run -0 --separate-stderr expire
	assert_output ''
	run -0 dumped postgrey.db
	assert_equal "$(cut -f 1 <<<"$output" | xargs)" 'max-age-just passed window-just'
	run -0 dumped postgrey_clients.db
	assert_output "a	1,$((NOW - 35 * 86400))"
}

@test "a value that is too long to be read goes, and -n says so too" {
	put_rows postgrey.db <<<"a"$'\n'"$(printf '%0130d' 1000),1000"$'\nb\n'"$NOW,$NOW,$(printf '%0130d' 1000)"
	run -0 --separate-stderr expire -n
	assert_line 'greylist: 2 unreadable'
	run -0 --separate-stderr expire -v
	assert_line 'greylist: 2 unreadable'
	assert_equal "$(dumped postgrey.db)" ''
}

@test "the same answers on one clock with expiry between as without, in all of 8 random runs" {
	local seed dir

	for seed in 1 2 3 4 5 6 "$RANDOM" "$RANDOM"; do
		dir=$BATS_TEST_TMPDIR/$seed
		mkdir -p "$dir"
		run -0 perl "$ROOT/t/expire/same.pl" "$seed" 250 "$dir" "$BIN"
		echo "# $output" >&3
	done
}

# make_old COUNT: so many records that are expired, and a tenth of it that are not.
make_old()
{
	perl -e 'my ($count, $old, $fresh) = @ARGV;
		for my $n (1 .. $count) {
			printf "10.%d.%d.0/s%d\@example.net/r\@example.org\n1000,%d\n", $n * 7 & 255, $n * 3 >> 8 & 255, $n, $n % 11 ? $old : $fresh
		}' "$1" 2000 "$BACK" >"$BATS_TEST_TMPDIR/rows"
	put_rows postgrey.db <"$BATS_TEST_TMPDIR/rows"
}

# is_blocked PID: it waits for a lock.
is_blocked()
{
	grep -qE -- "-> FLOCK +ADVISORY +WRITE $1 " /proc/locks
}

# has_claimed PID: it is the one grey-expire of the store, and at work.
has_claimed()
{
	grep -qE "FLOCK +ADVISORY +WRITE $1 [0-9a-f:]+:$(stat -c %i "$STORE/grey-expire.lock") " /proc/locks
}

@test "SIGTERM and SIGINT: it ends with what is at hand, says so, and the next one goes on" {
	local signal

	for signal in TERM INT; do
		rm -rf "${STORE:?}"
		mkdir -m 700 "$STORE"
		make_old 60000
		# sh ignores SIGINT in what it runs in the background.
		perl -e '$SIG{INT} = "DEFAULT"; exec @ARGV' "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -v \
			>"$BATS_TEST_TMPDIR/said" 2>&1 3>&- &
		PROCESS=$!
		until has_claimed "$PROCESS" 2>/dev/null; do kill -0 "$PROCESS"; done
		kill "-$signal" "$PROCESS"
		wait "$PROCESS"
		PROCESS=
		run -0 cat "$BATS_TEST_TMPDIR/said"
		assert_line --partial incomplete
		echo "# $signal: ${lines[0]}, ${lines[1]}" >&3
		run -0 db_verify -q "$STORE/postgrey.db"
		[ "$(dumped postgrey.db | wc -l)" -gt 5454 ]
		run -0 --separate-stderr expire
		[ "$(dumped postgrey.db | wc -l)" -eq 5454 ]
	done
}

@test "SIGTERM while it waits for the store: it ends with 0, having deleted nothing" {
	local holder

	make_old 1000
	expire -n >/dev/null
	exec {holder}<>"$STORE/grey.lock"
	flock "$holder"
	"$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -v >"$BATS_TEST_TMPDIR/said" 2>&1 3>&- {holder}>&- &
	PROCESS=$!
	wait_for 5 is_blocked "$PROCESS"
	kill -TERM "$PROCESS"
	exec {holder}>&-
	wait "$PROCESS"
	PROCESS=
	run -0 cat "$BATS_TEST_TMPDIR/said"
	assert_line --partial incomplete
	assert_line 'greylist: 0 max-age'
	[ "$(dumped postgrey.db | wc -l)" -eq 1000 ]
}

@test "while another one is at work, it deletes nothing and ends with 0; after that one's end it works again" {
	local claim

	make_old 1000
	exec {claim}<>"$STORE/grey-expire.lock"
	flock "$claim"
	run -0 --separate-stderr expire {claim}>&-
	[ "$(dumped postgrey.db | wc -l)" -eq 1000 ]
	exec {claim}>&-
	run -0 --separate-stderr expire
	[ "$(dumped postgrey.db | wc -l)" -eq 90 ]
}

# syslogged COMMAND...: runs it with a syslog of its own, prints what came there but the dates.
syslogged()
{
	local file=$BATS_TEST_TMPDIR/syslog status=0

	rm -f "$file" "$file.pid"
	# shellcheck disable=SC2016
	"$ROOT/t/lib/private-syslog" "$file" bash -c '"$@" >&2; status=$?
		perl -MSys::Syslog -e "openlog(q(end), q(ndelay), q(user)); syslog(q(info), q(end))"; exit $status' - "$@" 3>&- || status=$?
	wait_for 10 grep -q 'end$' "$file"
	kill "$(cat "$file.pid")"
	sed -E '/end$/d; s/^(<[0-9]+>)[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} /\1/; s/\[[0-9]+\]:/[PID]:/' "$file"
	return "$status"
}

@test "one line goes to syslog for each run, of mail.info" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, for a private syslog"
	put_rows postgrey.db <<<$'a\n1,1\nb\nx\nc\n'"$((NOW - 172801)),$((NOW - 172801))"$'\nd\n'"$NOW,$NOW"
	put_rows postgrey_clients.db <<<$'a\n1,1\nb\n1,'"$NOW"
	local sizes='bytes=[0-9]+, bytes-before=[0-9]+, seconds=[0-9]+\.[0-9], longest-slice=[0-9]+\.[0-9]ms'
	local sums='records=4, deleted=3, max-age=1, retry-window=1, unreadable=1, awl=2, awl-deleted=1'

	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -n
	assert_output --regexp "^<22>grey-expire\[PID\]: dry run: $sums, $sizes\$"
	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" -q
	assert_output --regexp "^<22>grey-expire\[PID\]: expiry: $sums, $sizes\$"
	assert_equal "$stderr" ''
	sums='records=1, deleted=0, max-age=0, retry-window=0, unreadable=0, awl=1, awl-deleted=0'
	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW"
	assert_output --regexp "^<22>grey-expire\[PID\]: expiry: $sums, $sizes\$"
	assert_equal "$stderr" ''
}

@test "syslog has it when another one is at work, and how long a shrinking will take before its result" {
	[ "$(id -u)" -eq 0 ] || skip "needs root, for a private syslog"
	local claim

	make_old 1000
	exec {claim}<>"$STORE/grey-expire.lock"
	flock "$claim"
	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" {claim}>&-
	assert_output "<21>grey-expire[PID]: another grey-expire is at work on $STORE"
	exec {claim}>&-
	run -0 --separate-stderr syslogged "$BIN/grey-expire" "--store=$STORE" "--now=$NOW" --compact=shrink
	assert_line --index 0 --regexp '^<21>grey-expire\[PID\]: shrinking 0 MB: holds the store for about [0-9]+ ms'
	assert_line --index 1 --regexp '^<22>grey-expire\[PID\]: expiry: records=1000, deleted=910, '
	assert_equal "${#lines[@]}" 2
}

# slow_expire OPTION...: at a terminal, and the store is not to be had for a while in the middle of it.
slow_expire()
{
	local held

	script -qec "'$BIN/grey-expire' '--store=$STORE' --now=$NOW $*" "$BATS_TEST_TMPDIR/typescript" \
		>"$BATS_TEST_TMPDIR/terminal" </dev/null 3>&- &
	PROCESS=$!
	until grep -q "FLOCK .*:$(stat -c %i "$STORE/grey-expire.lock" 2>/dev/null || echo none) " /proc/locks; do
		kill -0 "$PROCESS"
	done
	exec {held}<>"$STORE/grey.lock"
	flock "$held"
	sleep 0.3
	exec {held}>&-
	wait "$PROCESS"
	PROCESS=
}

@test "at a terminal it shows how far it is, and wipes that; not with -q" {
	local line=$'\r''grey-expire: [0-9]+ records, [0-9]+ a second( \[#* *\] +[0-9]+ %, [0-9]+ s left)?'$'\033''\[K'

	make_old 60000
	slow_expire
	run -0 cat "$BATS_TEST_TMPDIR/terminal"
	assert_output --regexp "^($line)+"$'(\r\033\\[K)+$'
	rm -rf "${STORE:?}"
	mkdir -m 700 "$STORE"
	make_old 60000
	slow_expire -q
	run -0 cat "$BATS_TEST_TMPDIR/terminal"
	assert_output ''
}

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

@test "run as root, it is the owner of the store, and all files stay the owner's" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	DIR=$(work_dir)
	STORE=$DIR/store
	install -d -m 700 -o nobody -g "$(id -gn nobody)" "$STORE"
	make_old 1000
	chown nobody: "$STORE/postgrey.db"
	run -0 --separate-stderr expire --compact
	assert_output ''
	assert_equal "$stderr" ''
	assert_equal "$(find "$STORE" ! -user nobody)" ''
	[ "$(find "$STORE" -name 'log.*' | wc -l)" -gt 0 ]
	run -0 as_nobody flock "$STORE/grey.lock" db_dump -p -h "$STORE" postgrey.db
	assert_equal "$(grep -c @ <<<"$output")" 90
}

@test "run by somebody who can't read the store, it says whose it is, and ends with 1" {
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	DIR=$(work_dir)
	STORE=$DIR/store
	install -d -m 700 "$STORE"
	cp "$BIN/grey-expire" "$DIR/"
	run -1 --separate-stderr as_nobody "$DIR/grey-expire" "--store=$STORE"
	assert_output ''
	assert_regex "$stderr" 'run as the owner of the store, root'
}

@test "wrong usage: exit code 2, with a word, and nothing is made" {
	local options

	rmdir "$STORE"
	for options in --bogus operand --compact=no '-n --compact' '-n --compact=shrink' --now=never --delay=x --max-age=0 --retry-window=-1 \
		--store=other:place --store=bdb: -x; do
		# shellcheck disable=SC2086
		run -2 --separate-stderr expire $options
		assert_output ''
		assert_regex "$stderr" '^grey-expire: '
		[ ! -e "$STORE" ]
	done
}

@test "a store that is missing: -n ends with 1 and makes nothing" {
	rmdir "$STORE"
	run -1 --separate-stderr expire -n
	assert_output ''
	assert_equal "$stderr" "grey-expire: $STORE: there is no greylist"
	[ ! -e "$STORE" ]
}

@test "a store that is running postgrey's: exit code 1, with a word" {
	local postgrey

	make_old 10
	exec {postgrey}>"$STORE/postgrey.lock"
	flock "$postgrey"
	run -1 --separate-stderr expire {postgrey}>&-
	assert_output ''
	assert_regex "$stderr" 'postgrey is running on this directory'
	exec {postgrey}>&-
	assert_equal "$(dumped postgrey.db | wc -l)" 10
}

# substituted FILE: as somebody would install it whose programs and store are elsewhere.
substituted()
{
	sed "s|/usr/local/sbin|$BIN|g; s|/var/lib/grey|$STORE|g; s/^User=grey$/User=root/" "$ROOT/etc/$1"
}

@test "the cron line works, and prints nothing" {
	local user command

	make_old 1000
	read -r user command < <(substituted grey-expire.cron | sed -nE 's/^([0-9*]+ +){5}//p')
	assert_equal "$user" grey
	run -0 --separate-stderr sh -c "$command"
	assert_output ''
	assert_equal "$stderr" ''
	# By the system's clock all are old.
	run -0 dumped postgrey.db
	assert_output ''
}

@test "systemd finds nothing wrong with the units, and they keep grey-expire to its store" {
	local unit setting

	for setting in 'ExecStart=/usr/local/sbin/grey-expire --store=/var/lib/grey --compact' ReadWritePaths=/var/lib/grey \
		NoNewPrivileges=yes ProtectSystem=strict User=grey Type=oneshot; do
		run -0 grep -qxF "$setting" "$ROOT/etc/grey-expire.service"
	done
	run -0 grep -qx 'WantedBy=timers.target' "$ROOT/etc/grey-expire.timer"
	command -v systemd-analyze >/dev/null || skip "needs systemd-analyze"
	for unit in grey-expire.service grey-expire.timer; do
		substituted "$unit" | sed '/^Documentation=/d' >"$BATS_TEST_TMPDIR/$unit"
	done
	run -0 timeout 30 systemd-analyze verify "$BATS_TEST_TMPDIR/grey-expire.service" "$BATS_TEST_TMPDIR/grey-expire.timer"
	assert_output ''
}

@test "postgrey can use the store after --compact, and after --compact=shrink" {
	[ -x /usr/sbin/postgrey ] || skip "needs postgrey"
	[ "$(id -u)" -eq 0 ] || skip "needs root"
	local how socket

	DIR=$(work_dir)
	for how in --compact --compact=shrink; do
		STORE=$(mktemp -d "$DIR/store.XXXXXX")
		socket=$STORE.run/socket
		mkdir "$STORE.run"
		make_old 20000
		chown -R nobody: "$STORE" "$STORE.run"
		run -0 --separate-stderr expire "$how"
		/usr/sbin/postgrey "--unix=$socket" "--dbdir=$STORE" --user=nobody "--group=$(id -gn nobody)" --delay=300 \
			--hostname=mail.example.org >"$DIR/postgrey.log" 2>&1 3>&- &
		HOLDER=$!
		wait_for 10 test -S "$socket" || { cat "$DIR/postgrey.log" >&2; return 1; }
		run -0 ask_postgrey "$socket" 10.77.0.9 s11@example.net
		assert_output --partial 'action=DUNNO'
		run -0 ask_postgrey "$socket" 192.0.2.9 new@example.net
		assert_output --partial 'Greylisted, see'
		stop_process "$HOLDER"
		HOLDER=
		[ "$(dumped postgrey.db | wc -l)" -eq 1819 ]
		run -0 db_verify -q "$STORE/postgrey.db"
	done
}

# ask_postgrey SOCKET ADDRESS SENDER: sends a request, prints the answer.
ask_postgrey()
{
	printf '%s\n' request=smtpd_access_policy "client_address=$2" client_name=mail.example.net "sender=$3" recipient=r@example.org '' |
		perl -MIO::Socket::UNIX -e '
			my $socket = IO::Socket::UNIX->new(Peer => shift) or die "connect: $!\n";
			alarm 20;
			local $/ = "\n\n";
			$socket->print(scalar <STDIN>);
			$socket->flush;
			print scalar <$socket>' "$1"
}

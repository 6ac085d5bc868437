#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats' memory is bounded, whatever comes, and what was forgotten is said.

# Perl's variables stand in single quotes. run sets output and stderr, in the subshells that bats makes.
# shellcheck disable=SC2016,SC2030,SC2031,SC2154
load lib/input

# bounded KIB COMMAND...: runs it, and fails if it ever had more memory than that. (The sanitizers' memory is no measure.)
bounded()
{
	local limit=$1 code=0 took usage=${BENCH_USAGE:-$ROOT/build/bench/usage}

	shift
	[ -x "$usage" ] || { echo "no $usage: run make $usage first" >&2; return 98; }
	"$usage" usage "$@" || code=$?
	took=$(cut -f 3 usage)
	[ "$took" -le "$limit" ] || is_sanitized log-stats || {
		echo "took $took KiB, more than $limit" >&2
		return 99
	}
	return "$code"
}

MEMORY=65536

@test "a line of 1 GB takes no memory, is one that is not understood, and leaves those around it" {
	one_gigabyte() { three; head -c 1000000000 /dev/zero | tr '\0' x; echo; three; }
	run -0 --separate-stderr bounded 16384 timeout 600 "$BIN/log-stats" --format=json < <(one_gigabyte)
	assert_equal "$stderr" ''
	figures 'coverage.lines=7 coverage.recognized=6 coverage.unknown=1 smtpd.connects=2 smtpd.rejected_sessions=2'
}

# many COUNT PERL: so many lines of a dated log; the code makes one of $n and $ip, a second after a hundred lines.
many()
{
	perl -e '
		my $make = eval "sub { my (\$n, \$ip, \$mx) = \@_; $ARGV[1] }" or die $@;
		for my $n (0 .. $ARGV[0] - 1) {
			my $s = int($n / 100);
			print sprintf("2026-02-%02dT%02d:%02d:%02dZ mx1 postfix/", 10 + $s / 86400, $s / 3600 % 24, $s / 60 % 60, $s % 60),
				$make->($n, sprintf("%d.%d.%d.%d", 11 + ($n >> 24), $n >> 16 & 255, $n >> 8 & 255, $n & 255)), "\n";
		}' "$@"
}

# limited WHAT [OPTION]...: the report of standard input holds, takes no more memory than is allowed, and says what was forgotten.
limited()
{
	run -0 --separate-stderr bounded "$MEMORY" timeout 600 "$BIN/log-stats" --check "${@:2}"
	refute_line --regexp '^ *FAILS'
	assert_regex "$(tr -s ' \n' ' ' <<<"$output")" "[0-9]+ $1 were forgotten before their end"
}

@test "400,000 postscreen sessions that never end: bounded memory, and said" {
	limited 'sessions of postscreen' < <(many 400000 '"postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25"')
	# Their clients are 6784 more than are told apart, each seen once.
	assert_regex "$(tr -s ' \n' ' ' <<<"$output")" 'clients too many to be told apart were seen 6784 times; the numbers of different clients are too low\.'
}

@test "400,000 postscreen sessions of one second, or without a time: bounded memory, and said" {
	limited 'sessions of postscreen' < <(many 400000 '"postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25"' | sed 's/^[^ ]*/2026-02-10T12:00:00Z/')
	limited 'sessions of postscreen' < <(many 400000 '"postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25"' | sed 's/^[^ ]*/[    1.000000]/')
}

@test "200,000 messages that are never removed: bounded memory, and said" {
	limited messages < <(many 200000 'sprintf "cleanup[1]: %X: message-id=<%d\@x>\n2026-02-10T00:00:00Z mx1 postfix/qmgr[1]: %X: from=<a\@b%d.example>, size=1, nrcpt=1 (queue active)", 0xABC000 + $n, $n, 0xABC000 + $n, $n')
}

@test "900,000 recipients that wait: bounded memory, and said" {
	limited recipients < <(many 900000 'sprintf "smtp[1]: %X: to=<u%d\@example.org>, relay=none, delay=1, delays=0/0/0/1, dsn=4.0.0, status=deferred (busy)", 0xABC000 + $n / 30, $n')
}

@test "1.2 million triplets that were greylisted: bounded memory, and said" {
	limited 'greylisted recipients' < <(many 1200000 '"smtpd[1]: NOQUEUE: reject: RCPT from x[$ip]: 450 4.2.0 <u\@d>: Recipient address rejected: Greylisted; from=<a$n\@b> to=<u$n\@d> proto=ESMTP helo=<x>"')
}

@test "200,000 smtpd sessions that never end, of a service that does not count too: bounded memory and time, and said" {
	# Of processor time: a busy machine may take longer.
	(is_sanitized log-stats || ulimit -t 5
		limited 'sessions of smtpd' < <(many 200000 '"smtpd[$n]: connect from x[$ip]"'))
	limited 'sessions of smtpd' < <(many 200000 '$n % 2 ? "smtpd[$n]: connect from x[$ip]" : "submission/smtpd[$n]: connect from x[$ip]"')
}

@test "600,000 clients of postscreen, each gone again: bounded memory" {
	run -0 --separate-stderr bounded "$MEMORY" timeout 600 "$BIN/log-stats" --check --format=json < <(perl -e '
		for my $n (0 .. 599999) {
			my $c = sprintf "[%d.%d.%d.7]:4000", 11 + ($n >> 16), $n >> 8 & 255, $n & 255;
			my $s = "Feb 10 17:01:35 mx1 postfix/postscreen[1]:";
			print "$s CONNECT from $c to [192.0.2.25]:25\n$s PREGREET 5 after 0.1 from $c: x\n$s DISCONNECT $c\n";
		}')
	assert_line --regexp '"blocked": 600000,'
}

@test "all limits at once: bounded memory" {
	everything()
	{
		perl -e '
			for my $n (0 .. 149999) {
				my $ip = sprintf "%d.%d.%d.7", 11 + ($n >> 16), $n >> 8 & 255, $n & 255;
				my $q = sprintf "%X", 0xABC000 + $n;
				my $word = join "", map { chr 97 + ($n / 26 ** $_) % 26 } 0 .. 5;
				my $s = sprintf "2026-02-10T%02d:%02d:%02dZ mx1 postfix", $n / 360000 % 24, $n / 6000 % 60, $n / 100 % 60;
				my $to = "relay=x[192.0.2.1]:25, delay=$n.1, delays=$n/$n/$n/$n, dsn=2.0.0, status";
				print "$s/postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25\n$s/postscreen[1]: DNSBL rank 5 for [$ip]:4000\n",
					"$s/postscreen[1]: NOQUEUE: reject: RCPT from [$ip]:4000: 550 5.7.1 Service unavailable; client [$ip] blocked using $word.example; from=<a\@b>, to=<c\@d>, proto=ESMTP, helo=<x>\n",
					"$s/smtpd[$n]: connect from x[$ip]\n$s/smtpd[$n]: NOQUEUE: reject: RCPT from x[$ip]: 450 4.2.0 <u\@d>: Recipient address rejected: Greylisted $word; from=<a$n\@b> to=<u$n\@d> proto=ESMTP helo=<x>\n",
					"$s/smtpd[$n]: $q: client=x[$ip]\n$s/smtpd[$n]: warning: x[$ip]: SASL LOGIN authentication failed: UGFzc3dvcmQ6\n",
					"$s/qmgr[1]: $q: from=<a\@$word.example>, size=1, nrcpt=1 (queue active)\n$s/smtp[1]: $q: to=<u\@$word.example>, $to=sent (ok)\n",
					"$s/smtp[1]: $q: to=<v\@$word.example>, $to=bounced (host said: $word)\n$s/smtpd[9]: warning: some $word text\n$s/dnsblog[9]: addr $ip listed by domain $word.example as 127.0.0.4\n",
					map { "$s/smtp[1]: $q: to=<$_\@$word.example>, $to=deferred (host said: $word)\n" } "a" .. "c";
			}
			for my $n (0 .. 269999) {
				my $ip = sprintf "2001:db8:%x:%x:1111:2222:3333:4444", 4096 + ($n >> 8), 4096 + ($n & 255);
				print "2026-02-10T02:00:00Z mx1 postfix/postscreen[1]: CONNECT from [$ip]:4000 to [192.0.2.25]:25\n",
					"2026-02-10T02:00:00Z mx1 postfix/postscreen[1]: NOQUEUE: reject: RCPT from [$ip]:4000: 550 5.7.1 Service unavailable; client [$ip] blocked using x.example; from=<a\@b>, to=<c\@d>, proto=ESMTP, helo=<x>\n",
					"2026-02-10T02:00:00Z mx1 postfix/postscreen[1]: DISCONNECT [$ip]:4000\n";
			}'
	}

	run -0 --separate-stderr bounded "$MEMORY" timeout 600 "$BIN/log-stats" --check < <(everything)
	refute_line --regexp '^ *FAILS'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats' options, one by one: each does what --help says of it, and a wrong one is refused.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib/input

# refused OPTION WORDS: exit 2, nothing on standard output; the message names the option, and holds the words.
refused()
{
	run -2 --separate-stderr stats "$1" "$CLASSIC"
	assert_equal "$output" ''
	assert_regex "${stderr_lines[0]}" "^log-stats: ${1%%=*}[=:]"
	[[ ${stderr_lines[0]} == *"$2"* ]] || {
		echo "'${stderr_lines[0]}' has no '$2'" >&2
		return 1
	}
}

@test "a wrong option is exit 2 and a message that names it, and says what it takes" {
	local option
	for option in since until; do
		refused "--$option=" 'must'
		refused "--$option=soon" 'today, yesterday, or like -8h'
		refused "--$option=-8x" 'or like -8h'
		refused "--$option=2026-13-01" '2026-'
		refused "--$option=99999999999999999999" 'must be'
		refused "--$option=-99999999999999999h" 'must be'
	done
	refused --by=week 'none|hour|day|host'
	refused --unit=mail 'session|recipient|line'
	refused --top=-1 'from 0 to 1000'
	refused --top=1001 'from 0 to 1000'
	refused --top=many 'from 0 to 1000'
	refused --only=everything 'coverage'
	refused --only= 'must not be empty'
	refused --instance= 'must not be empty'
	refused --service=smtp 'mx|submission|all'
	refused '--greylist-text=(' 'at character'
	refused '--greylist-text=[a' 'at character'
	refused '--greylist-text=' 'must not be empty'
	refused --postscreen-mode=dnsbl 'TEST=ignore, enforce or drop'
	refused --postscreen-mode=dnsbl=maybe 'TEST=ignore, enforce or drop'
	refused --postscreen-mode=luck=drop 'TEST one of pregreet'
	refused --postscreen-mode= 'must'
	refused --interval=0 'from 1s to 86400s'
	refused --interval=soon 's, m, h, d or w'
	refused --interval=99999999 'from 1s to 86400s'
	refused --format=xml 'text|tsv|csv|json'
	refused --check=yes '--check takes no argument'
	refused --frobnicate 'no such option'
}

@test "--since is the first moment that counts, --until the first that does not" {
	{ line 01 smtpd 'connect from x[203.0.113.1]'; line 02 smtpd 'connect from x[203.0.113.2]'
		line 03.999999 smtpd 'connect from x[203.0.113.3]'; line 04 smtpd 'connect from x[203.0.113.4]'; } >log
	report --since=2026-02-10T12:00:02Z --until=2026-02-10T12:00:04Z log
	figures 'smtpd.connects=2 coverage.lines=2 coverage.skipped=2'
	report --since=2026-02-10T12:00:04Z log
	figures 'smtpd.connects=1'
	report --until=2026-02-10T12:00:01Z log
	figures 'smtpd.connects=0 coverage.lines=0 coverage.skipped=4'
	report --since=2026-02-10T21:00:02+09:00 --until=2026-02-11 log
	figures 'smtpd.connects=3'
	report --since=2026-02-11 --until=2026-02-10 log
	figures 'coverage.lines=0'
	report --since=1770724802 --until=1770724803 log
	figures 'smtpd.connects=1'
}

@test "--since=yesterday, today and -8h are by the clock" {
	perl -MPOSIX=strftime -e 'my $n = 0; for my $ago (3 * 86400, 3600 * 9, 60) { printf "%s mx1 postfix/smtpd[42]: connect from x[203.0.113.%d]\n", strftime("%Y-%m-%dT%H:%M:%SZ", gmtime(time - $ago)), ++$n }' >log
	report --since=-8h log
	figures 'smtpd.connects=1'
	report --until=-8h log
	figures 'smtpd.connects=2'
	report --since=yesterday log
	figures 'smtpd.connects=2'
	report --until=yesterday log
	figures 'smtpd.connects=1'
}

@test "--top=0 leaves the lists empty, and no figure out" {
	report "$CLASSIC"
	all_figures >expected
	report --top=0 "$CLASSIC"
	all_figures | cmp expected
	figures 'top.clients=[] top.networks=[] top.sender_domains=[] top.recipient_domains=[] rbl.rejects=[] smtpd.by_reason=[]'
	report --top=2 "$CLASSIC"
	JSON=$output perl -MJSON::PP -e 'my $top = decode_json($ENV{JSON})->{top}; for (keys %$top) { die "$_\n" if @{$top->{$_}} != 2 }'
	run -0 --separate-stderr stats --top=1000 "$CLASSIC"
}

@test "--by=hour, day and host: the rows add up to the table, and none is below zero" {
	local by unit
	for by in hour day host; do
		for unit in session recipient line; do
			report --by="$by" --unit="$unit" "$CLASSIC"
			JSON=$output perl -MJSON::PP -e '
				my $all = decode_json($ENV{JSON});
				my %sum;
				for my $row (@{$all->{by}{rows}}) {
					for (grep { $_ ne "name" } keys %$row) { $row->{$_} >= 0 or die "$row->{name}: $_ is $row->{$_}\n"; $sum{$_} += $row->{$_} }
				}
				for (qw(postscreen smtpd delivered)) { $sum{$_} == $all->{table}{$_} or die "$_: $sum{$_}, not $all->{table}{$_}\n" }
				$sum{received} == $all->{messages}{received} or die "received: $sum{received}\n";
				$sum{greylisted} == $all->{greylist}{greylisted} or die "greylisted: $sum{greylisted}\n"'
		done
	done
	run -0 --separate-stderr stats --by=hour "$CLASSIC"
}

@test "--by=hour: a message that a later hour finds to be another's makes no hour's count negative" {
	{ echo 2026-02-10T12:59:58Z mx1 'postfix/smtpd[42]: connect from x[203.0.113.8]'
		echo 2026-02-10T12:59:58Z mx1 'postfix/smtpd[42]: 4104E42: client=x[203.0.113.8]'
		echo 2026-02-10T12:59:58Z mx1 'postfix/cleanup[42]: 4104E42: message-id=<1@example.net>'
		echo 2026-02-10T12:59:59Z mx1 'postfix/qmgr[42]: 4104E42: from=<a@example.net>, size=1, nrcpt=1 (queue active)'
		echo 2026-02-10T12:59:59Z mx1 'postfix/smtpd[43]: 4104E43: client=filter[192.0.2.9]'
		echo 2026-02-10T12:59:59Z mx1 'postfix/cleanup[42]: 4104E43: message-id=<1@example.net>'
		echo 2026-02-10T12:59:59Z mx1 'postfix/qmgr[42]: 4104E43: from=<a@example.net>, size=1, nrcpt=1 (queue active)'
		echo 2026-02-10T13:00:01Z mx1 'postfix/smtp[42]: 4104E42: to=<b@example.org>, relay=filter[192.0.2.9]:10024, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4104E43)'; } >log
	report --by=hour log
	figures 'messages.received=1'
	JSON=$output perl -MJSON::PP -e 'for (@{decode_json($ENV{JSON})->{by}{rows}}) { die "$_->{name}: $_->{received}\n" if $_->{received} < 0 }'
}

@test "--instance: only that Postfix counts" {
	{ three; three | sed 's,postfix/,postfix-out/,; s/\[42\]/[43]/'; } >log
	report log
	figures 'smtpd.connects=2'
	report --instance=postfix-out log
	figures 'smtpd.connects=1 coverage.lines=3 coverage.skipped=3'
	report --instance=postfix log
	figures 'smtpd.connects=1'
	report --instance=none log
	figures 'smtpd.connects=0 coverage.lines=0 coverage.skipped=6'
}

@test "what the options leave out is no reason to say that it is no maillog" {
	{ three; echo 'Feb 10 18:00:00 mx1 cron[1]: something else'; } >log
	report --instance=none log
	figures 'coverage.lines=1 coverage.foreign=1 coverage.skipped=3'
	assert_equal "$stderr" ''
	tail -n 1 log >other
	run -1 --separate-stderr stats --instance=none other
	assert_regex "$stderr" '^log-stats: no line of Postfix was recognized; .* seem to be of cron: ".*--unknown=all'
}

@test "--service: only mail that came in by it counts" {
	{ three; three | sed 's,postfix/,postfix/submission/,; s/\[42\]/[43]/'; } >log
	report log
	figures 'smtpd.connects=1'
	report --service=mx log
	figures 'smtpd.connects=1 table.smtpd=1'
	report --service=submission log
	figures 'smtpd.connects=1 smtpd.rejects=1'
	report --service=all log
	figures 'smtpd.connects=1'
}

@test "--postscreen-mode says what the log does not show" {
	{ line 01 postscreen 'CONNECT from [203.0.113.8]:1 to [192.0.2.25]:25'; line 02 postscreen 'DNSBL rank 5 for [203.0.113.8]:1'
		line 03 postscreen 'HANGUP after 1 from [203.0.113.8]:1 in tests before SMTP handshake'; line 04 postscreen 'DISCONNECT [203.0.113.8]:1'; } >log
	report log
	figures 'postscreen.blocked=1 postscreen.gave_up=0'
	report --postscreen-mode=dnsbl=ignore log
	figures 'postscreen.blocked=0 postscreen.gave_up=1'
	report --postscreen-mode=pregreet=ignore --postscreen-mode=dnsbl=drop log
	figures 'postscreen.blocked=1'
}

@test "--greylist-text is what greylisting says" {
	three | sed 's/554 5.7.1/450 4.2.0/; s/Relay access denied/Come back in a while/' >log
	report log
	figures 'greylist.greylisted=0'
	report '--greylist-text=come back in (a|some) while' log
	figures 'greylist.greylisted=1 greylist.triplets=1'
	report '--greylist-text=^(a+)+$' log
	figures 'greylist.greylisted=0'
}

@test "--unknown shows the lines that are not understood on standard error, with file and number" {
	{ three; echo $'what \e[31mis this\xff'; line 05 smtpd 'frobnicated the wibble'; } >log
	run -0 --separate-stderr stats --unknown log
	assert_equal "$stderr" $'log-stats: log:4: unknown: what ?[31mis this?\nlog-stats: log:5: unknown: frobnicated the wibble'
	run -0 --separate-stderr stats --unknown <log
	assert_equal "${stderr_lines[1]}" 'log-stats: -:5: unknown: frobnicated the wibble'
	run -0 --separate-stderr stats log
	assert_equal "$stderr" ''
}

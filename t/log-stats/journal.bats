#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats reads the same session in every form that journalctl writes it in (doc/maillog.md A).

# Perl's variables stand in single quotes.
# shellcheck disable=SC2016
load lib/formats

@test "journalctl -o short-iso of an older systemd: no colon in the zone" {
	same 'strftime("%Y-%m-%dT%H:%M:%S+0900 ", gmtime $time + 32400) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
}

@test "journalctl -o short-iso-precise" {
	same 'strftime("%Y-%m-%dT%H:%M:%S.123456+0900 ", gmtime $time + 32400) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
}

@test "journalctl -o short-precise" {
	same 'strftime("%b %d %H:%M:%S.123456 ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
}

@test "journalctl -o short-full" {
	same 'strftime("%a %Y-%m-%d %H:%M:%S UTC ", gmtime $time) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
	same 'strftime("%a %Y-%m-%d %H:%M:%S JST ", gmtime $time + 32400) . "$host $tag: $text\n"'
}

@test "journalctl -o short-unix" {
	same 'sprintf("%.6f ", $time + 0.123456) . "$host $tag: $text\n"'
	assert_equal "$(first_event 1)" 1770742895
	same_times
}

@test "journalctl -o short-monotonic: the same figures, without a time" {
	same 'sprintf("[%12.6f] ", $time - 1770742000) . "$host $tag: $text\n"'
	assert_equal "$(first_event 7)" psc.connect
	assert_equal "$(first_event 1 | tr -d -)" ''
}

# JSON_ENTRY, JSON_PRINT: the session as journalctl -o json writes it, the keys of each entry in another order.
JSON_ENTRY='use JSON::PP; use List::Util; my ($name, $pid) = $tag =~ /^(.*)\[(\d+)\]/;
	my %entry = (__REALTIME_TIMESTAMP => "${time}123456", _HOSTNAME => $host, SYSLOG_IDENTIFIER => $name,
		SYSLOG_PID => $pid, PRIORITY => "6", MESSAGE => $text, _TRANSPORT => "syslog", SYSLOG_FACILITY => "2",
		_BOOT_ID => "0f1e2d3c4b5a69788796a5b4c3d2e1f0", __CURSOR => "s=0f1e;i=1;x=\"MESSAGE\"", _UID => "0",
		SYSLOG_RAW => "<22>Feb 10 17:01:35 $tag: connect from x\\n");
	delete $entry{SYSLOG_PID}, $entry{_PID} = $pid if $time % 2;
	srand $time;'
JSON_PRINT='"{" . join(",", map { encode_json([$_]) =~ s/^\[|\]$//gr . ":" . encode_json([$entry{$_}]) =~ s/^\[|\]$//gr }
	List::Util::shuffle(sort keys %entry)) . "}\n"'

@test "journalctl -o json, with the keys in any order" {
	same "$JSON_ENTRY $JSON_PRINT"
	assert_equal "$(first_event 1)" 1770742895
	same_times
	assert_equal "$(first_event 2)" mx1
	assert_equal "$(first_event 6)" 10
}

@test "journalctl -o json: a MESSAGE of numbers" {
	same "$JSON_ENTRY \$entry{MESSAGE} = [unpack 'C*', \$text]; $JSON_PRINT"
	assert_equal "$(first_event 7)" psc.connect
}

@test "journalctl -o json: escaped characters are what they stand for" {
	same "$JSON_ENTRY my \$line = $JSON_PRINT; \$line =~ s{/}{\\\\/}g; \$line =~ s{<}{\\\\u003c}g; \$line =~ s{ from}{\\\\u0020from}g; \$line"
}

@test "journalctl -o json: no MESSAGE, as for one that is too long, is an entry that is not understood" {
	log_file "$JSON_ENTRY \$entry{MESSAGE} = undef if \$text =~ /^DNSBL/; $JSON_PRINT" < <(session)
	count_file "$LOG"
	figures 'coverage.lines=15 coverage.recognized=14 coverage.unknown=1 postscreen.gave_up=1 recipients.delivered=1'
}

@test "journalctl -o json-sse and json-seq" {
	same "$JSON_ENTRY \"\\x1e\" . $JSON_PRINT"
	same "$JSON_ENTRY 'data: ' . $JSON_PRINT"
	# An empty line stands between its entries.
	log_file "$JSON_ENTRY 'data: ' . $JSON_PRINT . \"\\n\"" < <(session)
	count_file "$LOG"
	figures "$(grep -vE '^coverage' < <(xargs -n1 <<<"$SESSION")) coverage.recognized=15 coverage.unknown=0"
}

EXPORT='my ($name, $pid) = $tag =~ /^(.*)\[(\d+)\]/;
	my $head = "__CURSOR=s=0f1e;i=1\n__REALTIME_TIMESTAMP=${time}123456\n__MONOTONIC_TIMESTAMP=1\n_HOSTNAME=$host\n"
		. "PRIORITY=6\nSYSLOG_IDENTIFIER=$name\nSYSLOG_PID=$pid\n";'

@test "journalctl -o export" {
	same "$EXPORT \"\${head}MESSAGE=\$text\\n_TRANSPORT=syslog\\n\\n\""
	assert_equal "$(first_event 1)" 1770742895
	same_times
	assert_equal "$(first_event 2)" mx1
	assert_equal "$(first_event 6)" 10
}

@test "journalctl -o export: binary fields have a length" {
	same "$EXPORT \$head . \"SYSLOG_RAW\\n\" . pack('Q<', 25) . \"a\\n\\nMESSAGE=connect from x\\n\" . \"MESSAGE\\n\" . pack('Q<', length \$text) . \"\$text\\n\\n\""
	assert_equal "$(first_event 7)" psc.connect
}

@test "journalctl -o cat has no prefix: nothing is understood, exit code 1" {
	log_file '"$text\n"' < <(session)
	run -1 --separate-stderr stats --format=json "$LOG"
	figures 'coverage.lines=15 coverage.recognized=0 coverage.unknown=15 smtpd.connects=0 recipients.delivered=0'
}

@test "journalctl -o with-unit names no daemon: it is told by what the line says" {
	same 'strftime("%a %Y-%m-%d %H:%M:%S JST ", gmtime $time + 32400) . "$host postfix\@-.service[$pid]: $text\n"'
}

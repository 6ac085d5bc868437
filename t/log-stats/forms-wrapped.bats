#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats reads the same session in the forms of containers, of other syslog daemons, and of stamps that few logs have
# (doc/maillog.md A): each gives the figures of the classic form.

# Perl's variables stand in single quotes. CLASSIC comes from lib/log-formats.
# shellcheck disable=SC2016,SC2153
load lib/formats

OUTER='strftime("%Y-%m-%dT%H:%M:%S.123456789Z ", gmtime $time)'
INNER='strftime("%b %e %H:%M:%S ", gmtime $time) . "$host $tag: $text"'

# same_with_times PERL: and the same times.
same_with_times()
{
	same "$1"
	same_times
}

@test "docker logs -t: docker's stamp stands before the line's" {
	same_with_times "$OUTER . $INNER . qq(\n)"
	assert_equal "$(first_event 2)" mx1
}

@test "docker logs -t of a container that writes no stamps, and a line without any" {
	same_with_times "$OUTER"' . "$tag: $text\n"'
	assert_equal "$(first_event 2)" -
	same '"$tag: $text\n"'
	assert_equal "$(first_event 1)" ''
}

@test "docker compose logs -t, with colours too" {
	same_with_times '"mail-1  | " . '"$OUTER . $INNER . qq(\n)"
	same_with_times '"\e[36mmail-1  | \e[0m" . '"$OUTER . $INNER . qq(\n)"
}

@test "kubectl logs --timestamps, and --prefix" {
	same_with_times '"[pod/mail-0/postfix] " . '"$OUTER . $INNER . qq(\n)"
}

@test "a container's log on its node: stdout F stands between the stamps" {
	same_with_times "$OUTER"' . "stdout F " . '"$INNER . qq(\n)"
	same_with_times "$OUTER"' . "stderr F " . '"$INNER . qq(\n)"
}

@test "the time of the container's log is taken: its zone is known" {
	TZ=UTC same_with_times "$OUTER"' . strftime("%b %e %H:%M:%S ", gmtime $time + 7200) . "$host $tag: $text\n"'
}

@test "docker's json-file" {
	same_with_times 'my $log = '"$INNER"'; $log =~ s/(["\\])/\\$1/g;
		"{\"log\":\"$log\\n\",\"stream\":\"stdout\",\"time\":\"" . strftime("%Y-%m-%dT%H:%M:%S.123456789Z", gmtime $time) . "\"}\n"'
	assert_equal "$(first_event 2)" mx1
}

@test "BusyBox' syslogd: facility and priority stand after the host" {
	same_with_times 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$host mail.info $tag: $text\n"'
	assert_equal "$(first_event 2)" mx1
}

@test "OpenWrt's logread: the year stands last, and no host" {
	same_with_times 'strftime("%a %b %e %H:%M:%S %Y ", gmtime $time) . "mail.info $tag: $text\n"'
	same_with_times 'strftime("%a %b %e %H:%M:%S %Y ", gmtime $time) . "[$time.123] mail.info $tag: $text\n"'
}

@test "AIX: mail:info stands after the host, and what another host has sent says so" {
	same_with_times 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$host mail:info $tag: $text\n"'
	same_with_times 'strftime("%b %e %H:%M:%S ", gmtime $time) . "loghost mail:info Message forwarded from $host: $tag: $text\n"'
	assert_equal "$(first_event 2)" mx1
}

@test "RFC 5424, with and without structured data and a byte order mark" {
	local front

	front='my ($name, $pid) = $tag =~ /^(.*)\[(\d+)\]$/; "<22>1 " . strftime("%Y-%m-%dT%H:%M:%S.123456Z ", gmtime $time)'
	same_with_times "$front"' . "$host $name $pid - - $text\n"'
	assert_equal "$(first_event 2)" mx1
	same_with_times "$front"' . "$host $name $pid mail [origin\@32473 a=\"x]\\\"]\"][b c=\"1\"] \xef\xbb\xbf$text\n"'
}

@test "metalog: the program in brackets, no host and no pid" {
	same_with_times 'my ($name) = $tag =~ /^(.*)\[/; strftime("%b %e %H:%M:%S ", gmtime $time) . "[$name] $text\n"'
}

@test "socklog: mail.info stands first, with and without svlogd's stamp" {
	local line='"mail.info: " . strftime("%b %e %H:%M:%S ", gmtime $time) . "$tag: $text\n"'

	same_with_times "$line"
	same_with_times 'strftime("%Y-%m-%d_%H:%M:%S.12345 ", gmtime $time) . '"$line"
	same_with_times 'sprintf("\@40000000%08x075bcd15 ", $time + 10) . '"$line"
}

@test "a host is missing" {
	same_with_times 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$tag: $text\n"'
	same_with_times '"<22>" . strftime("%b %e %H:%M:%S ", gmtime $time) . "$tag: $text\n"'
}

@test "stamps with the year first, within and last" {
	local form

	for form in '%Y %b %e %H:%M:%S.123' '%Y %b %d %H:%M:%S' '%b %e %Y %H:%M:%S' '%Y/%m/%d %H:%M:%S' '%a %b %e %H:%M:%S %Y'; do
		same_with_times "strftime('$form ', gmtime \$time)"' . "$host $tag: $text\n"'
		assert_equal "$(first_event 2)" mx1
	done
}

@test "a day of one digit without padding has a time" {
	log_file 'strftime("%b ", gmtime $time - 9 * 86400) . int(strftime("%d", gmtime $time - 9 * 86400)) . strftime(" %H:%M:%S ", gmtime $time) . "$host $tag: $text\n"' < <(session)
	assert_equal "$(first_event 1)" $((1770742895 - 9 * 86400))
	assert_equal "$(first_event 2)" mx1
	count_file "$LOG"
	figures "$SESSION"
}

@test "a log name may have a colon in it" {
	same 'strftime("%b %e %H:%M:%S ", gmtime $time) . "$host " . $tag =~ s/^postfix/postfix:25/r . ": $text\n"'
	assert_equal "$(first_event 3)" postfix:25
}

@test "programs of other mail servers are foreign, though their names are Postfix'" {
	log_file <<-'EOF'
		smtpd connect from unknown[203.0.113.8]
	EOF
	printf 'Feb 10 17:01:36 mx1 %s[1]: connect from unknown[203.0.113.9]\n' dovecot/lmtp cyrus/lmtp cyrus/master >>"$LOG"
	touch -d "$LOG_MTIME" "$LOG"
	count_file "$LOG"
	figures 'coverage.lines=4 coverage.recognized=1 coverage.foreign=3 smtpd.connects=1'
}

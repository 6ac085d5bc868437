#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# log-stats --events: what it takes each line for, and what it reads in it.
#
# fixtures/log/classes.tsv: the class (or several, with "|" between, where the specification leaves a choice), the oldest
# Postfix that words it so ("any": all do), and the line. Lines that nobody logged, as "-- Boot", are no events.
# fixtures/log/fields.tsv: columns 2 to 13 of --events, and the line.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load lib/log

# The names that are promised (doc/maillog.md E), but for meta.repeat.
CLASSES='psc.connect psc.disconnect psc.pass_old psc.pass_new psc.allow psc.deny psc.veto psc.pregreet psc.dnsbl psc.hangup
	psc.reject_conn psc.reject_rcpt psc.cmd_time psc.cmd_count psc.cmd_length psc.nonsmtp psc.pipelining psc.barelf
	psc.nodata psc.cache psc.stress
	smtpd.connect smtpd.disconnect smtpd.client smtpd.reject smtpd.reject_warning smtpd.milter_reject smtpd.discard
	smtpd.hold smtpd.milter_hold smtpd.milter_discard smtpd.redirect smtpd.filter smtpd.bcc smtpd.info smtpd.warn
	smtpd.permit smtpd.hangup smtpd.proxy_reject smtpd.proxy_accept smtpd.lost smtpd.timeout smtpd.toomany
	smtpd.pipelining smtpd.nonsmtp smtpd.limit smtpd.sasl_fail smtpd.fcrdns smtpd.barelf_note smtpd.tls smtpd.tls_error
	grey.greylist grey.pass grey.learn grey.error grey.whitelisted grey.throttle grey.never grey.maintenance spf.result
	pickup.msg cleanup.message_id cleanup.reject cleanup.warning cleanup.info cleanup.filter cleanup.pass
	cleanup.discard cleanup.hold cleanup.prepend cleanup.replace cleanup.redirect cleanup.bcc cleanup.strip
	cleanup.milter_reject cleanup.milter_hold cleanup.milter_discard cleanup.removed
	qmgr.active qmgr.removed qmgr.expired qmgr.skipped
	deliver.sent deliver.deferred deliver.bounced deliver.softbounce deliver.discarded deliver.forwarded
	deliver.deliverable deliver.undeliverable deliver.undeliverable-but-not-cached
	smtp.try_failed smtp.tls smtp.tls_error bounce.ndn bounce.delay bounce.dsn_success bounce.postmaster bounce.failed
	dnsblog.listed tlsproxy.connect tlsproxy.disconnect tlsproxy.tls meta.truncated anvil.stat scache.stat verify.cache
	postsuper.requeued postsuper.hold postsuper.released postsuper.expired postsuper.removed postsuper.summary
	warning error fatal panic master info foreign unknown debug'

# class_lines: the lines of the fixture go into a maillog.
class_lines()
{
	cut -f3- "$LOGS/classes.tsv" | grep -v '^-- ' >"$BATS_TEST_TMPDIR/lines"
	touch -d "$LOG_MTIME" "$BATS_TEST_TMPDIR/lines"
}

# differences CLASS...: of the lines of these classes, those that --events takes for something else. One run for all
# lines; a line of the fixture is an event, in the same order.
differences()
{
	class_lines
	events "$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/events" || return 1
	WANTED=$* perl -e '
		my %wanted = map { $_ => 1 } split " ", $ENV{WANTED};
		open my $lines, "<", $ARGV[0] or die;
		open my $events, "<", $ARGV[1] or die;
		my ($compared, $wrong) = (0, 0);
		while (<$lines>) {
			chomp;
			my ($classes, $since, $line) = split /\t/, $_, 3;
			next if $line =~ /^-- /;
			my $event = <$events> // "";
			chomp $event;
			my $class = (split /\t/, $event, -1)[6] // "(nothing)";
			next unless %wanted == 0 || grep { $wanted{$_} } split /\|/, $classes;
			$compared++;
			next if grep { $_ eq $class } split /\|/, $classes;
			$wrong++;
			print "is $class, should be $classes ($since): ", substr($line, 0, 200), "\n";
		}
		print "more events than lines\n" if %wanted == 0 && defined <$events>;
		print "$compared compared, $wrong wrong\n";
		exit($compared && !$wrong ? 0 : 1)' "$LOGS/classes.tsv" "$BATS_TEST_TMPDIR/events"
}

# classes_of PREFIX: of the names above.
classes_of()
{
	tr -s '[:space:]' '\n' <<<"$CLASSES" | grep -- "^$1" | tr '\n' ' '
}

# no_differences CLASS...: and if there are, it shows them.
no_differences()
{
	run --separate-stderr differences "$@"
	assert_success
	assert_line --index 0 --regexp '^[1-9][0-9]* compared, 0 wrong$'
}

@test "--events prints an event with sixteen columns for each line, of the promised classes and of no other" {
	class_lines
	run -0 --separate-stderr events "$BATS_TEST_TMPDIR/lines"
	assert_equal "$(wc -l <<<"$output")" "$(wc -l <"$BATS_TEST_TMPDIR/lines")"
	assert_equal "$(awk -F '\t' '{ print NF }' <<<"$output" | sort -u)" 16
	run -0 diff <(tr -s '[:space:]' '\n' <<<"$CLASSES" | sort -u) <(cut -f7 <<<"$output" | sort -u | grep -v '^cleanup\.milter_.*redirect$')
}

@test "lines of postscreen, in the words of Postfix 2.8 to 3.12, are told apart" {
	# shellcheck disable=SC2046
	no_differences $(classes_of psc)
}

@test "lines of smtpd, with and without queue id, in the words of Postfix 2.2 to 3.12, are told apart" {
	# shellcheck disable=SC2046
	no_differences $(classes_of smtpd)
}

@test "lines of grey-check, postgrey and sqlgrey are told apart" {
	# shellcheck disable=SC2046
	no_differences $(classes_of grey)
}

@test "results of SPF policy servers are known" {
	no_differences spf.result
}

@test "lines of pickup and cleanup are told apart by the first action, whatever the mail has written" {
	# shellcheck disable=SC2046
	no_differences $(classes_of pickup) $(classes_of cleanup)
}

@test "lines of the queue manager are told apart" {
	# shellcheck disable=SC2046
	no_differences $(classes_of qmgr)
}

@test "delivery lines are told apart by status, in the words of Postfix 1 to 3.12" {
	# shellcheck disable=SC2046
	no_differences $(classes_of deliver)
}

@test "what happens on the way to a delivery is told apart" {
	# shellcheck disable=SC2046
	no_differences $(classes_of 'smtp\.')
}

@test "notices of the bounce daemon are told apart" {
	# shellcheck disable=SC2046
	no_differences $(classes_of bounce)
}

@test "lines of dnsblog, tlsproxy, anvil, scache and verify are told apart" {
	# shellcheck disable=SC2046
	no_differences $(classes_of dnsblog) $(classes_of tlsproxy) $(classes_of anvil) $(classes_of scache) $(classes_of verify)
}

@test "what postsuper did is told apart" {
	# shellcheck disable=SC2046
	no_differences $(classes_of postsuper)
}

@test "warnings, errors and worse of each daemon are told by their word" {
	no_differences warning error fatal panic
}

@test "lines of master and postfix-script are known" {
	no_differences master
}

@test "Postfix' lines without anything to count are info, not unknown" {
	no_differences info
}

@test "what is logged in search of a fault is debug" {
	no_differences debug
}

@test "lines of other programs are foreign" {
	no_differences foreign
}

@test "what journalctl writes between the entries is foreign, and no event" {
	cut -f3- "$LOGS/classes.tsv" | grep '^-- ' >"$BATS_TEST_TMPDIR/lines"
	log_lines <<<'smtpd connect from unknown[203.0.113.8]' >>"$BATS_TEST_TMPDIR/lines"
	run -0 --separate-stderr events "$BATS_TEST_TMPDIR/lines"
	assert_equal "$(cut -f7 <<<"$output" | grep -vx foreign)" smtpd.connect
	count_file "$BATS_TEST_TMPDIR/lines"
	figures "coverage.foreign=$(grep -c '^-- ' "$BATS_TEST_TMPDIR/lines") coverage.unknown=0 coverage.recognized=1"
}

@test "a Postfix line in invented words is unknown" {
	no_differences unknown
}

@test "a delivery line that was cut before its status is truncated, and nothing else" {
	no_differences meta.truncated
}

@test "all wordings of one event give the same class, whatever the generation" {
	no_differences
}

@test "a repeat line is an event of its own, and then what it repeats, as often as it says" {
	log_file <<-'EOF'
		smtpd connect from unknown[203.0.113.8]
		smtpd message repeated 3 times: [ connect from unknown[203.0.113.8]]
	EOF
	run -0 --separate-stderr events "$LOG"
	assert_equal "$(cut -f7 <<<"$output" | xargs)" 'smtpd.connect meta.repeat smtpd.connect smtpd.connect smtpd.connect'
}

@test "the old repeat line repeats the line before it of its host" {
	{
		log_lines <<-'EOF'
			smtpd connect from unknown[203.0.113.8]
			mx2:qmgr 4104E42: removed
		EOF
		echo 'Feb 10 17:01:40 mx1 last message repeated 2 times'
	} >"$BATS_TEST_TMPDIR/log"
	run -0 --separate-stderr events "$BATS_TEST_TMPDIR/log"
	assert_equal "$(cut -f2,7 <<<"$output" | tr '\t' ' ')" 'mx1 smtpd.connect
mx2 qmgr.removed
mx1 meta.repeat
mx1 smtpd.connect
mx1 smtpd.connect'
}

# An empty column, "-" and NOQUEUE say the same: there is none.
without_none()
{
	awk -F '\t' -v OFS='\t' '{ for (i = 1; i <= NF; i++) if ($i == "-" || $i == "<>" || $i == "NOQUEUE") $i = ""; print }'
}

@test "the columns hold host, instance, service, daemon, pid, class, queue id, client, sender, recipient and codes" {
	cut -f13- "$LOGS/fields.tsv" >"$BATS_TEST_TMPDIR/lines"
	run -0 --separate-stderr events "$BATS_TEST_TMPDIR/lines"
	assert_equal "$(cut -f2-13 <<<"$output" | without_none)" "$(cut -f1-12 "$LOGS/fields.tsv")"
}

@test "the first column is the time in seconds since 1970, the last one what is left of the text" {
	class_lines
	events "$BATS_TEST_TMPDIR/lines" >"$BATS_TEST_TMPDIR/events"
	# shellcheck disable=SC2016
	run -0 --separate-stderr perl -e '
		my ($expected, $seen) = (1770742800, 0);
		open my $lines, "<", $ARGV[0] or die;
		open my $events, "<", $ARGV[1] or die;
		while (<$events>) {
			chomp;
			my @columns = split /\t/, $_, -1;
			my $line = <$lines>;
			$expected++;
			int $columns[0] == $expected or die "time $columns[0], not $expected: $line";
			my $text = $columns[13] =~ s/\\([tn\\])/$1 eq "t" ? "\t" : $1 eq "n" ? "\n" : "\\"/ger;
			index($line, $text) >= 0 or die "text \"$text\": $line";
			length $text or $columns[6] !~ /reject|^deliver|^(warning|error|fatal|panic|unknown|foreign)$/ or die "no text: $line";
			$seen++;
		}
		print "$seen\n"' "$BATS_TEST_TMPDIR/lines" "$BATS_TEST_TMPDIR/events"
	assert_output "$(wc -l <"$BATS_TEST_TMPDIR/lines")"
}

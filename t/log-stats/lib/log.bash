# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# log.bash: for tests of log-stats: maillogs written in short, and figures taken from its JSON.

load ../lib/common

LOGS=$ROOT/t/log-stats/fixtures
export TZ=UTC LC_ALL=C

# The maillogs of these tests are of February 2026, and no stamp in them has a year: their files are of that year too.
LOG_MTIME='2026-03-01 00:00:00'
export LOGS LOG_MTIME

setup_file()
{
	need_program log-stats
}

# stats [OPTION|FILE]...: log-stats, for a limited time.
stats()
{
	timeout 600 "$BIN/log-stats" "$@"
}

# log_lines [PERL]: standard input in short becomes a maillog, on standard output. A line there is
#
#   [HOST:]PROGRAM[#PID] TEXT
#
# and each is a second later than the one before. HOST is mx1; PID is 42 for smtpd (what makes a session) and for
# all others; PROGRAM is postfix/PROGRAM, unless it begins with "=", which is taken off. "+N" lets N seconds pass.
# Empty lines are left out. The Perl code makes a line of $time, $host, $tag (program[pid]) and $text; without it,
# it is the classic one.
log_lines()
{
	perl -MPOSIX=strftime -e '
		my $make = eval "sub { my (\$time, \$host, \$tag, \$text) = \@_; $ARGV[0] }" or die $@;
		my $time = 1770742894;
		while (<STDIN>) {
			chomp;
			next if $_ eq "";
			$time += $1, next if /^\+(\d+)$/;
			/^(?:(\w+):)?(=?)([\w\/-]+)(?:#(\d+))? (.*)/ or die "log_lines: $_\n";
			my ($host, $tag, $text) = ($1 // "mx1", ($2 ? "" : "postfix/") . "$3\[" . ($4 // 42) . "]", $5);
			print $make->(++$time, $host, $tag, $text);
		}' "${1-strftime(\"%b %e %H:%M:%S\", gmtime \$time) . \" \$host \$tag: \$text\\n\"}"
}

# log_file [PERL]: the same into the file $LOG.
# shellcheck disable=SC2120
log_file()
{
	LOG=$BATS_TEST_TMPDIR/maillog
	log_lines "$@" >"$LOG" || return 1
	touch -d "$LOG_MTIME" "$LOG"
}

# count [OPTION]...: runs log-stats on the maillog in short on standard input; its JSON is in $output.
count()
{
	# shellcheck disable=SC2119
	log_file || return 1
	count_file "$LOG" "$@"
}

# count_file FILE [OPTION]...: its JSON is in $output, and its sums are right.
count_file()
{
	run -0 --separate-stderr stats --format=json "${@:2}" "$1"
	sums_hold
}

# sums_hold: what must hold of any log, of the JSON in $output.
sums_hold()
{
	# shellcheck disable=SC2154
	JSON=$output perl -MJSON::PP -MList::Util=sum -e '
		my $all = decode_json($ENV{JSON});
		my $wrong = 0;
		sub same {
			my ($group, $whole, @parts) = @_;
			my $figures = $all->{$group} or die "no $group\n";
			defined $figures->{$_} or die "no figure $group.$_\n" for $whole, @parts;
			$figures->{$_} >= 0 or warn("$group.$_ is $figures->{$_}\n"), $wrong++ for $whole, @parts;
			my $sum = sum(@$figures{@parts});
			return if $sum == $figures->{$whole};
			warn "$group: $whole is $figures->{$whole}, but ", join(" + ", map { "$_ $figures->{$_}" } @parts), " is $sum\n";
			$wrong++;
		}
		same("postscreen", "connects", qw(blocked come_back gave_up handed_off open));
		same("greylist", "triplets", qw(passed never_returned still_open));
		same("coverage", "lines", qw(recognized foreign unknown));
		exit($wrong > 0)'
}

# figure NAME...: prints a line for each, what the JSON in $JSON has there, such as messages.received. That there is none
# is a failure, and said in its line.
figure()
{
	perl -MJSON::PP -e '
		my $all = decode_json($ENV{JSON});
		my $missing = 0;
		for my $figure (@ARGV) {
			my $value = $all;
			for my $name (split /\./, $figure) {
				$value = ref $value eq "HASH" && exists $value->{$name} ? $value->{$name} : \"none";
			}
			my $none = ref $value eq "SCALAR";
			$missing ||= $none;
			print $none ? "no figure $figure" : ref $value ? encode_json($value) : $value, "\n";
		}
		exit $missing' "$@"
}

# figures "NAME=VALUE ...": the JSON in $output has these. All that differ are shown.
figures()
{
	local wrong='' pair pairs names=() have

	read -r -d '' -a pairs <<<"$1" || :
	for pair in "${pairs[@]}"; do
		names+=("${pair%%=*}")
	done
	# shellcheck disable=SC2154
	export JSON=$output
	mapfile -t have < <(figure "${names[@]}" 2>&1)
	for pair in "${!pairs[@]}"; do
		[ "${names[pair]}=${have[pair]-}" = "${pairs[pair]}" ] ||
			wrong+="${names[pair]} is '${have[pair]-}', should be ${pairs[pair]#*=}"$'\n'
	done
	[ -z "$wrong" ] && return 0
	printf '%s' "$wrong" >&2
	if [ -n "${LOG-}" ]; then
		printf 'of:\n' >&2
		cut -c1-250 "$LOG" >&2
	fi
	return 1
}

# The figures that every format of the same log must have in common.
FIGURES='table.postscreen table.smtpd table.delivered postscreen.connects postscreen.blocked postscreen.come_back
	postscreen.gave_up postscreen.handed_off postscreen.open smtpd.connects smtpd.rejected_sessions
	smtpd.accepted_sessions smtpd.rejects smtpd.reject_warnings greylist.greylisted greylist.triplets greylist.passed
	greylist.never_returned greylist.still_open messages.received messages.submitted messages.local
	messages.delivered messages.deferred messages.expired recipients.delivered recipients.bounced
	recipients.deferred_attempts recipients.deferred recipients.deferred_waiting'

# all_figures: prints NAME=VALUE of those.
all_figures()
{
	local names values

	read -r -d '' -a names <<<"$FIGURES" || :
	export JSON=$output
	values=$(figure "${names[@]}") || return 1
	paste -d = <(printf '%s\n' "${names[@]}") - <<<"$values"
}

# events [OPTION|FILE]...: log-stats --events.
events()
{
	stats --events "$@"
}

# the_message FIRST_PID QID CLIENT SENDER RECIPIENT: lines in short, of a message that is received and delivered.
the_message()
{
	cat <<-EOF
		smtpd#$1 connect from $3
		smtpd#$1 $2: client=$3
		cleanup $2: message-id=<$2@example.net>
		qmgr $2: from=<$4>, size=1000, nrcpt=1 (queue active)
		smtpd#$1 disconnect from $3 ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
		virtual $2: to=<$5>, relay=virtual, delay=0.1, delays=0.1/0/0/0, dsn=2.0.0, status=sent (delivered to maildir)
		qmgr $2: removed
	EOF
}

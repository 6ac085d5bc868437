#!/usr/bin/perl
# SPDX-License-Identifier: BSD-2-Clause
# Sends the same random requests to postgrey and to grey-check and fails at the first answer or
# stored row that differs.
#
# replay.pl [--scenario=NAME]... [--seed=N] [--requests=N] [--against=PROGRAM]
# [--peer-option=OPTION]... [--store=STORE] [--engine=SCHEME] [--serve] [--list]
#
# --scenario     one of those that --list names; all of them by default
# --seed         the same seed makes the same requests (1)
# --requests     how many in each scenario, or in each run of one that has several
# --against      grey-check, or postgrey to see that the replay itself is sound
# --peer-option  given to the second program only, to see that a difference is found
# --store        where grey-check's greylist is; only answers and the log are compared then
# --engine       which engine keeps grey-check's greylist in its directory (bdb)
# --serve        grey-check is a server, as postgrey is, and no child for one connection
#
# grey-check is $GREY_BIN/grey-check, by default that of ../../bin. The stores are in /dev/shm if
# there is one, since postgrey waits for the disk after each answer; $REPLAY_DIR names another
# place. Exit: 0 equal, 1 a difference or a failure, 2 usage.
use strict;
use warnings;
use File::Spec;
use File::Temp ();
use FindBin;
use Getopt::Long;
use lib $FindBin::Bin;
use Replay::Coverage;
use Replay::Lists 'write_lists';
use Replay::Log;
use Replay::Program;
use Replay::Random;
use Replay::Rows;
use Replay::Scenario qw(scenario names);
use Replay::Traffic;

my $POSTGREY = '/usr/sbin/postgrey';
my $GREY_CHECK = ($ENV{GREY_BIN} || "$FindBin::Bin/../../bin") . '/grey-check';
my $ROWS_EVERY = 2500;   # requests between two looks into the databases of the running programs
my $OVERTIME = 2;       # how far a run may go on, as a factor, while something was not reached yet
my $HISTORY = 20;        # earlier requests shown beside one that failed

my %option = (seed => 1, against => 'grey-check', scenario => [], 'peer-option' => []);

# what grey-check answers where postgrey does so: without a recipient no link to nowhere
sub expected
{
	my ($request, $answer) = @_;
	my $recipient = $request->{attribute}{recipient};
	return $answer if $option{against} eq 'postgrey' || !defined $recipient || $recipient ne '';
	return $answer =~ s{, see http://\S*/help/\.html\z}{}r;
}

# what may differ in an answer: name and version of the program, and the time of day
sub masked
{
	my ($answer) = @_;
	return $answer =~ s/ by (?:postgrey|grey-check)-\S+ at / by PROGRAM at /r
	    =~ s/; [A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d [A-Z0-9+-]+$/; DATE/r;
}

# what triplets have in common that may be one: recipient, domain of the sender, start of the
# address
sub alike
{
	my ($request) = @_;
	my %value = (client_address => '', sender => '', recipient => '',
		%{ $request->{attribute} });
	my ($network) = lc($value{client_address}) =~ /^(\d+\.\d+|[0-9a-f]*:)/;
	return join("\0", defined $network ? $network : '', lc($value{recipient}),
		lc($value{sender} =~ s/^[^@]*//r));
}

sub printable { return $_[0] =~ s/([^\n\x20-\x7e])/sprintf('\\x%02x', ord $1)/ger }

sub told
{
	my ($request) = @_;
	my $attribute = $request->{attribute};
	my @value = map { defined $attribute->{$_} ? "$_=$attribute->{$_}" : () }
		('client_name', 'client_address', 'sender', 'recipient', 'instance');
	return printable("  $request->{number}: clock $request->{time}, " . join(', ', @value)
		. "\n"
		. "      $request->{outcome}: $request->{answer}\n");
}

# the earlier requests that have to do with a difference
sub history
{
	my (@earlier) = @_;
	my $left_out = @earlier > $HISTORY ? @earlier - $HISTORY : 0;
	splice(@earlier, 0, $left_out);
	return ("earlier requests that may be of this triplet"
		. ($left_out ? " ($left_out more before)" : '') . ":\n",
		@earlier ? map({ told($_) } @earlier) : "  none\n");
}

sub compare_rows
{
	my ($run) = @_;
	return if defined $option{store};
	my ($fault, $time) = Replay::Rows::compare($run->{directory}[0], $run->{directory}[1],
		$option{against} eq 'postgrey' ? 'any' : $run->{set}{host});
	return unless @$fault;
	die join('', "rows differ after request $run->{requests}[-1]{number}:\n",
		map({ "  $_" } @$fault),
		history(grep { $time->{ $_->{time} } } @{ $run->{requests} }));
}

# asks both, compares, and remembers
sub replay_one
{
	my ($run, $oracle, $peer) = @_;
	my $request = $run->{traffic}->next_request;
	my $alike = alike($request);
	my $sent = (defined $request->{before} ? $request->{before} : '') . $request->{bytes};
	push @{ $run->{requests} }, $request;
	my ($expected, $got) = eval {
		for my $program ($oracle, $peer) {
			$program->send_unanswered($request->{before}) if defined $request->{before};
			$program->send_bytes($request->{bytes});
		}
		map { $_->answer } $oracle, $peer;
	};
	my $fault = $@;
	my @message = $oracle->messages;
	push @{ $run->{peer_messages} }, $peer->messages;
	$expected = expected($request, $expected) if !$fault;
	if (!$fault && masked($expected) ne masked($got)) {
		$fault = printable("answers differ\n  $oracle->{kind}: $expected\n  "
			. "$peer->{kind}: $got\n");
	}
	die $fault, "messages of postgrey about it:\n", map({ "  $_\n" } @message),
		"request $request->{number} was:\n", printable($sent =~ s/^/  /gmr),
		history(@{ $run->{alike}{$alike} || [] }) if $fault;
	push @{ $run->{alike}{$alike} }, $request;
	push @{ $run->{log} }, Replay::Log::decisions('postgrey', @message);
	$request->{answer} = $expected;
	$request->{outcome} = $run->{coverage}->count($request, $expected, @message);
	$run->{traffic}->learn($request, $request->{outcome});
	return;
}

sub store_of
{
	my ($directory) = @_;
	return $option{store} if defined $option{store};
	return defined $option{engine} ? "$option{engine}:$directory" : $directory;
}

# both programs once from start to end, each on its directory
sub run_once
{
	my ($run, $number, $requests) = @_;
	my $set = $run->{set};
	my @common = (@{ $set->{options} }, @{ $run->{lists} }, '--max-age=36500');
	my @owner = $> == 0 ? (user => 'postgrey', group => 'postgrey')
	    : (user => scalar getpwuid($>), group => scalar getgrgid((split ' ', $))[0]));
	my $oracle = Replay::Program->start(kind => 'postgrey', path => $POSTGREY,
		base => "$run->{base}/oracle$number",
		directory => $run->{directory}[0], @owner, options => \@common);
	my $grey = $option{against} eq 'grey-check';
	my $peer = Replay::Program->start(kind => $option{against}, path => $grey ? $GREY_CHECK
		: $POSTGREY,
		base => "$run->{base}/peer$number",
		directory => $run->{directory}[1], store => store_of($run->{directory}[1]),
		serves => $option{serve}, @owner,
		options => [@common, $grey ? ('--log=stderr', @{ $set->{peer} }) : (),
			@{ $option{'peer-option'} }]);
	$oracle->messages;
	@$run{'log', 'peer_messages'} = ([], []);
	my $most = $number == $set->{runs} ? $requests * $OVERTIME : $requests;
	for (my $i = 1; $i <= $requests || $i <= $most && $run->{coverage}->missed; $i++) {
		replay_one($run, $oracle, $peer);
		compare_rows($run) if $i % $ROWS_EVERY == 0;
	}
	$_->stop for $oracle, $peer;
	my @its = Replay::Log::decisions($peer->{kind}, @{ $run->{peer_messages} },
		$peer->messages);
	my $fault = Replay::Log::difference($run->{log}, \@its);
	die printable($fault) if defined $fault;
	return compare_rows($run);
}

# two stores that both programs may use, below a directory that is removed in the end
sub stores
{
	my $place = $ENV{REPLAY_DIR} || (-d '/dev/shm' && -w _ ? '/dev/shm' : File::Spec->tmpdir);
	my $base = File::Temp->newdir('grey-replay.XXXXXX', DIR => $place);
	chmod(0755, $base) or die "can't chmod $base: $!\n";
	my @directory = map { "$base/$_" } 'one', 'two';
	for my $directory (@directory) {
		mkdir($directory, 0700) or die "can't make $directory: $!\n";
		next if $> != 0;
		my (undef, undef, $uid, $gid) = getpwnam('postgrey')
			or die "there is no user postgrey\n";
		chown($uid, $gid, $directory) or die "can't chown $directory: $!\n";
	}
	return ($base, @directory);
}

sub replay
{
	my ($set) = @_;
	my ($base, @directory) = stores();
	my $run = { set => $set, base => $base, directory => \@directory,
		lists => [write_lists($base)],
		requests => [], alike => {} };
	$run->{coverage} = Replay::Coverage->new($set, Replay::Traffic::kinds());
	Replay::Random::restart($option{seed});
	$run->{traffic} = Replay::Traffic->new($set);
	for my $number (1 .. $set->{runs}) {
		run_once($run, $number, $option{requests} || $set->{requests});
		$run->{directory} = [reverse @{ $run->{directory} }];
		$run->{traffic}->forget;
	}
	print $run->{coverage}->summary;
	my @missed = $run->{coverage}->missed;
	die join('', "never reached, so not tested:\n", map { printable("  $_\n") } @missed)
		if @missed;
	return scalar @{ $run->{requests} };
}

# true if the two were equal
sub report
{
	my ($set) = @_;
	my $arguments = join(' ', "--scenario=$set->{name}", "--seed=$option{seed}",
		$option{requests} ? "--requests=$option{requests}" : (),
		$option{against} ne 'grey-check' ? "--against=$option{against}" : (),
		defined $option{store} ? "--store=$option{store}" : (),
		defined $option{engine} ? "--engine=$option{engine}" : (),
		$option{serve} ? '--serve' : (),
		map { "--peer-option=$_" } @{ $option{'peer-option'} });
	print "replay $arguments\n";
	my $count = eval { replay($set) };
	my $rows = defined $option{store} ? '' : ', equal rows';
	print defined $count ? "  $count requests: equal answers$rows\n" : "  FAILED: $@";
	print "again with: $0 $arguments\n" unless defined $count;
	Replay::Program::kill_all();
	return defined $count;
}

sub usage { print STDERR "usage: replay.pl [--scenario=NAME]... [--seed=N] [--requests=N]\n",
	"       [--against=grey-check|postgrey] [--peer-option=OPTION]...\n",
	"       [--store=STORE] [--engine=SCHEME] [--serve] [--list]\n"; exit 2 }

sub main
{
	GetOptions(\%option, 'scenario=s@', 'seed=i', 'requests=i', 'against=s', 'peer-option=s@',
		'store=s', 'engine=s', 'serve', 'list') or usage();
	usage() if @ARGV || $option{against} !~ /^(?:grey-check|postgrey)$/;
	if ($option{list}) {
		print map { "$_\n" } names();
		return 0;
	}
	my @set = map { scenario($_) || usage() } @{ $option{scenario} } ? @{ $option{scenario} }
		: names();
	my $failed = grep { !report($_) } @set;
	return $failed ? 1 : 0;
}

$| = 1;
$SIG{INT} = $SIG{TERM} = $SIG{HUP} = sub { exit 1 };
END { my $status = $?; Replay::Program::kill_all(); $? = $status }
exit main();

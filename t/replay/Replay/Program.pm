# SPDX-License-Identifier: BSD-2-Clause
# One of the two programs at work: started, asked, and stopped. postgrey is a server on a socket of
# its own; grey-check is a child on a socketpair, as under spawn(8), or such a server. Nothing is
# left running: what was started is ended by its process id.
package Replay::Program;
use strict;
use warnings;
use Fcntl qw(F_SETFD FD_CLOEXEC);
use IO::Select;
use IO::Socket::UNIX;
use POSIX ':sys_wait_h';
use Socket;
use Time::HiRes qw(sleep time);

my $PATIENCE = 20;   # seconds for an answer, a start, or an end
my %running;         # pid => 1

# kind: postgrey or grey-check; path; directory, and the store in it as grey-check names it; base
# (for the socket and the messages); serves (grey-check is a server); user, group (the owner of the
# directory, or undef); options
sub start
{
	my ($class, %arg) = @_;
	my $self = bless { %arg, buffer => '', unread => '', lines => [],
		messages => "$arg{base}.messages" }, $class;
	die "there is no program $self->{path}\n" unless -x $self->{path};
	open($self->{log}, '+>', $self->{messages}) or die "can't write $self->{messages}: $!\n";
	$self->{serves} = 1 if $self->{kind} eq 'postgrey';
	$self->{socket} = $self->{serves} ? $self->start_server : $self->start_child;
	return $self;
}

# runs the program with these arguments, and with $stdin as stdin and stdout if there is one
sub spawn
{
	my ($self, $stdin, @argument) = @_;
	defined(my $pid = fork()) or die "can't fork: $!\n";
	if ($pid) {
		$running{$pid} = 1;
		return $self->{pid} = $pid;
	}
	open(STDERR, '>>', $self->{messages}) or POSIX::_exit(126);
	$stdin = '/dev/null' unless $stdin;
	open(STDIN, ref $stdin ? '<&' : '<', $stdin) or POSIX::_exit(126);
	open(STDOUT, ref $stdin ? '>&' : '>', $stdin) or POSIX::_exit(126);
	{ exec { $self->{path} } $self->{path}, @argument }
	POSIX::_exit(127);
}

sub arguments
{
	my ($self) = @_;
	return ("--store=$self->{store}", '--config=none', '--clock=request', @{ $self->{options} })
		if $self->{kind} ne 'postgrey';
	return ("--dbdir=$self->{directory}", @{ $self->{options} },
		defined $self->{user} ? ("--user=$self->{user}", "--group=$self->{group}") : ());
}

sub start_server
{
	my ($self) = @_;
	my $path = "$self->{base}.socket";
	unlink $path;
	$self->spawn(undef, $self->{kind} eq 'postgrey' ? "--unix=$path" : "--serve=unix:$path",
		$self->arguments);
	my $end = time + $PATIENCE;
	while (time < $end && !$self->ended) {
		my $socket = IO::Socket::UNIX->new(Peer => $path);
		return $socket if $socket;
		sleep 0.02;
	}
	die "$self->{kind} did not start\n" . $self->last_messages;
}

sub start_child
{
	my ($self) = @_;
	socketpair(my $ours, my $theirs, AF_UNIX, SOCK_STREAM, PF_UNSPEC)
		or die "can't make a socketpair: $!\n";
	fcntl($ours, F_SETFD, FD_CLOEXEC) or die "can't set close-on-exec: $!\n";
	$self->spawn($theirs, $self->arguments);
	close($theirs);
	return $ours;
}

# true if the process has ended; its status is kept
sub ended
{
	my ($self) = @_;
	return 1 unless $running{ $self->{pid} };
	return 0 unless waitpid($self->{pid}, WNOHANG) == $self->{pid};
	$self->{status} = $?;
	delete $running{ $self->{pid} };
	return 1;
}

sub wait_for_end
{
	my ($self) = @_;
	my $end = time + $PATIENCE;
	sleep 0.01 while !$self->ended && time < $end;
	return $self->ended;
}

sub send_bytes
{
	my ($self, $bytes) = @_;
	local $SIG{PIPE} = 'IGNORE';
	while (length $bytes) {
		my $written = syswrite($self->{socket}, $bytes);
		die "$self->{kind} does not read: $!\n" . $self->last_messages
			unless defined $written;
		substr($bytes, 0, $written, '');
	}
	return;
}

# the answer without its end; dies if there is none, or more than one
sub answer
{
	my ($self) = @_;
	my $select = IO::Select->new($self->{socket});
	until ($self->{buffer} =~ /\n\n/) {
		$select->can_read($PATIENCE) or die "$self->{kind} gave no answer\n"
			. $self->last_messages;
		sysread($self->{socket}, $self->{buffer}, 65536, length $self->{buffer})
		    or die "$self->{kind} ended without an answer\n" . $self->last_messages;
	}
	$self->{buffer} =~ s/\A(.*?)\n\n//s;
	my $answer = $1;
	die "$self->{kind} answered more than once: $answer\n\n$self->{buffer}"
		if length $self->{buffer};
	return $answer;
}

# Sends a request that gets no answer. postgrey must have read it before the next one comes: of two
# requests that it reads at once, the second one inherits the attributes of the first.
sub send_unanswered
{
	my ($self, $bytes) = @_;
	$self->send_bytes($bytes);
	return if $self->{kind} ne 'postgrey';
	my $end = time + $PATIENCE;
	until (grep { /^unrecognized request type: / } $self->read_messages) {
		die "postgrey says nothing about a request of another type\n" if time > $end;
		sleep 0.0005;
	}
	return;
}

# reads the messages written since and adds them to those that nobody took yet; whole lines without
# their ends
sub read_messages
{
	my ($self) = @_;
	1 while sysread($self->{log}, $self->{unread}, 65536, length $self->{unread});
	push @{ $self->{lines} }, $1 while $self->{unread} =~ s/\A(.*)\n//;
	return @{ $self->{lines} };
}

# takes the messages since the last call
sub messages
{
	my ($self) = @_;
	my @line = $self->read_messages;
	$self->{lines} = [];
	return @line;
}

sub last_messages
{
	my ($self) = @_;
	open(my $in, '<', $self->{messages}) or return '';
	my @line = <$in>;
	splice(@line, 0, @line - 10) if @line > 10;
	return @line ? join('', "last messages of $self->{kind}:\n", map { "  $_" } @line) : '';
}

# A server is told to end, a child finds the end of its input; dies if that does not end it, or not
# with 0.
sub stop
{
	my ($self) = @_;
	if ($self->{serves}) {
		# in this order: a signal just before its select(2) is noticed only at the next
		# event
		kill 'TERM', $self->{pid};
		close($self->{socket});
	} else {
		shutdown($self->{socket}, 1);
	}
	$self->wait_for_end or die "$self->{kind} does not end\n" . $self->last_messages;
	die sprintf("%s ended with status 0x%x\n", $self->{kind}, $self->{status})
		. $self->last_messages
	    if $self->{status} != 0;
	return if $self->{serves};
	my $rest = "";
	sysread($self->{socket}, $rest, 65536)
		and die "$self->{kind} wrote after its last answer: $rest\n";
	close($self->{socket});
	return;
}

sub kill_all { kill 'KILL', $_ for keys %running; waitpid($_, 0) for keys %running; return }

1;

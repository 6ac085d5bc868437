# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# postgrey.bash: for tests in which Debian's postgrey works on a store. Load common first.

need_postgrey()
{
	[ -x /usr/sbin/postgrey ] || skip "needs postgrey"
	[ "$(id -u)" -eq 0 ] || skip "needs root"
}

# run_postgrey STORE SOCKET LOG: one that works as nobody, whose the store has to be. HOLDER is its pid, which teardown
# has to stop.
run_postgrey()
{
	install -d -o nobody "${2%/*}"
	rm -f "$2"
	/usr/sbin/postgrey "--unix=$2" "--dbdir=$1" --user=nobody "--group=$(id -gn nobody)" --delay=300 \
		--hostname=mail.example.org >"$3" 2>&1 3>&- &
	HOLDER=$!
	wait_for 10 test -S "$2" || { cat "$3" >&2; return 1; }
}

stop_postgrey()
{
	stop_process "$HOLDER"
	HOLDER=
}

# ask_postgrey SOCKET: sends the requests on standard input, prints the answers.
ask_postgrey()
{
	perl -MIO::Socket::UNIX -e '
		my $socket = IO::Socket::UNIX->new(Peer => shift) or die "connect: $!\n";
		alarm 20;
		local $/ = "\n\n";
		while (my $request = <STDIN>) { $socket->print($request); $socket->flush; print scalar <$socket> }' "$1"
}

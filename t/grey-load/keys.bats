#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# grey-load: what somebody wrote gets the key that grey-check asks for, or is refused with what was meant.

# run sets stderr and stderr_lines. Perl has its own dollar signs.
# STORE and OPTIONS are set in the subshells that bats makes.
# shellcheck disable=SC2154,SC2016,SC2030,SC2031
load ../lib/dump

# json: lines of tab-separated fields to objects.
json()
{
	perl -MJSON::PP -ne 'chomp; my @f = split /\t/, $_, -1; my %o; @o{qw(network sender recipient first last host)} = @f;
		$_ += 0 for @o{qw(first last)}; $o{host} = undef if $o{host} eq ""; print JSON::PP->new->canonical->encode(\%o), "\n"'
}

# stored KEY_AND_VALUE FIELD...: a line of these fields, as tsv and as json, with OPTIONS, is stored so, and nothing is said.
stored()
{
	local line

	printf -v line '%s\t' "${@:2}"
	line=${line%$'\t'}
	for input in "$line" "$(json <<<"$line")"; do
		rm -rf "${STORE:?}"
		run -0 --separate-stderr bring "${OPTIONS[@]}" <<<"$input"
		[ "$stderr" = '' ] || fail "$input: $stderr"
		run -0 keys_and_values "$STORE"
		[ "$output" = "$1" ] || fail "$input: $output"
	done
}

@test "tsv and json: the client's address, or its network, in whatever form" {
	local OPTIONS=()

	stored '192.0.2.0/a@x/b@y 1000,2000,30' 192.0.2.30 a@x b@y 1000 2000 ''
	stored '192.0.2.0/a@x/b@y 1000,2000,7' 192.0.2.30 a@x b@y 1000 2000 7
	stored '192.0.2.0/a@x/b@y 1000,2000' 192.0.2.0 a@x b@y 1000 2000 ''
	stored '192.0.2.0/a@x/b@y 1000,2000' 192.0.2.0/24 a@x b@y 1000 2000 ''
	stored '192.0.2.0/a@x/b@y 1000,2000,30' 192.0.2.30/24 a@x b@y 1000 2000 ''
	stored '192.0.2.0/a@x/b@y 1000,2000,30' ::ffff:192.0.2.30 a@x b@y 1000 2000 ''
	stored '192.0.2.0/a@x/b@y 1000,2000,30' 'mail.example.com[192.0.2.30]' a@x b@y 1000 2000 ''
	stored '2001:db8:0:0:0:0:0:0/a@x/b@y 1000,2000' 2001:db8:: a@x b@y 1000 2000 ''
	stored '2001:db8:0:0:0:0:0:0/a@x/b@y 1000,2000' 2001:DB8::/64 a@x b@y 1000 2000 ''
	stored '2001:db8:0:0:0:0:0:0/a@x/b@y 1000,2000,2001:DB8:0:0:0:0:0:1' 2001:db8::1 a@x b@y 1000 2000 ''
}

@test "tsv and json: sender and recipient, in lower case and folded, without < and >" {
	local OPTIONS=()

	stored '192.0.2.0/a@x/b@y 1000,2000' 192.0.2.0 '<A@x>' '<B@Y>' 1000 2000 ''
	stored '192.0.2.0//b@y 1000,2000' 192.0.2.0 '<>' b@y 1000 2000 ''
	stored '192.0.2.0//b@y 1000,2000' 192.0.2.0 '' b@y 1000 2000 ''
	stored '192.0.2.0/list-#@x/b+7@y 1000,2000' 192.0.2.0 list-7+tag@x b+7@y 1000 2000 ''
	stored '192.0.2.0/user@x/b@y 1000,2000' 192.0.2.0 prvs=0123abcdef=user@x b@y 1000 2000 ''
	stored '192.0.2.0/a@x/b@y 1000,2000' 192.0.2.0 'from=<a@x>' 'to=<b@y>,' 1000 2000 ''
	stored '192.0.2.0/a/b@x/c/d@y 1000,2000' 192.0.2.0 a/b@x c/d@y 1000 2000 ''
	stored '192.0.2.0/<a>@x/b@y 1000,2000' 192.0.2.0 '<a>@x' b@y 1000 2000 ''
}

@test "tsv and json: with grey-check's options grey-check's keys" {
	local OPTIONS

	OPTIONS=(--ipv4cidr=20 --ipv6cidr=48)
	stored '192.0.0.0/a@x/b@y 1000,2000,192.0.2.30' 192.0.2.30 a@x b@y 1000 2000 ''
	stored '192.0.0.0/a@x/b@y 1000,2000' 192.0.0.0/20 a@x b@y 1000 2000 ''
	stored '2001:db8:1:0:0:0:0:0/a@x/b@y 1000,2000,2001:DB8:1:2:0:0:0:1' 2001:db8:1:2::1 a@x b@y 1000 2000 ''
	OPTIONS=(--lookup-by-host)
	stored '192.0.2.30/32/a@x/b@y 1000,2000' 192.0.2.30 a@x b@y 1000 2000 ''
	stored '192.0.2.30/32/a@x/b@y 1000,2000' 192.0.2.30/32 a@x b@y 1000 2000 ''
	stored '2001:db8:0:0:0:0:0:1/128/a@x/b@y 1000,2000' 2001:db8::1 a@x b@y 1000 2000 ''
	OPTIONS=(--privacy)
	stored "$(printf %s 192.0.2.0/a@x/b@y | sha1sum | cut -d ' ' -f 1) 1000,2000,30" 192.0.2.30 '<A@x>' b@y 1000 2000 ''
	rm -r "$STORE"
	bring --privacy <<<$'ABCDEF0000000000000000000000000000000001\t\t\t1000\t2000\t'
	bring --privacy <<<'{"key":"ABCDEF0000000000000000000000000000000002","first":1000,"last":2000}'
	run -0 keys_and_values "$STORE"
	assert_output $'abcdef0000000000000000000000000000000001 1000,2000\nabcdef0000000000000000000000000000000002 1000,2000'
}

@test "what was written by hand is what grey-check asks for, in every kind of key" {
	local options n=0 home=$STORE

	while read -r -a options; do
		STORE=$home$((++n))
		run -0 --separate-stderr bring "${options[@]}" <<<$'192.0.2.30\t<A+x@Example.net>\tB@example.org\t1000\t2000\t'
		assert_equal "$stderr" ''
		bring "${options[@]}" -c <<<$'2001:db8::1\t5\t2000'
		run -0 --separate-stderr check "${options[@]}" < <(at 2001; at 2001 client_address=2001:db8::1 sender=c@d)
		assert_output $'action=DUNNO\n\naction=DUNNO'
	done <<'END'
--delay=300
--lookup-by-host
--ipv4cidr=20
--ipv4cidr=32
--privacy
END
	assert_equal "$n" 5
}

# refused PATTERN FIELD...: as tsv and as json, with its line, and nothing is stored.
refused()
{
	local line input

	printf -v line '%s\t' "${@:2}"
	line=${line%$'\t'}
	for input in "$line" "$(json <<<"$line")"; do
		run -1 --separate-stderr bring "${OPTIONS[@]}" <<<"$input"
		[[ ${stderr_lines[0]} =~ ^grey-load:\ standard\ input:1:\ this\ record\  ]] || fail "$input: $stderr"
		[[ ${stderr_lines[0]} =~ $1 ]] || fail "$input: $stderr"
		run -0 keys_and_values "$STORE"
		assert_output ''
	done
}

@test "what can't be meant, or may mean two things, is refused with its line, what is wrong, and what to write" {
	local OPTIONS=()

	refused '"192\.0\.2\.0/25", but networks are of --ipv4cidr=24' 192.0.2.0/25 a@x b@y 1000 2000 ''
	refused '"2001:db8::/48", but networks are of --ipv6cidr=64' 2001:db8::/48 a@x b@y 1000 2000 ''
	refused '"192\.0\.2\.5/32", as --lookup-by-host stores it' 192.0.2.5/32 a@x b@y 1000 2000 ''
	refused '"192\.0\.2": it is not a whole address' 192.0.2 a@x b@y 1000 2000 ''
	refused '"mail\.example\.net": it is neither an address nor a network' mail.example.net a@x b@y 1000 2000 ''
	refused 'sender "Bob <a@x>", which is not one address' 192.0.2.0 'Bob <a@x>' b@y 1000 2000 ''
	refused 'recipient "b@y,c@z", which is not one address' 192.0.2.0 a@x b@y,c@z 1000 2000 ''
	refused 'first time, 2001, that is after its last, 2000' 192.0.2.0 a@x b@y 2001 2000 ''
	refused '95617584000, in the year 5000: times are in seconds, not milliseconds' 192.0.2.0 a@x b@y 95617583000 95617584000 ''
	refused 'times are in seconds' 192.0.2.0 a@x b@y 95617583000000 95617584000000 ''
	OPTIONS=(--lookup-by-host)
	refused '"192\.0\.2\.0/24", but with --lookup-by-host it needs' 192.0.2.0/24 a@x b@y 1000 2000 ''
}

@test "-c: addresses as grey-check writes them; networks and times to come are refused" {
	bring -c <<<$'2001:db8::1\t5\t2000\nmail.example.com[192.0.2.5]\t4\t1000'
	run -0 keys_and_values "$STORE" postgrey_clients.db
	assert_output $'192.0.2.5 4,1000\n2001:DB8:0:0:0:0:0:1 5,2000'
	run -1 --separate-stderr bring -c <<<$'192.0.2.0/24\t5\t2000\nmail.example.com\t5\t2000\n192.0.2.9\t5\t95617584000'
	assert_regex "${stderr_lines[0]}" ':1: .*"192\.0\.2\.0/24", a network; the auto-whitelist is of single addresses'
	assert_regex "${stderr_lines[1]}" ':2: .*"mail\.example\.com", which is not an address'
	assert_regex "${stderr_lines[2]}" ':3: .*year 5000'
	run -0 keys_and_values "$STORE" postgrey_clients.db
	assert_equal "${#lines[@]}" 2
}

@test "a whole key with a value, and a key of JSON, are no way around it" {
	bring <<<$'192.0.2.30/A@x/b@y\t1000,2000'
	bring <<<'{"key":"192.0.2.31/<C@x>/b@y","first":1000,"last":2000}'
	run -0 keys_and_values "$STORE"
	assert_output $'192.0.2.0/a@x/b@y 1000,2000,30\n192.0.2.0/c@x/b@y 1000,2000,31'
}

@test "--pass: as copied from a log" {
	local operands

	while read -r -a operands; do
		rm -rf "${STORE:?}"
		run -0 --separate-stderr bring --pass "${operands[@]}"
		assert_equal "$stderr" ''
		run -0 --separate-stderr check --clock=system < <(request)
		assert_output action=DUNNO
	done <<'END'
mail.example.net[192.0.2.30] <a@example.net> <b@example.org>
client=mail.example.net[192.0.2.30] from=<a@Example.net>, to=<b@example.org>,
client_address=192.0.2.30, sender=a@example.net, recipient=b@example.org
[192.0.2.30]:25 a+x@example.net B@example.org
END
	bring --pass 'unknown[192.0.2.30]' '<>' b@example.org
	run -0 --separate-stderr check --clock=system < <(request sender=)
	assert_output action=DUNNO
}

@test "--pass: passes whatever delay an entry says, up to the retry window, and stays passed" {
	bring --pass 192.0.2.30 a@example.net b@example.org
	run -0 --separate-stderr check --clock=system "--whitelist-clients=$(list 'example.net delay=1h')" \
		"--whitelist-recipients=$(list 'b@ delay=2d')" < <(request; request)
	assert_output $'action=DUNNO\n\naction=DUNNO'
	run -0 --separate-stderr check --clock=system "--whitelist-clients=$(list 'example.net delay=2d')" < <(request; request)
	assert_output $'action=DUNNO\n\naction=DUNNO'
	run -0 rows_of postgrey.db
	assert_output --regexp "^$KEY [0-9]+,[0-9]+,30\$"
	run -0 "$BIN/grey-expire" "--store=$STORE"
	run -0 "$BIN/grey-dump" -h "$STORE" --format=tsv
	assert_output --partial $'\tpassed\t0\t'
	rm -r "$STORE"
	bring --pass --delay=3d 192.0.2.30 a@example.net b@example.org
	run -0 --separate-stderr check --clock=system --delay=3d < <(request)
	assert_output action=DUNNO
}

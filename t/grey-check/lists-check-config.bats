#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# --check-config: what is wrong, or doubtful, in the lists of grey-check.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load ../lib/check

@test "--check-config: good options and lists are no news, and nothing is read or stored" {
	run -0 --separate-stderr check --check-config "--whitelist-clients=$(list '# none' example.net /a.b/)" < <(at 1)
	assert_equal "$stderr" ''
	run ! test -e "$STORE"
}

@test "--check-config: says which files were read, what for, and how many entries each has" {
	local clients recipients senders only
	clients=$(list '# none' example.net /a.b/ 192.0.2.0/24 'two words' EXAMPLE.net)
	recipients=$(list abuse@)
	senders=$(list 'a@b.example 192.0.2.1' 'a@b.example 192.0.2.2')
	only=$(list '# nobody')
	run -2 --separate-stderr "$BIN/grey-check" --check-config "--whitelist-clients=$clients" "--whitelist-clients=$clients.local" \
		"--whitelist-clients=/nonexistent" "--whitelist-recipients=$recipients" "--whitelist-senders=$senders" \
		"--greylist-recipients=$only"
	assert_output "$clients: 3 entries, clients that pass
$clients.local: does not exist, clients that pass
$recipients: 1 entry, recipients that pass
$senders: 2 entries, senders that pass
$only: 0 entries, the only recipients that are greylisted"
	assert_equal "${#stderr_lines[@]}" 3
}

@test "--check-config: every bad line of every list is told with file and line, the exit code is 2" {
	local clients recipients
	clients=$(list good.example 'two words' 192.0.2.1/33 '' '/(/' 300.1.2.3)
	recipients=$(list '# comment' 'user @example.org' good@)
	run -2 --separate-stderr check --check-config "--whitelist-clients=$clients" "--whitelist-recipients=$recipients"
	assert_equal "${stderr_lines[0]}" "grey-check: $clients:2: has blanks inside; one entry a line; the line is ignored"
	assert_equal "${stderr_lines[1]}" "grey-check: $clients:3: has a prefix that is not from 0 to 32; the line is ignored"
	assert_regex "${stderr_lines[2]}" "^grey-check: $clients:5: is not a regular expression, at character 2: .+; the line is ignored\$"
	assert_equal "${stderr_lines[3]}" "grey-check: $clients:6: is not an address; the line is ignored"
	assert_equal "${stderr_lines[4]}" "grey-check: $recipients:2: has blanks inside; one entry a line; the line is ignored"
	assert_equal "${#stderr_lines[@]}" 5
}

@test "--check-config: each file that can't be read is told, the exit code is 2" {
	run -2 --separate-stderr check --check-config --whitelist-clients=/nonexistent --whitelist-recipients=/nonexistent2 \
		--whitelist-clients=/nonexistent.local
	assert_equal "$stderr" "grey-check: /nonexistent: can't read this list: No such file or directory
grey-check: /nonexistent2: can't read this list: No such file or directory"
}

@test "--check-config: a store of an unknown kind is told, the exit code is 2" {
	run -2 --separate-stderr check --check-config --store=bogus:x
	assert_regex "$stderr" '--store=bogus:x: '
}

# doubted LIST PROBLEM ENTRY...: --check-config finds nothing but this, in the last entry, and requests only pass it over.
doubted()
{
	local file
	file=$(list "${@:3}")

	run -2 --separate-stderr check --check-config "--$1=$file"
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" "^grey-check: $file:$(($# - 2)): $2"
	run -0 --separate-stderr check -q --store=mem: "--$1=$file" </dev/null
	assert_equal "$stderr" ''
}

@test "--check-config: entries of clients that never match are told" {
	doubted whitelist-clients 'never matches: clients have names, without @$' good.example user@example.org
	doubted whitelist-clients 'never matches: \* is not a wildcard' '*.example.org'
	doubted whitelist-clients 'never matches: .* dot' example.org.
	doubted whitelist-clients 'never matches: .* dot' .example.org
	doubted whitelist-clients 'never matches: .* two in a row' a..example.org
	doubted whitelist-clients 'begins like a regular expression' '/^mail#[0-9]+/'
	doubted whitelist-clients 'never matches: it has a character that host names' 'mail[1].example.org'
	doubted whitelist-clients 'never matches: it is longer than a domain can be' "$(printf 'a%.0s' {1..64}).example"
	doubted whitelist-senders "is bound to '\*\.example\.net', which never matches: \*" 'a@b.example *.example.net'
}

@test "--check-config: entries of recipients and senders that never match are told" {
	local option

	for option in whitelist-recipients greylist-recipients whitelist-senders; do
		doubted "$option" 'never matches: an address is written without < and >' good@ '<a@example.org>'
		doubted "$option" 'never matches: \* is not a wildcard' '*@example.org'
		doubted "$option" 'never matches: for all of a domain, write the domain without @$' @example.org
		doubted "$option" 'never matches: .* dot' a@example.org.
		doubted "$option" 'never matches: .* dot' .example.org
		doubted "$option" 'begins like a regular expression' '/^a#b@/'
	done
}

@test "--check-config: what is there twice is told, in a file and across the files of an option" {
	local first
	doubted whitelist-clients 'is the same as line 1, which counts$' Example.org other.example example.ORG
	doubted whitelist-clients 'is the same as line 1, which counts$' 192.0.2 192.0.2.0/24
	doubted whitelist-clients 'is the same as line 1, which counts$' 'example.org delay=5' example.org
	doubted whitelist-clients 'is the same as line 1, which counts$' '/a.b/' '/a.b/'
	doubted whitelist-senders 'repeats a client of line 2, which counts$' 'a@b.example 192.0.2.1' 'c@b.example 192.0.2.1 192.0.2.1'

	first=$(list x.example same.example)
	doubted whitelist-recipients 'is the same as line 1, which counts$' a@ A@
	local second
	second=$(list new.example SAME.example)
	run -2 --separate-stderr check --check-config "--whitelist-clients=$first" "--whitelist-clients=$second"
	assert_equal "$stderr" "grey-check: $second:2: is the same as $first:2, which counts"
	run -0 --separate-stderr check --check-config "--whitelist-clients=$first" "--whitelist-recipients=$second"
	assert_equal "$stderr" ''
}

@test "--check-config: entries of one sender that are bound to other clients are not the same" {
	run -0 --separate-stderr check --check-config "--whitelist-senders=$(list 'a@b.example 192.0.2.1' 'a@b.example 192.0.2.2' a@b.example)"
	assert_equal "$stderr" ''
	doubted whitelist-senders 'is the same as line 1, which counts$' a@b.example 'a@b.example 192.0.2.2'
}

@test "--check-config: bits behind the prefix of a network are told" {
	doubted whitelist-clients 'has bits set after its prefix; it matches the whole network$' 192.0.2.0/24 198.51.100.1/24
	doubted whitelist-clients 'has bits set after its prefix' 2001:db8::/32 2001:db9::1/32
	run -0 --separate-stderr check --check-config "--whitelist-clients=$(list 192.0.2.1/32 10.0.0.0/8 2001:db8::1/128 ::/0)"
	assert_equal "$stderr" ''
}

@test "--check-config: a regexp that PCRE2 refuses, a bad delay and a bad client are told" {
	local file
	file=$(list '/(/' '/[z-a]/' 'x.example delay=x')
	run -2 --separate-stderr check --check-config "--whitelist-recipients=$file"
	assert_regex "${stderr_lines[0]}" "^grey-check: $file:1: is not a regular expression, at character 2: .+; the line is ignored\$"
	assert_regex "${stderr_lines[1]}" "^grey-check: $file:2: is not a regular expression, at character [0-9]: .+; the line is ignored\$"
	assert_regex "${stderr_lines[2]}" "^grey-check: $file:3: has a delay of 'x', which must be .+; the line is ignored\$"
	assert_equal "${#stderr_lines[@]}" 3
}

@test "--check-config: each list of each option is looked at" {
	local option file

	for option in whitelist-clients whitelist-recipients whitelist-senders greylist-recipients; do
		file=$(list '/(/')
		run -2 --separate-stderr check --check-config "--$option=$(list good.example)" "--$option=$file"
		assert_regex "$stderr" "^grey-check: $file:1: "
		assert_equal "${#stderr_lines[@]}" 1
	done
}

@test "--check-config: the lists of etc/ are clean, those of Debian's postgrey bring no bad line" {
	local name
	for name in clients recipients senders; do
		run -0 --separate-stderr check --check-config "--whitelist-$name=$ROOT/etc/whitelist_$name"
		assert_equal "$stderr" ''
	done
	[ -d /etc/postgrey ] || skip "needs postgrey's lists, in /etc/postgrey"
	run --separate-stderr check --check-config --whitelist-clients=/etc/postgrey/whitelist_clients \
		--whitelist-recipients=/etc/postgrey/whitelist_recipients
	assert [ "$status" -eq 0 -o "$status" -eq 2 ]
	refute_regex "$stderr" 'the line is ignored'
}

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

@test "--check-config: says how old a list is, by the newest date in its comments" {
	local today clients

	today=$(date -u +%F)
	clients=$(list '# made 2019-02-03, looked at on 2020-01-05' 'example.net # 2020-01-04, 2020-13-45, 2020-00-09' \
		2031-01-01.example.net '# 192.0.2.0-29, 1999')
	run -0 check --check-config "--whitelist-clients=$clients" < <(at 1)
	assert_line "$clients: 2 entries, clients that pass, of 2020-01-05, $((($(date +%s) - $(date -u -d 2020-01-05 +%s)) / 86400)) days old"
	clients=$(list "# $today" example.net)
	run -0 check --check-config "--whitelist-clients=$clients" < <(at 1)
	assert_line "$clients: 1 entry, clients that pass, of $today"
}

@test "the list of clients that is shipped has 80 to 120 entries of pools, each with a date and a reason" {
	run -0 grep -cE '^[a-z0-9.-]+ +# 20[0-9]{2}-[01][0-9]-[0-3][0-9] (pool|unique|codes|late)\b' "$ROOT/etc/whitelist_clients"
	[ "$output" -ge 80 ]
	[ "$output" -le 120 ]
	run -1 grep -vE '^($|#|localhost$|127\.|::1$)|# 20' "$ROOT/etc/whitelist_clients"
}

@test "--check-config: every bad line of every list is told with file and line, the exit code is 2" {
	local clients recipients
	clients=$(list good.example 'two words' 192.0.2.1/33 '' '/(/' 300.1.2.3)
	recipients=$(list '# comment' 'user @example.org' good@)
	run -2 --separate-stderr check --check-config "--whitelist-clients=$clients" "--whitelist-recipients=$recipients"
	assert_equal "${stderr_lines[0]}" "grey-check: $clients:2: \"two words\": there is a blank inside; write one entry per line; the line is ignored"
	assert_equal "${stderr_lines[1]}" "grey-check: $clients:3: \"192.0.2.1/33\": the prefix is not from 0 to 32; the line is ignored"
	assert_regex "${stderr_lines[2]}" "^grey-check: $clients:5: \"/\(/\": it is not a regular expression, at character 2: .+; the line is ignored\$"
	assert_equal "${stderr_lines[3]}" "grey-check: $clients:6: \"300.1.2.3\": it is neither an address nor a network, such as 192.0.2.1, 192.0.2, 192.0.2.0/24 or 2001:db8::/32; the line is ignored"
	assert_equal "${stderr_lines[4]}" "grey-check: $recipients:2: \"user @example.org\": there is a blank inside; write one entry per line; the line is ignored"
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
	assert_regex "$stderr" "^grey-check: $file:$(($# - 2)): \".+\": .*$2"
	run -0 --separate-stderr check -q --store=mem: "--$1=$file" </dev/null
	assert_equal "$stderr" ''
}

@test "--check-config: entries of clients that never match are told" {
	doubted whitelist-clients 'it never matches: clients have names, without @; write "example.org"$' good.example user@example.org
	doubted whitelist-clients 'never matches: \* is not a wildcard' '*.example.org'
	doubted whitelist-clients 'never matches: .* dot' example.org.
	doubted whitelist-clients 'never matches: .* dot' .example.org
	doubted whitelist-clients 'never matches: a domain has no two dots in a row$' a..example.org
	doubted whitelist-clients 'the # begins a comment, so that only "/\^mail" counts; .*\\x23' '/^mail#[0-9]+/'
	doubted whitelist-clients 'it never matches: host names do not have the character "\["$' 'mail[1].example.org'
	doubted whitelist-clients 'never matches: it is longer than a domain can be' "$(printf 'a%.0s' {1..64}).example"
	doubted whitelist-senders 'it never matches: \* is not a wildcard here; write "example.net"' 'a@b.example *.example.net'
}

@test "--check-config: entries of recipients and senders that never match are told" {
	local option

	for option in whitelist-recipients greylist-recipients whitelist-senders; do
		doubted "$option" 'it never matches: addresses are written without < and > here; write "a@example.org"$' good@ '<a@example.org>'
		doubted "$option" 'never matches: \* is not a wildcard' '*@example.org'
		doubted "$option" 'it never matches: a domain is written without @; write "example.org"' @example.org
		doubted "$option" 'never matches: .* dot' a@example.org.
		doubted "$option" 'never matches: .* dot' .example.org
		doubted "$option" 'the # begins a comment, so that only "/\^a" counts; .*\\x23' '/^a#b@/'
	done
}

@test "--check-config: what is there twice is told, in a file and across the files of an option" {
	local first
	doubted whitelist-clients 'is the same as line 1, which counts$' Example.org other.example example.ORG
	doubted whitelist-clients 'is the same as line 1, which counts$' 192.0.2 192.0.2.0/24
	doubted whitelist-clients 'is the same as line 1, which counts$' 'example.org delay=5' example.org
	doubted whitelist-clients 'is the same as line 1, which counts$' '/a.b/' '/a.b/'
	doubted whitelist-senders 'this client of the sender is also on line 2, which counts$' 'a@b.example 192.0.2.1' 'c@b.example 192.0.2.1 192.0.2.1'

	first=$(list x.example same.example)
	doubted whitelist-recipients 'is the same as line 1, which counts$' a@ A@
	local second
	second=$(list new.example SAME.example)
	run -2 --separate-stderr check --check-config "--whitelist-clients=$first" "--whitelist-clients=$second"
	assert_equal "$stderr" "grey-check: $second:2: \"same.example\": it is the same as $first:2, which counts"
	run -0 --separate-stderr check --check-config "--whitelist-clients=$first" "--whitelist-recipients=$second"
	assert_equal "$stderr" ''
}

@test "--check-config: entries of one sender that are bound to other clients are not the same" {
	run -0 --separate-stderr check --check-config "--whitelist-senders=$(list 'a@b.example 192.0.2.1' 'a@b.example 192.0.2.2' a@b.example)"
	assert_equal "$stderr" ''
	doubted whitelist-senders 'is the same as line 1, which counts$' a@b.example 'a@b.example 192.0.2.2'
}

@test "--check-config: bits behind the prefix of a network are told" {
	doubted whitelist-clients 'it has bits set after its prefix, and matches the whole network$' 192.0.2.0/24 198.51.100.1/24
	doubted whitelist-clients 'has bits set after its prefix' 2001:db8::/32 2001:db9::1/32
	run -0 --separate-stderr check --check-config "--whitelist-clients=$(list 192.0.2.1/32 10.0.0.0/8 2001:db8::1/128 ::/0)"
	assert_equal "$stderr" ''
}

@test "--check-config: a regexp that PCRE2 refuses, a bad delay and a bad client are told" {
	local file
	file=$(list '/(/' '/[z-a]/' 'x.example delay=x')
	run -2 --separate-stderr check --check-config "--whitelist-recipients=$file"
	assert_regex "${stderr_lines[0]}" "^grey-check: $file:1: \"/\(/\": it is not a regular expression, at character 2: .+; the line is ignored\$"
	assert_regex "${stderr_lines[1]}" "^grey-check: $file:2: \"/\[z-a\]/\": it is not a regular expression, at character [0-9]: .+; the line is ignored\$"
	assert_regex "${stderr_lines[2]}" "^grey-check: $file:3: \"x.example delay=x\": the delay \"x\" must be .+; the line is ignored\$"
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

@test "--check-config: what somebody else's programs or habits write is told, with the character and the cure" {
	doubted whitelist-clients 'a bare number, .*write 10\.0\.0\.0/8$' 10
	doubted whitelist-clients 'it has a no-break space \(U\+00A0\)' $'mail.example.org\u00a0'
	doubted whitelist-clients 'has "ü" \(U\+00FC\); .*xn--' müller.example
	doubted whitelist-clients 'without quotation marks; write "mail.example.org"$' '"mail.example.org"'
	doubted whitelist-clients 'write "192\.0\.2\.1"$' cidr:192.0.2.1
	doubted whitelist-clients 'without commas; write "a.example"$' a.example,
	doubted whitelist-clients '\* is not a wildcard here; write networks, such as' '192.0.2.*'
	doubted whitelist-recipients 'stands for a domain "abuse" .*write "abuse@"$' abuse
	doubted whitelist-recipients 'write "user@example.org"$' mailto:user@example.org
	doubted whitelist-senders 'the # begins a comment, so that only "user" counts' 'user#1@example.org'
	doubted whitelist-senders 'it has a zero-width character \(U\+200B\); delete it$' $'user@\u200bexample.org'
	doubted whitelist-senders 'it has the byte 0xA0, a no-break space in Latin-1' $'user@example.org\xa0'
	doubted whitelist-senders 'leave out "OK": all that is on a list is treated alike$' 'user@example.org OK'
}

# told LIST TEXT PROBLEM: --check-config finds nothing but this in a file of that text (as of printf), and requests pass it over.
told()
{
	local file

	file=$(mktemp "$BATS_TEST_TMPDIR/list.XXXXXX")
	# shellcheck disable=SC2059 # the text is the format
	printf "$2" >"$file"
	run -2 --separate-stderr check --check-config "--$1=$file"
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" "^grey-check: $file:$3"
	run -0 --separate-stderr check -q --store=mem: "--$1=$file" < <(at 1)
	assert_equal "$stderr" ''
}

@test "--check-config: a byte-order mark and carriage returns are told once, and do no harm" {
	told whitelist-clients '\xef\xbb\xbfexample.net\nother.example\n' '1: the file begins with a byte-order mark \(U\+FEFF\)'
	assert_output action=DUNNO
	told whitelist-clients '\xef\xbb\xbf# comment\nexample.net\n' '1: the file begins with a byte-order mark \(U\+FEFF\)'
	assert_output action=DUNNO
	told whitelist-clients '# comment\r\nexample.net\r\nother.example\r\n' '1: lines end with a carriage return \(U\+000D\)'
	assert_output action=DUNNO
}

@test "--check-config: lines that end with a carriage return alone, and UTF-16, are bad" {
	local file=$BATS_TEST_TMPDIR/file

	printf 'a@example.net\rb@example.net\r' >"$file"
	run -2 --separate-stderr check --check-config "--whitelist-senders=$file"
	assert_regex "$stderr" "$file:1: .*a carriage return \(U\+000D\) inside; end lines with LF; the line is ignored"
	printf '\xff\xfee\0x\0a\0m\0p\0l\0e\0\n\0' >"$file"
	run -2 --separate-stderr check --check-config "--whitelist-senders=$file"
	assert_regex "$stderr" "$file:1: .*there is a NUL byte in it; save the file as plain text, in UTF-8; the line is ignored"
}

@test "what can't be seen in an entry is shown in the message, and a long one is cut" {
	run -2 --separate-stderr check --check-config "--whitelist-clients=$(list $'a\u00a0b\u202e\x01\xfe.example' "$(printf 'x%.0s' {1..5000})")"
	assert_regex "${stderr_lines[0]}" ':1: "a<U\+00A0>b<U\+202E>\\x01\\xfe\.example": it never matches: '
	assert_regex "${stderr_lines[1]}" ':2: "x{92}\.\.\.": it is too long; the line is ignored$'
}

@test "unknown lets all clients without reverse DNS pass: it does so, is told by --check-config, and once in the log" {
	local file entry

	for entry in unknown Unknown '/^unknown$/'; do
		rm -rf "$STORE"
		file=$(list "$entry")
		run -2 --separate-stderr check --check-config "--whitelist-clients=$file"
		assert_regex "$stderr" "^grey-check: $file:1: \"[^\"]*\": every client without reverse DNS has the name \"unknown\", so all of them pass; "
		run -0 --separate-stderr check -q "--whitelist-clients=$file" < <(at 1 client_name=unknown; at 2 client_name=unknown)
		assert_line --index 0 action=DUNNO
		assert_regex "$stderr" "^grey-check: $file:1: .*\"unknown\", so all of them pass"
		assert_equal "${#stderr_lines[@]}" 1
		run -0 --separate-stderr check -q "--whitelist-clients=$file" < <(at 1 client_name=unknown)
		assert_equal "$stderr" ''
	done
	run -0 --separate-stderr check --check-config "--whitelist-clients=$(list 'unknown delay=20m')"
	assert_equal "$stderr" ''
	run -2 --separate-stderr check --check-config "--whitelist-senders=$(list 'a@b.example unknown')"
	assert_regex "$stderr" '"unknown": every client without reverse DNS .*, so the sender passes from all of them'
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

#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The lists of grey-check: who passes, who is greylisted, who waits how long; --check-config. The forms of entries are in
# t/unit/list.c, what happens when a list changes in lists-changed.bats.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load lib/check

@test "--whitelist-clients: clients on any of the lists pass, and nothing is stored of them" {
	run -0 --separate-stderr check "--whitelist-clients=$(list example.net)" --whitelist-clients "$(list 198.51.100 '/^relay/')" \
		< <(at 1; at 2 client_name=x client_address=198.51.100.7; at 3 client_name=Relay7; at 4 client_name=other)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 action=DUNNO
	assert_line --index 2 action=DUNNO
	assert_line --index 3 "$GREYLISTED"
	assert_equal "$(grep -c 'reason=client whitelist' <<<"$stderr")" 3
	run -0 rows_of postgrey.db
	assert_output '192.0.2.0/a@example.net/b@example.org 4,4,30'
}

@test "--whitelist-recipients: recipients on any of the lists are not greylisted" {
	run -0 --separate-stderr check "--whitelist-recipients=$(list example.com)" --whitelist-recipients="$(list postmaster@ j@example.org)" \
		< <(at 1 recipient=any@sub.example.com; at 2 recipient=postmaster+x@y; at 3 recipient=j@example.org; at 4)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 action=DUNNO
	assert_line --index 2 action=DUNNO
	assert_line --index 3 "$GREYLISTED"
	assert_equal "$(grep -c 'reason=recipient whitelist' <<<"$stderr")" 3
}

@test "the client list comes before the recipient list" {
	run -0 --separate-stderr check "--whitelist-clients=$(list example.net)" "--whitelist-recipients=$(list example.org)" < <(at 1)
	assert_regex "$stderr" 'reason=client whitelist'
}

@test "a sender on many lines costs no more than on one, and each client counts with its line" {
	local senders=$BATS_TEST_TMPDIR/senders
	seq 1 20000 | sed 's/.*/news.example.org 10.1.2.3 192.0.2.30/;2,$s/192.0.2.30/198.51.100.7/' >"$senders"
	echo 'news.example.org 203.0.113.9' >>"$senders"
	run -0 --separate-stderr check "--whitelist-senders=$senders" < <(at 1 sender=a@news.example.org
		at 1 sender=a@news.example.org client_address=203.0.113.9; at 1 sender=a@news.example.org client_address=203.0.113.8)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 action=DUNNO
	assert_line --index 2 --partial DEFER_IF_PERMIT
	run -0 --separate-stderr check --explain "--whitelist-senders=$senders" --client-address=203.0.113.9 --sender=a@news.example.org \
		--recipient=b@example.org
	assert_line "rule     $senders:20001"
}

@test "a list that is a pipe is refused, and not waited for" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	run -1 --separate-stderr timeout 10 "$BIN/grey-check" --store=mem: --log=stderr "--whitelist-clients=$BATS_TEST_TMPDIR/pipe" </dev/null
	assert_equal "${stderr_lines[0]}" "grey-check: $BATS_TEST_TMPDIR/pipe: can't read this list: it is no file"
}

@test "a bad line of a list is told, and the others count" {
	local file
	file=$(list 'two words' example.net)
	run -0 --separate-stderr check "--whitelist-clients=$file" < <(at 1)
	assert_output action=DUNNO
	assert_equal "${stderr_lines[0]}" "grey-check: $file:1: has blanks inside; one entry a line; the line is ignored"
}

@test "a list that can't be read ends it, but for a .local that does not exist" {
	run -1 --separate-stderr check --whitelist-clients=/nonexistent < <(at 1)
	assert_output ''
	assert_equal "${stderr_lines[0]}" "grey-check: /nonexistent: can't read this list: No such file or directory"
	run -0 --separate-stderr check --whitelist-clients=/nonexistent.local < <(at 1)
	assert_output "$GREYLISTED"
	run -1 --separate-stderr check --whitelist-recipients="$BATS_TEST_TMPDIR" < <(at 1)
	assert_regex "$stderr" "can't read this list: Is a directory"
}

@test "--check-config: good options and lists are no news, and nothing is read or stored" {
	run -0 --separate-stderr check --check-config "--whitelist-clients=$(list '# none' example.net /a.b/)" < <(at 1)
	assert_output ''
	assert_equal "$stderr" ''
	run ! test -e "$STORE"
}

@test "--check-config: every bad line of every list is told with file and line, the exit code is 2" {
	local clients recipients
	clients=$(list good.example 'two words' 192.0.2.1/33 '' '/(/' 300.1.2.3)
	recipients=$(list '# comment' 'user @example.org' good@)
	run -2 --separate-stderr check --check-config "--whitelist-clients=$clients" "--whitelist-recipients=$recipients"
	assert_output ''
	assert_equal "${stderr_lines[0]}" "grey-check: $clients:2: has blanks inside; one entry a line; the line is ignored"
	assert_equal "${stderr_lines[1]}" "grey-check: $clients:3: has a prefix that is not from 0 to 32; the line is ignored"
	assert_regex "${stderr_lines[2]}" "^grey-check: $clients:5: is no regular expression, at character 2: .+; the line is ignored\$"
	assert_equal "${stderr_lines[3]}" "grey-check: $clients:6: is no address; the line is ignored"
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

@test "--whitelist-senders: addresses, users, domains and their subdomains, and regexps pass; nothing is stored of them" {
	run -0 --separate-stderr check "--whitelist-senders=$(list one@sender.example '/^x[0-9]+@/')" \
		--whitelist-senders "$(list news@ friends.example)" < <(
		at 1 sender=One@Sender.example
		at 2 sender=one+tag@sender.example
		at 3 sender=x12@any.example
		at 4 sender=news+daily@any.example
		at 5 sender=any@friends.example
		at 6 sender=any@list.friends.example
		at 7 sender=two@sender.example
		at 8 sender=any@notfriends.example
		at 9 sender=)
	local i
	for i in 0 1 2 3 4 5; do
		assert_line --index "$i" action=DUNNO
	done
	for i in 6 7 8; do
		assert_line --index "$i" "$GREYLISTED"
	done
	assert_equal "$(grep -c 'action=pass, reason=sender whitelist, client_name=' <<<"$stderr")" 6
	run -0 rows_of postgrey.db
	assert_equal "${#lines[@]}" 3
	refute_output --partial ' 1,1,'
}

@test "--whitelist-senders: the null sender passes by a regexp" {
	run -0 --separate-stderr check "--whitelist-senders=$(list '/^$/')" < <(at 1 sender=; at 2)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 "$GREYLISTED"
}

@test "--whitelist-senders: an entry that is bound to clients only holds for these" {
	run -0 --separate-stderr check "--whitelist-senders=$(list 'bank.example 192.0.2.0/25 mx.bank.example /^relay[0-9]/')" < <(
		at 1 sender=a@bank.example client_address=192.0.2.1 client_name=unknown
		at 2 sender=a@bank.example client_address=192.0.2.129 client_name=unknown
		at 3 sender=a@bank.example client_address=203.0.113.1 client_name=out.MX.bank.example
		at 4 sender=a@bank.example client_address=203.0.113.2 client_name=relay7.example.net
		at 5 sender=a@bank.example client_address=203.0.114.3 client_name=bank.example
		at 6 sender=a@other.example client_address=192.0.2.1)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 "$GREYLISTED"
	assert_line --index 2 action=DUNNO
	assert_line --index 3 action=DUNNO
	assert_line --index 4 "$GREYLISTED"
	assert_line --index 5 "$GREYLISTED"
}

@test "--whitelist-senders: entries of one sender that are bound to several clients all count" {
	run -0 --separate-stderr check "--whitelist-senders=$(list 'a@x.example 192.0.2.1' 'a@x.example 192.0.2.2')" < <(
		at 1 sender=a@x.example client_address=192.0.2.1
		at 2 sender=a@x.example client_address=192.0.2.2
		at 3 sender=a@x.example client_address=192.0.2.3)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 action=DUNNO
	assert_line --index 2 "$GREYLISTED"
}

@test "--greylist-recipients: only these are greylisted, the others pass and nothing is stored of them" {
	run -0 --separate-stderr check "--greylist-recipients=$(list example.org)" --greylist-recipients "$(list vip@ '/^o.*@x$/')" < <(
		at 1
		at 2 recipient=any@sub.Example.org
		at 3 recipient=vip+1@elsewhere.example
		at 4 recipient=on@x
		at 5 recipient=b@elsewhere.example
		at 6 recipient=b@notexample.org)
	local i
	for i in 0 1 2 3; do
		assert_line --index "$i" --partial action=DEFER_IF_PERMIT
	done
	assert_line --index 4 action=DUNNO
	assert_line --index 5 action=DUNNO
	assert_regex "$stderr" 'action=pass, reason=recipient not greylisted, client_name=mail\.example\.net, .*recipient=b@elsewhere\.example'
	run -0 rows_of postgrey.db
	assert_equal "${#lines[@]}" 4
	refute_output --partial elsewhere.example\ 5
}

@test "--greylist-recipients: whitelists win, and an empty list greylists nobody" {
	run -0 --separate-stderr check "--greylist-recipients=$(list example.org)" "--whitelist-recipients=$(list postmaster@)" \
		"--whitelist-clients=$(list trusted.example)" < <(
		at 1 recipient=postmaster@example.org
		at 2 client_name=trusted.example
		at 3)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 action=DUNNO
	assert_line --index 2 "$GREYLISTED"
	assert_regex "$stderr" 'reason=recipient whitelist'
	assert_regex "$stderr" 'reason=client whitelist'
	run -0 --separate-stderr check "--greylist-recipients=$(list '# none')" < <(at 1)
	assert_output action=DUNNO
	assert_regex "$stderr" 'reason=recipient not greylisted'
}

# waits SECONDS OPTION...: the request above waits that long, and passes then.
waits()
{
	run -0 --separate-stderr check --store=mem: --greylist-text=%s "${@:2}" < <(at 1000; at $((999 + $1)); at $((1000 + $1)))
	assert_line --index 0 "action=DEFER_IF_PERMIT $1"
	assert_line --index 1 'action=DEFER_IF_PERMIT 1'
	assert_line --index 2 --partial "delayed $1 seconds"
}

@test "delay= behind an entry is the delay of what it matches, in all units" {
	waits 90 "--whitelist-clients=$(list 'example.net delay=90')"
	waits 90 "--whitelist-clients=$(list '192.0.2.0/24  delay=90s # slow')"
	waits 600 "--whitelist-clients=$(list $'/^mail/\tdelay=10m')"
	waits 7200 "--whitelist-recipients=$(list 'b@ delay=2h')"
	waits 400 "--greylist-recipients=$(list 'example.org delay=400')"
}

@test "delay=: what no entry matches has the delay of --delay" {
	waits 300 "--whitelist-clients=$(list 'other.example delay=90')" "--whitelist-recipients=$(list 'c@ delay=80')"
	waits 500 --delay=500 "--whitelist-clients=$(list 'other.example delay=90')"
}

@test "delay=: a client's comes before a recipient's, and before that of --greylist-recipients" {
	waits 90 "--whitelist-clients=$(list 'example.net delay=90')" "--whitelist-recipients=$(list 'b@ delay=80')"
	waits 80 "--whitelist-recipients=$(list 'b@ delay=80')" "--greylist-recipients=$(list 'example.org delay=70')"
}

@test "delay=: an entry without, on any whitelist, passes nevertheless" {
	local slow slow_recipient
	slow=$(list 'example.net delay=90')
	slow_recipient=$(list 'b@ delay=90')

	run -0 --separate-stderr check "--whitelist-clients=$slow" "--whitelist-recipients=$(list b@)" < <(at 1)
	assert_output action=DUNNO
	assert_regex "$stderr" 'reason=recipient whitelist'
	run -0 --separate-stderr check "--whitelist-clients=$slow" "--whitelist-senders=$(list a@example.net)" < <(at 1)
	assert_output action=DUNNO
	assert_regex "$stderr" 'reason=sender whitelist'
	run -0 --separate-stderr check "--whitelist-clients=$(list example.net)" "--whitelist-recipients=$slow_recipient" < <(at 1)
	assert_output action=DUNNO
	assert_regex "$stderr" 'reason=client whitelist'
}

@test "delay=: of a file the most specific entry counts" {
	local clients
	clients=$(list 'example.net delay=90' 'mail.example.net delay=80' 'slow.mail.example.net delay=70')
	waits 80 "--whitelist-clients=$clients"
	run -0 --separate-stderr check "--whitelist-clients=$(list example.net 'mail.example.net delay=80')" < <(at 1
		at 2 client_name=mx.example.net)
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 action=DUNNO
}

@test "delay=0 passes at once and is stored, but has no header and says nothing of its client" {
	run -0 --separate-stderr check "--whitelist-recipients=$(list 'b@ delay=0')" --auto-whitelist-clients=1 < <(at 1000
		at 1000 recipient=c@example.org)
	assert_line --index 0 action=DUNNO
	assert_line --index 1 --partial DEFER_IF_PERMIT
	refute_regex "$stderr" 'whitelisted|delay='
	run -0 rows_of postgrey.db
	assert_line '192.0.2.0/a@example.net/b@example.org 1000,1000,30'
}

@test "delay=: the clients that waited are auto-whitelisted as all others" {
	run -0 --separate-stderr check "--whitelist-clients=$(list 'example.net delay=90')" --auto-whitelist-clients=1 < <(
		at 1000; at 1090; at 1091 sender=other@example.net)
	assert_line --index 2 action=DUNNO
	assert_regex "$stderr" 'whitelisted: mail\.example\.net\[192\.0\.2\.30\]'
}

@test "of several files for one option the first that has an entry counts, whatever it says" {
	local pass slow
	pass=$(list example.net)
	slow=$(list '# none' 'mail.example.net delay=90')

	run -0 --separate-stderr check "--whitelist-clients=$pass" "--whitelist-clients=$slow" < <(at 1)
	assert_output action=DUNNO
	waits 90 "--whitelist-clients=$slow" "--whitelist-clients=$pass"
	waits 90 "--whitelist-clients=$(list other.example)" "--whitelist-clients=$slow" "--whitelist-clients=$pass"
	waits 80 "--whitelist-recipients=$(list 'example.org delay=80')" "--whitelist-recipients=$(list b@example.org)"
	waits 70 "--greylist-recipients=$(list 'example.org delay=70')" "--greylist-recipients=$(list 'b@example.org delay=60')"
	waits 70 "--greylist-recipients=$(list 'example.com delay=60')" "--greylist-recipients=$(list 'b@example.org delay=70')"
}

@test "delay=: what is no delay makes a line bad, and senders have clients there" {
	local value file

	for value in delay= delay=x delay=-1 delay=1.5h delay=36526d 'delay=1 delay=2' delayed=1 'delay=9 x'; do
		file=$(list "mail.example.net $value")
		run -0 --separate-stderr check --store=mem: "--whitelist-clients=$file" < <(at 1)
		assert_output "$GREYLISTED"
		assert_regex "${stderr_lines[0]}" "^grey-check: $file:1: .+; the line is ignored\$"
	done
	file=$(list 'a@example.net 192.0.2.0/33')
	run -0 --separate-stderr check "--whitelist-senders=$file" < <(at 1)
	assert_output "$GREYLISTED"
	assert_equal "${stderr_lines[0]}" \
		"grey-check: $file:1: is bound to '192.0.2.0/33', which has a prefix that is not from 0 to 32; the line is ignored"
}

# doubted LIST PROBLEM ENTRY...: --check-config finds nothing but this, in the last entry, and requests only pass it over.
doubted()
{
	local file
	file=$(list "${@:3}")

	run -2 --separate-stderr check --check-config "--$1=$file"
	assert_output ''
	assert_equal "${#stderr_lines[@]}" 1
	assert_regex "$stderr" "^grey-check: $file:$(($# - 2)): $2"
	run -0 --separate-stderr check -q --store=mem: "--$1=$file" </dev/null
	assert_equal "$stderr" ''
}

@test "--check-config: entries of clients that never match are told" {
	doubted whitelist-clients 'never matches: clients have names, without @$' good.example user@example.org
	doubted whitelist-clients 'never matches: \* is no wildcard' '*.example.org'
	doubted whitelist-clients 'never matches: .* dot' example.org.
	doubted whitelist-clients 'never matches: .* dot' .example.org
	doubted whitelist-clients 'never matches: .* two in a row' a..example.org
	doubted whitelist-clients 'begins like a regular expression' '/^mail#[0-9]+/'
	doubted whitelist-clients 'never matches: it has a character that names of hosts' 'mail[1].example.org'
	doubted whitelist-clients 'never matches: it is longer than a domain can be' "$(printf 'a%.0s' {1..64}).example"
	doubted whitelist-senders "is bound to '\*\.example\.net', which never matches: \*" 'a@b.example *.example.net'
}

@test "--check-config: entries of recipients and senders that never match are told" {
	local option

	for option in whitelist-recipients greylist-recipients whitelist-senders; do
		doubted "$option" 'never matches: an address stands without < and >' good@ '<a@example.org>'
		doubted "$option" 'never matches: \* is no wildcard' '*@example.org'
		doubted "$option" 'never matches: all of a domain is the domain without @$' @example.org
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
	doubted whitelist-clients 'has bits set behind its prefix; it matches the whole network$' 192.0.2.0/24 198.51.100.1/24
	doubted whitelist-clients 'has bits set behind its prefix' 2001:db8::/32 2001:db9::1/32
	run -0 --separate-stderr check --check-config "--whitelist-clients=$(list 192.0.2.1/32 10.0.0.0/8 2001:db8::1/128 ::/0)"
	assert_equal "$stderr" ''
}

@test "--check-config: a regexp that PCRE2 refuses, a bad delay and a bad client are told" {
	local file
	file=$(list '/(/' '/[z-a]/' 'x.example delay=x')
	run -2 --separate-stderr check --check-config "--whitelist-recipients=$file"
	assert_regex "${stderr_lines[0]}" "^grey-check: $file:1: is no regular expression, at character 2: .+; the line is ignored\$"
	assert_regex "${stderr_lines[1]}" "^grey-check: $file:2: is no regular expression, at character [0-9]: .+; the line is ignored\$"
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
		[ -e "$ROOT/etc/whitelist_$name" ] || continue
		run -0 --separate-stderr check --check-config "--whitelist-$name=$ROOT/etc/whitelist_$name"
		assert_equal "$stderr" ''
	done
	[ -d /etc/postgrey ] || skip "needs postgrey's lists, in /etc/postgrey"
	run --separate-stderr check --check-config --whitelist-clients=/etc/postgrey/whitelist_clients \
		--whitelist-recipients=/etc/postgrey/whitelist_recipients
	assert [ "$status" -eq 0 -o "$status" -eq 2 ]
	refute_regex "$stderr" 'the line is ignored'
}

#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The lists of grey-check: who passes, and who is greylisted. The forms of entries are in t/unit/list.c, what happens
# when a list changes in lists-changed.bats, -spoilt and -looks.

# run sets stderr and stderr_lines.
# shellcheck disable=SC2154
load ../lib/check

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
	assert_equal "${stderr_lines[0]}" "grey-check: $BATS_TEST_TMPDIR/pipe: can't read this list: it is not a file"
}

@test "a bad line of a list is told, and the others count" {
	local file
	file=$(list 'two words' example.net)
	run -0 --separate-stderr check "--whitelist-clients=$file" < <(at 1)
	assert_output action=DUNNO
	assert_equal "${stderr_lines[0]}" "grey-check: $file:1: \"two words\": there is a blank inside; write one entry per line; the line is ignored"
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

@test "--whitelist-senders: the null sender passes by <>, from some clients or from all" {
	run -0 --separate-stderr check "--whitelist-senders=$(list '<>')" < <(at 1 sender=; at 2; at 3 'sender=<>')
	assert_line --index 0 action=DUNNO
	assert_line --index 1 "$GREYLISTED"
	assert_line --index 2 "$GREYLISTED"
	run -0 --separate-stderr check --store=mem: "--whitelist-senders=$(list '<> other.example 198.51.100.0/24')" < <(
		at 1 sender=; at 1 sender= client_address=198.51.100.7; at 1 sender= client_name=mx.other.example)
	assert_line --index 0 "$GREYLISTED"
	assert_line --index 1 action=DUNNO
	assert_line --index 2 action=DUNNO
	run -0 --separate-stderr check --check-config "--whitelist-senders=$(list '<>')"
}

@test "--whitelist-senders: a sender with a BATV tag is on the list as without, as it is one triplet" {
	local entry

	for entry in user@sender.example user@ 'user@ 192.0.2.0/24' '/^user@sender\.example$/'; do
		run -0 --separate-stderr check --store=mem: "--whitelist-senders=$(list "$entry")" < <(
			at 1 sender=prvs=0123abcdef=user@sender.example; at 1 sender=prvs=user=0123abcdef@sender.example
			at 1 sender=prvs=0123abcdef=other@sender.example)
		assert_line --index 0 action=DUNNO
		assert_line --index 1 action=DUNNO
		assert_line --index 2 "$GREYLISTED"
	done
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

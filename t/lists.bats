#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The lists of grey-check: clients and recipients that pass, --check-config. The forms of entries are in t/unit/list.c.

# run sets stderr and stderr_lines; check takes options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load lib/check

# list TEXT...: writes the lines to a file and prints its name.
list()
{
	local file
	file=$(mktemp "$BATS_TEST_TMPDIR/list.XXXXXX")
	printf '%s\n' "$@" >"$file"
	echo "$file"
}

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

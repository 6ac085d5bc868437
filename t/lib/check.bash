# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# check.bash: for tests that ask grey-check on a pipe, with a store and a clock of their own.

load ../lib/common

setup_file()
{
	need_program grey-check
}

setup()
{
	STORE=$BATS_TEST_TMPDIR/store
}

# request [NAME=VALUE...]: prints a request; what is given here counts, since it comes last.
request()
{
	printf '%s\n' request=smtpd_access_policy client_address=192.0.2.30 client_name=mail.example.net \
		sender=a@example.net recipient=b@example.org "$@" ''
}

# at SECONDS [NAME=VALUE...]: a request at this time.
at()
{
	request "policy_test_time=$1" "${@:2}"
}

# check [OPTION...]: grey-check with a store of this test's own, the log on standard error, the clock of the requests.
check()
{
	"$BIN/grey-check" "--store=$STORE" --log=stderr --clock=request "${NO_LISTS[@]}" "$@"
}

# No list of this machine's counts.
NO_LISTS=(--whitelist-clients=/dev/null --whitelist-recipients=/dev/null --whitelist-senders=/dev/null)

# list TEXT...: writes the lines to a file and prints its name.
list()
{
	local file
	file=$(mktemp "$BATS_TEST_TMPDIR/list.XXXXXX")
	printf '%s\n' "$@" >"$file"
	echo "$file"
}

# keys_and_values STORE [DATABASE]: "key value" a line. A database that can't be read is a failure, and not an empty one.
keys_and_values()
{
	(
		set -o pipefail
		db_dump -p -h "$1" "${2-postgrey.db}" | sed '1,/^HEADER=END/d; /^DATA=END/d' | sed 'N; s/^ \(.*\)\n /\1 /'
	)
}

# rows_of DATABASE: its rows, "key value" a line, read as root after grey-check has ended.
rows_of()
{
	keys_and_values "$STORE" "$1"
}

# What is answered to the request above when it is new.
# shellcheck disable=SC2034
GREYLISTED='action=DEFER_IF_PERMIT Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'

# The key of its record.
# shellcheck disable=SC2034
KEY=192.0.2.0/a@example.net/b@example.org

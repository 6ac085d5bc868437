#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# To forget a person: what grey-dump finds of an address, grey-load --delete takes away, and nothing else.

# run sets stderr and stderr_lines; helpers take options, where a test has some.
# shellcheck disable=SC2154,SC2119,SC2120
load ../lib/dump

# forget OPTION [OPTION...]: the recipe, with the options that both programs have after the first one.
forget()
{
	set -o pipefail
	dump "$@" | bring --delete
}

# left: the triplets that are left, sender and recipient.
left()
{
	dump --format=tsv | cut -f 2,3 | sort
}

fill()
{
	check --log=none --auto-whitelist-clients=1 "$@" >/dev/null < <(
		at 1000
		at 1000 client_address=198.51.100.7 sender=A@EXAMPLE.net recipient=c@example.org
		at 1000 client_address=2001:db8::a sender=a+list@example.net recipient=d@example.org
		at 1000 client_address=203.0.113.9 sender=prvs=1234abcdef=a@example.net recipient=e@example.org
		at 1000 sender=other@example.net recipient=A@example.net
		at 1000 sender=other@example.net recipient=a+list@example.net
		at 1000 sender=aa@example.net; at 1000 sender=a@example.net.example
		at 1000 sender=bounce-4711-2026@example.net
		at 1000 sender=; at 1300)
}

@test "all mails from a person, from every network, with extension or BATV tag, go, and nothing else does" {
	fill
	run -0 --separate-stderr forget --sender=a@example.net
	assert_equal "$output$stderr" ''
	run -0 left
	assert_output $'\tb@example.org\na@example.net.example\tb@example.org\naa@example.net\tb@example.org
bounce-#-#@example.net\tb@example.org\nother@example.net\ta+list@example.net\nother@example.net\ta@example.net'
	run -0 dump --count --sender=a@example.net
	assert_output $'waiting\t0\npassed\t0\nexpired\t0\nunreadable\t0'
}

@test "the address may be copied as a log has it: in any case, in brackets, with its extension, its tag, its numbers" {
	local given

	for given in A@Example.NET '<a@example.net>' a+any@example.net prvs=987fffffff=a@example.net; do
		rm -rf "${STORE:?}"
		fill
		forget "--sender=$given"
		run -0 left
		refute_line --regexp $'^a@example.net\t'
		assert_equal "${#lines[@]}" 6
	done
	forget --sender=Bounce-12-3@example.net
	run -0 left
	refute_line --partial bounce
	assert_equal "${#lines[@]}" 5
}

@test "numbers in a sender are in the store as # only: whoever has the same address but for them goes as well" {
	check --log=none >/dev/null < <(at 1 sender=jo.1985@example.net; at 1 sender=jo.1986@example.net; at 1 sender=jo1985@example.net)
	forget --sender=jo.1985@example.net
	run -0 left
	assert_output $'jo1985@example.net\tb@example.org'
}

@test "all mails to a person go; with an extension they are others, which a pattern finds" {
	fill
	forget --recipient=a@example.net
	run -0 left
	refute_line $'other@example.net\ta@example.net'
	assert_line $'other@example.net\ta+list@example.net'
	forget '--recipient=a+*@example.net'
	run -0 left
	refute_line --partial $'\ta'
	assert_equal "${#lines[@]}" 8
}

@test "an address with ? or * in it is a pattern as well, so that others may go" {
	check --log=none >/dev/null < <(at 1 'sender=a?b@example.net'; at 1 sender=axb@example.net)
	forget '--sender=a?b@example.net'
	run -0 left
	assert_output ''
}

@test "a person's own mail server goes from the auto-whitelist by its address" {
	fill
	check --log=none --auto-whitelist-clients=1 >/dev/null < <(at 1000 client_address=2001:db8::a; at 1400 client_address=2001:db8::a)
	run -0 dump -c --format=tsv
	assert_equal "${#lines[@]}" 2
	dump -c --client=192.0.2.30 | bring -c --delete
	run -0 dump -c --format=tsv
	assert_output --regexp '^2001:DB8:0:0:0:0:0:A'
	assert_equal "${#lines[@]}" 1
	dump -c --client=2001:db8::a | bring -c --delete
	run -0 dump -c --format=tsv
	assert_output ''
}

@test "with --lookup-by-host it is the same" {
	fill --lookup-by-host
	dump --sender=a@example.net | bring --delete --lookup-by-host
	run -0 left
	refute_line --regexp $'^a@example.net\t'
	assert_equal "${#lines[@]}" 6
}

# key_of [OPTION...]: of what is asked, as --explain says it.
key_of()
{
	"$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --privacy "$@" | sed -n 's/^triplet *//p'
}

@test "with --privacy nothing finds a sender, but who knows the triplet has its key" {
	local key

	fill --privacy
	run -0 dump --format=tsv
	assert_equal "${#lines[@]}" 10
	run -0 dump --format=tsv --sender=a@example.net
	assert_output ''
	key=$(key_of --client-address=2001:db8::b --sender=a+list@example.net --recipient=d@example.org)
	dump --format=tsv | grep "^$key" | bring --delete --privacy
	run -0 dump --format=tsv
	assert_equal "${#lines[@]}" 9
	refute_output --partial "$key"
	# The key is no more than this.
	key=$(printf %s 192.0.2.0/a@example.net/b@example.org | sha1sum | cut -c 1-40)
	dump --format=tsv | grep "^$key" | bring --delete --privacy
	run -0 dump --format=tsv
	assert_equal "${#lines[@]}" 8
}

@test "with --privacy a client goes from the auto-whitelist by the sum of its address" {
	local key

	fill --privacy
	key=$(printf %s 192.0.2.30 | sha1sum | cut -c 1-40)
	run -0 dump -c --format=tsv
	assert_line --regexp "^$key"
	grep "^$key" <<<"$output" | bring -c --delete --privacy
	run -0 dump -c --format=tsv
	assert_output ''
}

@test "who mails while it is done is found again" {
	fill
	dump --sender=a@example.net >"$BATS_TEST_TMPDIR/found"
	check --log=none >/dev/null < <(at 1400)
	bring --delete <"$BATS_TEST_TMPDIR/found"
	run -0 left
	assert_line $'a@example.net\tb@example.org'
	forget --sender=a@example.net
	run -0 left
	refute_line $'a@example.net\tb@example.org'
}

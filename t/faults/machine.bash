# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2154 # bats sets them
# machine.bash: a store that needs a recovery, and what must be true of it after a call of the system has failed in one.

# make_records: DIR/template, a store of 400 records of which the last 45 are only in the log, and which nobody has open;
# DIR/expected, them; DIR/after, a request.
make_records()
{
	STORE=$DIR/template
	mkdir -m 700 "$STORE"
	requests 355 | check >"$DIR/answers"
	flock "$STORE/grey.lock" db_checkpoint -1 -h "$STORE"
	requests 400 | tail -n +$((355 * 6 + 1)) | check >>"$DIR/answers"
	assert_equal "$(grep -c '^action=DEFER' "$DIR/answers")" 400
	rm "$STORE"/__db.*
	STORE=$DIR/store
	copy_template
	triplets >"$DIR/expected"
	assert_equal "$(wc -l <"$DIR/expected")" 400
	request after@example.net >"$DIR/after"
}

copy_template()
{
	rm -rf "$STORE"
	cp -a "$DIR/template" "$STORE"
}

triplets()
{
	"$BIN/grey-dump" --format=tsv "--store=$STORE" | cut -f 1-6 | LC_ALL=C sort
}

# harmed: says what harm a process has come to that answered DIR/out and said DIR/err; fails if none. Whatever failed in
# it, nothing is lost, nothing is repaired, and the next process goes on.
harmed()
{
	local said=1

	case $(cat "$DIR/out") in
		"$DEFERRED" | "$PASSED") ;;
		*) echo "it answered: $(cat "$DIR/out")" && said=0 ;;
	esac
	if [ "$(cat "$DIR/out")" = "$PASSED" ] && ! grep -q '; answering DUNNO' "$DIR/err"; then
		echo "it passed mail without a word" && said=0
	fi
	[ "$("$BIN/grey-check" "--store=$STORE" --log=none --quiet <"$DIR/after")" = "$DEFERRED" ] ||
		{ echo "the next one did not go on" && said=0; }
	triplets >"$DIR/now"
	[ -z "$(LC_ALL=C comm -23 "$DIR/expected" "$DIR/now")" ] ||
		{ echo "lost: $(LC_ALL=C comm -23 "$DIR/expected" "$DIR/now" | wc -l)" && said=0; }
	[ -z "$(find "$STORE" -name '*.corrupt-*' -o -name 'logs.*' -o -name 'repair.*')" ] ||
		{ echo "repaired: $(ls "$STORE")" && said=0; }
	return "$said"
}

# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# expire.sh - the section `expire` of run.sh, which sources it
#
# Environment: GREY_EXPIRE; EXPIRE_RATE= (empty) lets the checks beside an
# expiry come as fast as they are answered.

# shellcheck disable=SC2154 # run.sh sets $tmp and the like
GREY_EXPIRE=${GREY_EXPIRE:-bin/grey-expire}
DB_LOAD=${DB_LOAD:-db_load}
EXPIRE_SMALL=${EXPIRE_SMALL:-10000}
EXPIRE_LARGE=${EXPIRE_LARGE:-1000000}
EXPIRE_POSTGREY=${EXPIRE_POSTGREY:-10000}
EXPIRE_SECONDS=${EXPIRE_SECONDS:-5}
EXPIRE_RATE=${EXPIRE_RATE-1000}

expiry_pid=

# make_old RECORDS - a store with so many, half of them 40 to 50 days old, the
# others of today, in $store; the same ones each time
make_old()
{
	store=$(mktemp -d "$tmp/store.XXXXXX")
	awk -v records="$1" -v now="$(date +%s)" '
	function number(below) { return int(rand() * below) }
	BEGIN {
		srand(1)
		for (i = 0; i < records; i++) {
			last = now - (rand() < 0.5 ? \
			    (40 + rand() * 10) * 86400 : rand() * 86400)
			printf "10.%d.%d.0/sender%d@host%d.example/user%d@example.org\n",
			    number(200), number(250), i, number(1000),
			    number(300)
			printf "%d,%d,%d\n", last - 400, last, number(256)
		}
	}' | "$DB_LOAD" -T -t btree "$store/postgrey.db"
}

# copy_store - a new copy of the store $made, in $store
copy_store()
{
	store=$(mktemp -d "$tmp/store.XXXXXX")
	cp "$made/postgrey.db" "$store/"
}

# start_expiry [OPTION] - one on the store $store, in the background
start_expiry()
{
	"$GREY_EXPIRE" -q --store="$store" "$@" &
	expiry_pid=$!
}

# It ends by itself.
end_expiry()
{
	if [ -n "$expiry_pid" ]; then
		result=0
		wait "$expiry_pid" || result=$?
		expiry_pid=
		return "$result"
	fi
}

# postgrey_loop DIRECTORY - what postgrey's do_maintenance() does each night
# with the triplets, in the environment that postgrey opens
# shellcheck disable=SC2016 # Perl expands them
postgrey_loop()
{
	"$BENCH_USAGE" "$tmp/line" perl -e '
		use strict;
		use warnings;
		use BerkeleyDB;
		my ($home, $now) = @ARGV;
		my ($delay, $max_age, $window) = (300, 35 * 86400, 2 * 86400);
		my $env = BerkeleyDB::Env->new(-Home => $home,
		    -Flags => DB_CREATE | DB_RECOVER | DB_INIT_TXN |
			DB_INIT_MPOOL | DB_INIT_LOG,
		    -SetFlags => DB_AUTO_COMMIT) or die "$home: $!\n";
		tie my %db, "BerkeleyDB::Btree", -Filename => "postgrey.db",
		    -Flags => DB_CREATE, -Env => $env or die "$home: $!\n";
		my @old_keys;
		while (my ($key, $value) = each %db) {
			my ($first, $last) = split(/,/, $value);
			if (not defined $last) {
				push @old_keys, $key;
			} elsif ($now - $last > $max_age) {
				push @old_keys, $key;
			} elsif ($last - $first < $delay and
			    $now - $last > $window) {
				push @old_keys, $key;
			}
		}
		for my $key (@old_keys) { delete $db{$key}; }' \
	    "$1" "$(date +%s)"
}

# expire_round RECORDS - alone, then once more with nothing left to delete,
# then with --compact and --compact=shrink
expire_round()
{
	copy_store
	for step in expire again --compact --compact=shrink; do
		case $step in
		expire | again) option= ;;
		*) option=$step ;;
		esac
		usage "$GREY_EXPIRE" --store="$store" ${option:+"$option"} ||
		    die "grey-expire failed"
		record "$1 $step" "$tmp/expire.figures"
	done
	rm -rf "$store"
}

expire_table()
{
	echo
	echo "Expiry: half of the records are old, nobody else at work, each" \
	    "step after the one before; times in ms, memory in KiB," \
	    "Berkeley DB's shared cache included"
	medians "$tmp/expire.figures" | awk -F '\t' '
	BEGIN {
		printf "%-16s %9s %10s %10s %10s %14s\n", "step",
		    "records", "wall", "CPU", "memory", "us per record"
	}
	{
		split($1, part, " ")
		printf "%-16s %9d %10.1f %10.1f %10d %14.2f\n", part[2],
		    part[1], $2 / 1000, $3 / 1000, $4, $2 / part[1]
	}'
}

# expire_checks_round - 10 connections, without and with an expiry that begins
# with them
expire_checks_round()
{
	for how in without plain --compact; do
		copy_store
		case $how in
		plain) start_expiry ;;
		--compact) start_expiry --compact ;;
		esac
		load_grey_check 10 -w new -n 1000000000 \
		    -t "$EXPIRE_SECONDS" ${EXPIRE_RATE:+-r "$EXPIRE_RATE"}
		end_expiry || die "grey-expire failed"
		record "$how" "$tmp/expire-checks.figures"
		rm -rf "$store"
	done
}

expire_checks_table()
{
	echo
	echo "Checks beside grey-expire: $EXPIRE_SECONDS s, 10 connections," \
	    "new triplets, ${EXPIRE_RATE:-all possible} requests a second," \
	    "$EXPIRE_LARGE records, half of them old; an expiry begins with" \
	    "the checks"
	medians "$tmp/expire-checks.figures" |
	    awk -F '\t' -v runs="$tmp/expire-checks.figures" '
	BEGIN {
		printf "%-16s %10s %9s %9s %9s %9s %10s %10s\n", "expiry",
		    "requests/s", "p50", "p99", "above", "p99.9", "longest",
		    "worst run"
		while ((getline line <runs) > 0) {
			split(line, part, "\t")
			if (part[6] + 0 > worst[part[1]] + 0)
				worst[part[1]] = part[6]
		}
	}
	{
		if ($1 == "without")
			without = $4
		printf "%-16s %10d %9.1f %9.1f %9.1f %9.1f %10.1f %10.1f\n",
		    $1, $2, $3, $4, $4 - without, $5, $6, worst[$1]
	}'
}

section_expire()
{
	for records in "$EXPIRE_SMALL" "$EXPIRE_LARGE"; do
		progress "expire: making a store of $records records"
		make_old "$records"
		made=$store
		for run in $(seq "$RUNS"); do
			progress "expire: $records records, run $run"
			expire_round "$records"
		done
		[ "$records" != "$EXPIRE_LARGE" ] || break
		rm -rf "$made"
	done
	for run in $(seq "$RUNS"); do
		progress "expire: checks, run $run"
		expire_checks_round
	done
	rm -rf "$made"
	if perl -MBerkeleyDB -e 1 2>/dev/null; then
		progress "expire: postgrey's loop, $EXPIRE_POSTGREY records"
		make_old "$EXPIRE_POSTGREY"
		postgrey_loop "$store" || die "postgrey's loop failed"
		record "$EXPIRE_POSTGREY postgrey's-loop" "$tmp/expire.figures"
		rm -rf "$store"
	fi
	expire_table
	expire_checks_table
}

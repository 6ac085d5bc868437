# shellcheck shell=sh
# SPDX-License-Identifier: BSD-2-Clause
#
# postfix.sh - the section `postfix` of run.sh, which sources it
#
# A Postfix of this run's own (t/lib/postfix.bash), with an smtpd for each way
# to be asked, which take turns. A session has one sender, never seen before, and one
# recipient, who is deferred; what responds to that is the only difference.
#
# Environment: the sizes below.

# shellcheck disable=SC2154 # run.sh sets $tmp and the like
POSTFIX_SESSIONS=${POSTFIX_SESSIONS:-3000}
POSTFIX_CLIENTS=${POSTFIX_CLIENTS:-1 10 50}
mail_tests=${0%/*}/../t
mail_servers=

# mail FUNCTION [ARGUMENT...] - one of t/lib/postfix.bash
mail()
{
	programs=$(cd "${GREY_CHECK%/*}" && pwd)
	# shellcheck disable=SC2016 # bash expands them
	PF_SYSLOG=untouched PF_DIR="$tmp/postfix" GREY_BIN="$programs" \
	    bash -c '. "$0/lib/common.bash" && . "$0/lib/postfix.bash" && "$@"' \
	    "$mail_tests" "$@"
}

stop_mail()
{
	for pid in $mail_servers; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" || :
	done
	mail_servers=
	if [ -d "$tmp/postfix" ]; then
		mail pf_stop
	fi
}

mail_engines()
{
	echo bdb lmdb | tr ' ' '\n' | while read -r engine; do
		ldd "$GREY_CHECK" | grep -q "lib${engine#b}" && echo "$engine"
	done
}

# serve_mail ENGINE - one server, asked in the place of a service of spawn(8)
serve_mail()
{
	sed -i "s|unix:private/serve-$1\$|unix:private/resident-$1|" \
	    "$tmp/postfix/etc/master.cf"
	"$tmp/postfix/bin/grey-check" --config=none \
	    --store="$1:$tmp/postfix/store/serve-$1" \
	    --log=file:"$tmp/postfix/mail/serve-$1.log" \
	    --serve=unix:"$tmp/postfix/queue/private/resident-$1" \
	    </dev/null 2>"$tmp/serve.err" &
	mail_servers="$mail_servers $!"
}

start_mail()
{
	mkdir -m 755 "$tmp/postfix"
	mail pf_init "$tmp/postfix"
	install -m 755 "$BENCH_NULL" "$tmp/postfix/bin/null"
	echo "user=nobody argv=$tmp/postfix/bin/null -d" \
	    >"$tmp/postfix/service/null"
	for engine in $(mail_engines); do
		for way in spawn serve; do
			mail pf_service "$way-$engine" --config=none \
			    --log=file:"$tmp/postfix/mail/$way-$engine.log"
			sed -i "s|--store=|--store=$engine:|" \
			    "$tmp/postfix/service/$way-$engine"
		done
	done
	mail pf_start
	for engine in $(mail_engines); do
		serve_mail "$engine"
	done
	mail pf_reload
}

# mail_round CLIENTS - each way once
mail_round()
{
	for way in null $(for engine in $(mail_engines); do
		echo "spawn-$engine serve-$engine"
	done); do
		seed=$((seed + 1))
		perl "${0%/*}/sessions.pl" "$(mail pf_port "$way")" "$1" \
		    "$POSTFIX_SESSIONS" "$seed" >"$tmp/line" ||
		    { tail "$tmp/postfix/mail.log" >&2; die "$way: wrong reply"; }
		record "$1 $way" "$tmp/postfix.rates"
	done
}

mail_table()
{
	echo
	echo "Postfix $(postconf -dh mail_version): $POSTFIX_SESSIONS sessions a" \
	    "run, each with a new triplet, every decision logged"
	medians "$tmp/postfix.rates" | awk -F '\t' '
	BEGIN {
		printf "%-11s %7s %12s %8s %8s\n", "asked", "clients",
		    "sessions/s", "x null", "x spawn"
	}
	{
		split($1, part, " ")
		split(part[2], way, "-")
		if (part[2] == "null")
			null = $2
		if (way[1] == "spawn")
			spawn = $2
		printf "%-11s %7s %12.1f %8.3f %8s\n", part[2], part[1], $2,
		    $2 / null,
		    way[1] == "serve" ? sprintf("%.3f", $2 / spawn) : "-"
	}'
}

section_postfix()
{
	if missing=$(PF_SYSLOG=untouched mail pf_missing); then
		progress "postfix: $missing"
		return
	fi
	progress "postfix: starting it"
	seed=$(($$ % 10000 * 1000))
	start_mail
	for clients in $POSTFIX_CLIENTS; do
		for run in $(seq "$RUNS"); do
			progress "postfix: $clients, run $run"
			mail_round "$clients"
		done
	done
	stop_mail
	mail_table
}

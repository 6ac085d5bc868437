# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# check-postfix.bash: for tests of grey-check --check-postfix: a real Postfix, and each mistake that an administrator
# makes in a copy of its configuration, in CF.

load spawn

services()
{
	local name
	# shellcheck disable=SC2034
	local PF_GROUP=postdrop # for pf_service

	printf '%s\n' mail.example.com 198.51.100.0/28 >"$PF_DIR/clients"
	echo 0.0.0.0/0 >"$PF_DIR/everybody"
	pf_service greylist --delay=300 --log=postlog "--whitelist-clients=$PF_DIR/clients"
	pf_service open --log=postlog "--whitelist-clients=$PF_DIR/everybody"
	pf_service broken
	chmod 0777 "$(pf_store broken)"
	for name in greylist open broken; do
		pf_main "${name}_time_limit = 3600s"
	done
}

# A copy of the configuration with one service of ours, asked as README says.
setup()
{
	skip_if_set
	CF=$(mktemp -d "$PF_DIR/cf.XXXXXX")
	cp "$PF_DIR/etc"/* "$CF"
	postconf -c "$CF" -MX broken/unix "127.0.0.1:$(pf_port broken)/inet" open/unix "127.0.0.1:$(pf_port open)/inet"
	postconf -c "$CF" -PX "127.0.0.1:$(pf_port greylist)/inet/smtpd_recipient_restrictions"
	ask 'reject_unauth_destination, reject_unlisted_recipient, check_policy_service { unix:private/greylist, timeout=10s, default_action=DUNNO }'
}

# ask RESTRICTIONS: smtpd_recipient_restrictions of main.cf
ask()
{
	postconf -c "$CF" -e "smtpd_recipient_restrictions = $1"
}

# spawn ARGUMENT: the greylist's entry, after "argv=PROGRAM --store=STORE"
spawn()
{
	postconf -c "$CF" -M "greylist/unix = greylist unix - n n - 0 spawn user=${USER_OF_SERVICE-nobody:postdrop} argv=$PF_DIR/bin/grey-check --store=${STORE-$(pf_store greylist)} $1"
}

# check: runs it; what only concerns a postgrey of this machine is left out. (Postfix reads a file that has just been
# written to again and again, a second each time, until it is sure of it.)
check()
{
	touch -d '1 minute ago' "$CF"/*.cf
	"$PF_DIR/bin/grey-check" --check-postfix -c "$CF" >"$CF/out" 2>"$CF/err" || echo "exit $?" >>"$CF/out"
	sed '/^Greylisting works/d' "$CF/out" | awk -v old="postgrey's list|seems to ask postgrey|postgrey still runs" '
		!/^ / { left_out = $0 ~ old }
		!left_out'
}

# pasted: runs what the last check would have one paste; each line has to be taken.
pasted()
{
	sed -n 's/^ *\(postconf .*\)$/\1/p' "$CF/out" >"$CF/paste"
	[ -s "$CF/paste" ] && bash -e "$CF/paste"
}

# finds KIND TEXT: one of what is found is of this kind, and has the text.
finds()
{
	assert_line --regexp "^$1 +.*$2"
}

# mended: what is to be pasted is taken, and then nothing is left to mend.
mended()
{
	pasted && check >"$CF/again"
	cat "$CF/paste" "$CF/again"
	! grep -E '^(FAULT|remark|exit)' "$CF/again"
}

# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# spawn.bash: for tests of grey-check behind spawn(8), in one throwaway Postfix that setup_file starts in PF_DIR.

load lib/common
load lib/postfix

setup()
{
	skip_if_set
}

teardown_file()
{
	local status=0

	[ -n "${PF_DIR-}" ] || return 0
	pf_stop || status=1
	rm -rf "$PF_DIR"
	return $status
}

# What smtpd says when grey-check has put somebody off.
# shellcheck disable=SC2034
GREYLISTED='Recipient address rejected: Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'

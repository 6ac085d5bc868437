# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# spawn.bash: for tests of grey-check behind spawn(8), in one throwaway Postfix in PF_DIR. The test's function services
# says what that is to have, by pf_service.

load ../lib/common
load ../lib/postfix

setup_file()
{
	unset PF_DIR # teardown_file removes it
	SKIP=$(pf_missing) && export SKIP && return 0
	need_program grey-check
	BATS_TEST_TIMEOUT=$(as_long 600)
	export BATS_TEST_TIMEOUT
	PF_DIR=$(work_dir)
	pf_init "$PF_DIR"
	services
	pf_start
}

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

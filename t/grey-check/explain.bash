# shellcheck shell=bash
# SPDX-License-Identifier: BSD-2-Clause
# explain.bash: for tests of grey-check --explain.

load ../lib/check

# What is answered to a request that is new.
# shellcheck disable=SC2034
NEW='DEFER_IF_PERMIT 4.2.0 Greylisted, see http://postgrey.schweikert.ch/help/example.org.html'

# explain TIME [OPTION...]: of the request of `at TIME`.
explain()
{
	TZ=UTC "$BIN/grey-check" "--store=$STORE" "${NO_LISTS[@]}" --explain --client-address=192.0.2.30 \
		--client-name=mail.example.net --sender=a@example.net --recipient=b@example.org "--time=$1" "${@:2}"
}

# fields TIME [OPTION...]: the same in JSON, one name=value a line; null where there is nothing.
fields()
{
	explain "$@" --format=json | perl -MJSON::PP -e '
		my $json = JSON::PP->new->canonical->allow_nonref;
		my $object = $json->decode(do { local $/; <STDIN> });
		print "$_=", ref $object->{$_} || !defined $object->{$_} ? $json->encode($object->{$_}) : $object->{$_}, "\n"
			for sort keys %$object'
}

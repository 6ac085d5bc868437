# SPDX-License-Identifier: BSD-2-Clause
# Sender and recipient addresses. Each is [label, sub that makes one]; what a sub varies from call
# to call is mostly what the folding takes away again, so that the same triplet recurs under many
# faces.
package Replay::Senders;
use strict;
use warnings;
use Exporter 'import';
use Replay::Random qw(digits tag_like pick between);
our @EXPORT_OK = qw(@SENDERS @RECIPIENTS);

sub ext { return '+' . join('', map { pick('a' .. 'z', 0 .. 9) } 1 .. between(1, 6)) }

my @BATV = (
	['tag first', sub { 'prvs=' . tag_like() . '=user@batv.test' }],
	['tag second', sub { 'prvs=user=' . tag_like() . '@batv.test' }],
	['two tags', sub { 'prvs=' . tag_like() . '=aaaaaaaaaa@batv.test' }],
	['no tag', sub { 'prvs=' . pick('one', 'two') . '=user@batv.test' }],
	['a user like a tag', sub {
		'prvs=administrator=' . pick('a1b2c3d4e5', '0987654321') . '@batv.test';
	}],
	['a tag of nine', sub { 'prvs=123456789=1234567890@batv.test' }],
	['a tag of thirteen', sub { 'prvs=0123456789abc=user@batv.test' }],
	['a tag in upper case', sub { 'prvs=user=A1B2C3D4E' . pick('5', 'F') . '@batv.test' }],
	['a tag, then more', sub { 'prvs=0123456789-x=user@batv.test' }],
	['one part', sub { pick('prvs=', 'prvs==', 'prvs===') . '@batv.test' }],
	['two parts', sub { 'prvs=' . pick('a1b2c3d4e5', '0987654321') . '@batv.test' }],
	['four parts', sub { 'prvs=0123456789=b=c@batv.test' }],
	['four parts, one empty', sub { 'prvs=0123456789==user@batv.test' }],
	['an empty end', sub { 'prvs=' . tag_like() . '=user=@batv.test' }],
	['empty ends', sub { 'prvs=' . tag_like() . '=user' . pick('==', '===') . '@batv.test' }],
	['two parts and empty ends', sub { 'prvs=user' . pick('==', '===') . '@batv.test' }],
	['an empty part 2', sub { 'prvs==user@batv.test' }],
	['an empty part 2, then a tag', sub { 'prvs==' . tag_like() . '@batv.test' }],
	['upper case', sub { pick('PRVS', 'Prvs') . '=0123456789=user@batv.test' }],
	['not at the start', sub { 'xprvs=0123456789=user@batv.test' }],
	['no =', sub { 'prvs@batv.test' }],
	['no @', sub { 'prvs=0123456789=user' }],
	['+ext behind', sub { 'prvs=' . tag_like() . '=user' . ext() . '@batv.test' }],
	['+ext in the tag', sub { 'prvs=012345' . ext() . '=user@batv.test' }],
	['a number behind', sub { 'prvs=' . tag_like() . '=' . digits(6) . '@batv.test' }],
	['two @', sub { 'prvs=' . tag_like() . '=us@er@batv.test' }],
);

my @NUMBERS = (
	['VERP', sub { 'bounce-' . digits(8) . '-user=rcpt.test@verp.test' }],
	['VERP between dots', sub { 'n.' . digits(3) . '.' . digits(9) . '.x@verp.test' }],
	['word boundaries', sub { 'a1-' . pick('22', '23') . '_33.' . digits(2) . '@verp.test' }],
	['beside _', sub { pick('x_1', '1_x', '_1', '1_') . '@verp.test' }],
	['beside letters', sub { pick('x1', '1x', 'x1x') . '@verp.test' }],
	['nothing else', sub { digits(12) . '@verp.test' }],
	['in the domain', sub { 'user@' . pick('12', '13') . '.7.verp.test' }],
	['beside Latin-1 letters', sub {
		pick("\xe9", "\xaa", "\xc0", "\xb2") . digits(3) . "\xfc\@verp.test";
	}],
	['beside UTF-8 letters', sub { "\xc3\xa9" . digits(3) . "\xd9\xa3\@verp.test" }],
	['of UTF-8 digits', sub { "\xd9\xa3\xd9\xa4\@verp.test" }],
	['before +ext', sub { 'list-' . digits(4) . ext() . '@verp.test' }],
	['beside #', sub { 'a#' . digits(2) . '#@verp.test' }],
);

my @PLAIN = (
	['empty', sub { '' }],
	['no @', sub { pick('root', 'mailer+daemon', 'list-12-34') }],
	['only @', sub { '@' }],
	['empty local part', sub { '@local.test' }],
	['empty domain', sub { 'user-12@' }],
	['two @', sub { 'a-12+x@b-34+y@c.test' }],
	['two @ side by side', sub { 'a-12@@c.test' }],
	['+ext', sub { 'user' . ext() . '@ext.test' }],
	['+ext twice', sub { 'user' . ext() . ext() . '@ext.test' }],
	['only +ext', sub { ext() . '@ext.test' }],
	['+ in the domain', sub { 'user@ext+' . pick('a', 'b') . '.test' }],
	['plain', sub { 'user@plain.test' }],
	['another', sub { 'other@plain.test' }],
	['upper case', sub { pick('USER@CASE.TEST', 'user@case.test', 'User@Case.Test') }],
	['upper case beyond ASCII',
		sub { pick("\xc4\xd6\@case.test", "\xe4\xf6\@case.test", "\xc3\x84\@case.test",
		"\xc3\xa4\@case.test", "\xe2\x84\xaa\@case.test", "k\@case.test") }],
	['# and /', sub { 'a/b#c/d@slash.test/x' }],
	['%', sub { '%r%s%d%n@%h.test' }],
	['blanks and quotes', sub { '" john doe 12 "@quote.test ' }],
	['= at the start', sub { '=a=b@equal.test' }],
	['regexp characters', sub { 'a.*[b](c)\\d$^{2}|?@re.test' }],
	['commas', sub { '1,2,3@comma.test' }],
	['512 bytes', sub { 'a' x 255 . '-' . ('b' x 247) . '@l.test' }],
);

our @SENDERS = (
	(map { ["sender: $_->[0]", $_->[1]] } @PLAIN),
	(map { ["sender: number, $_->[0]", $_->[1]] } @NUMBERS),
	(map { ["sender: BATV, $_->[0]", $_->[1]] } @BATV),
);

our @RECIPIENTS = map { ["recipient: $_->[0]", $_->[1]] } (
	['empty', sub { '' }],
	['no @', sub { 'postmaster' }],
	['only @', sub { '@' }],
	['empty domain', sub { 'user@' }],
	['empty local part', sub { '@rcpt.test' }],
	['several @', sub { 'a@b@c@rcpt.test' }],
	['plain', sub { 'user@rcpt.test' }],
	['another', sub { 'other@rcpt.test' }],
	['upper case', sub { pick('USER@CASE.TEST', 'user@case.test') }],
	['+ext and numbers, kept', sub { pick('user+a-12@rcpt.test', 'user+b-34@rcpt.test') }],
	['%s in the domain', sub { 'user@%s.%r.test' }],
	['%r in the local part', sub { '%r%s@rcpt.test' }],
	['regexp replacement characters', sub { 'user@a$1\\1&\\n$&.test' }],
	['beyond ASCII', sub { "\xc3\xbc\@\xf6.test" }],
	['/ and #', sub { 'a/b#c@rcpt.test/x' }],
	['blanks', sub { '"a b" @rcpt.test ' }],
	['512 bytes', sub { 'c' x 505 . '@l.test' }],
);

1;

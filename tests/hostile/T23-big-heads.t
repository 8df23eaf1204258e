#!/bin/bash
# T23: request heads that are too long, too many, or malformed.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 32 "an oversized or malformed head is refused and costs nothing"

attacked school
good_begin school
attack heads "${address[school]}" 7443 T23 "$attacker"
expect "the attack ran" is_status 0
expect_each
attack heads "${address[school]}" 7443 T23 "$attacker"
good_end
expect "a good client was served meanwhile" served
expect "memory stayed bounded" bounded school 8
expect "nothing stays open" released school
expect "the node ends well" school stops

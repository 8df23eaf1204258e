#!/bin/bash
# T24: requests whose length two readers could understand differently.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 28 "an ambiguous length is refused, and nothing behind it is taken for a request"

attacked school
good_begin school
attack heads "${address[school]}" 7443 T24 "$attacker"
expect "the attack ran" is_status 0
expect_each
good_end
expect "a good client was served meanwhile" served
expect "memory stayed bounded" bounded school 8
expect "nothing stays open" released school
expect "the node ends well" school stops

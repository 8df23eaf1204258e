#!/bin/bash
# T54: a single peer whose clock is months ahead or behind, by fault or on purpose, moves what is in force by a
# day and no more; neither do two of five.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 11 "a lone clock decides nothing"

charters() { python3 "$top_srcdir/tests/hostile/charters.py" "$@"; }
state() { centre runs charter list && holds ".charters[] | select(.name == \"$1\") | .state == \"$2\""; }
liar() { # NAME DAYS: a peer of the centre with that clock
    clock "$1" "$(($2 * 86400))"; node "$1" "$1"
    "$1" serves; "$1" invites centre
}
clock centre 0; node centre "Centre"
node office "Office"
charters gov "${home[office]}" "$T/gov"
charters make "$T/short" coordinators="$T/gov" name=Short expires=43200
charters make "$T/long" coordinators="$T/gov" name=Long expires=259200
centre runs charter import "$T/short"; centre runs charter import "$T/long"
centre serves
liar ahead 330
centre syncs
expect "a charter of three days stays in force when the only peer says that it is months later" state Long in_force
centre runs doctor
expect "and own keys don't end sooner" holds '[.checks[] | select(.name == "keys")][0].detail | contains("more days") | not'
expect "a day is what it can do: a charter of twelve hours has lapsed" state Short expired
centre runs peer block ahead
expect "once it is blocked, it has not" state Short in_force
centre runs peer remove ahead --yes

liar behind -300
clock centre $((2 * 86400))
centre syncs
expect "a charter that lapsed stays so when the only peer says that it is months earlier" state Short expired
expect "the other one is in force" state Long in_force
clock centre $((5 * 86400))
expect "and lapses in its time" state Long expired
clock centre 0

# Three who are right, about as far apart as clocks are, and two who are not.
charters make "$T/fresh" coordinators="$T/gov" name=Fresh expires=86000
centre runs charter import "$T/fresh"
expect "no peer is needed to take one" is_status 0
liar ahead2 300; liar one 0; liar two 0; liar three 0
centre syncs
expect "among five, two that are months off move nothing" state Fresh in_force
clock centre $((30 * 86400))
expect "three who agree outvote the own clock" state Fresh in_force
centre runs peer remove one --yes; centre runs peer remove two --yes; centre runs peer remove three --yes
expect "who is a peer no more has no voice" state Fresh expired

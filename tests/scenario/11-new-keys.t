#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 17 "new keys are made while peers pull, and nobody has to do anything"

node school "School"; node centre "Centre"; node late "Latecomers"
printf 'id,Title\n1,Astronomy\n' >"$T/one.csv"
printf 'id,Title\n2,Botany\n' >"$T/two.csv"
school imports "$T/one.csv"
school serves; centre serves; school invites centre; centre syncs
expect "they are peers" finds centre astronomy "School"


school runs keys rotate
expect "the running node changes its keys" holds '.keys.version == 2'
expect "the old private keys are gone" test ! -e "${home[school]}/keys/log.key" -a ! -e "${home[school]}/keys/auth.key" -a ! -e "${home[school]}/keys/witness.key"
expect "the new ones are private" test "$(stat -c %a "${home[school]}"/keys/{log,auth,witness}-2.key | sort -u)" = 600
centre syncs
expect "a peer goes on by itself" holds '.peers[0].state == "ok" or .peers[0].state == "unchanged"'
school imports "$T/two.csv"
centre syncs
expect "and gets what the new keys sign" finds centre botany "School"
school invites late
expect "who joins now takes the whole chain" is_status 0
late syncs
expect "and finds both" finds late astronomy "School"

# Four more while a peer pulls all the time.
( while [ ! -e "$T/enough" ]; do "$CS" -q -C "${home[centre]}" --json sync; done ) >"$T/pulls" 2>/dev/null &
puller=$!
for version in 3 4 5 6; do school runs keys rotate; done
expect "again and again" holds '.keys.version == 6'
touch "$T/enough"; wait $puller
expect "no pull took it for a forgery" test -z "$(jq -r '.peers[].code // empty' "$T/pulls" | grep -E 'forked|rolled_back|frozen|wrong_identity')"
centre syncs
expect "the peer has the last ones" holds '.peers[0].state != "failed"'
school stops
school runs keys rotate
expect "without a running node it is the same" holds '.keys.version == 7'
school runs doctor
expect "and everything belongs together" holds '.ok'
school serves
centre syncs
expect "the peer goes on" holds '.peers[0].state != "failed"'
school runs keys show
expect "it says which keys are in force" holds '.keys.version == 7 and .keys.root_here'
expect "only theirs are kept" test "$(ls "${home[school]}/keys" | grep -c '^log')" = 1
centre runs doctor
expect "the mirror proves" holds '.ok'

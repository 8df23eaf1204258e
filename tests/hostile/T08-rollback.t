#!/bin/bash
# T8: a smaller tree than was signed before, as from a restored backup.
. "$(dirname "$0")/../scenario/lib.sh"
story 6 "a smaller tree is refused, kept as evidence and shown"

node school "School"; node centre "Centre"
printf 'id,Title\n1,Astronomy\n' >"$T/base.csv"
printf 'id,Title\n2,Botany\n3,Chemistry\n' >"$T/more.csv"
school imports "$T/base.csv"
cp -a "${home[school]}" "$T/backup"
school imports "$T/more.csv"
school serves; centre serves; school invites centre; centre syncs
school stops
mv "${home[school]}" "$T/newest"; mv "$T/backup" "${home[school]}"
school serves
centre syncs
expect "the older state is refused" is_status 3
expect "as a rollback" holds '.peers[0].code == "rolled_back"'
expect "both sizes are said" holds '.peers[0].message | contains("2") and contains("4")'
expect "the newer one is kept" finds centre chemistry
centre runs status
expect "status shows it" holds '[.peers[] | select(.name == "School")][0] | .state == "failing" and ([.. | strings] | any(. == "rolled_back"))'
school stops; mv "${home[school]}" "$T/backup"; mv "$T/newest" "${home[school]}"; school serves
centre syncs
expect "the newest state is welcome again" holds '.peers[0].state == "unchanged" or .peers[0].state == "ok"'

#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 27 "a log is begun anew; who held the old one fetches nothing of it again"

node school "School"; node centre "Centre"; node behind "Behind"; node away "Away"; node late "Latecomer"
items() { echo "id,Title"; seq 1 400 | sed "s/.*/&,$1 number &/"; }
items Draft >"$T/a.csv"; items Edition | sed '/^7,/d' >"$T/b.csv"
requests() { grep -c "\"GET [^ ]*$1" "$T/school.log"; }
school imports "$T/a.csv" --source s; school serves
for n in centre behind away; do school invites $n; $n syncs; done
school imports "$T/b.csv" --source s --replace
expect "the log has all that was said" holds '.shelves[0].size == 801'
centre syncs
expect "the centre follows it" holds '.peers[0].entries == 400'
school runs bundle export "$T/old.cshb"
school runs shelf compact public
expect "a new epoch begins with what the records say now" holds '.epoch == 2 and .before == 801 and .size == 400'
root=$(jq -r .root <<<"$json")
centre syncs --renew
expect "the centre goes over to it" holds '.peers[0].state != "failed"'
expect "with next to nothing fetched" holds '.peers[0].bytes < 4000 and .peers[0].entries == 0'
centre runs peer show School
expect "it is in epoch 2" holds '[.. | strings | select(endswith("/public/2"))] | length > 0'
expect "finds what it found" test "$(hits centre edition)" = 100
expect "and not what was gone" finds_none centre '"Edition number 7"'
centre runs doctor; expect "its copy proves" holds .ok
expect "the old copy's files are gone" test "$(ls "${home[centre]}/logs" | wc -l)" = 1
behind syncs --renew
expect "who is behind gets the rest of the old one first" holds '.peers[0].state == "ok" and .peers[0].entries == 400'
behind runs doctor; expect "and comes to the same" holds .ok
late_root() { late runs peer show School; }
school invites late; late syncs
expect "a newcomer fetches the new one only" holds '.peers[0].entries == 400'
expect "and finds the same" test "$(hits late edition)" = 100
centre runs bundle import "$T/old.cshb"
expect "a stick with the old one takes nobody back" holds '.peers[0].state == "unchanged"'
school runs bundle export "$T/new.cshb"; school runs status; school_id=$(jq -r .node.id <<<"$json")
node stick "Stick"; stick runs bundle import "$T/old.cshb" --trust "$school_id"; stick runs bundle import "$T/new.cshb"
expect "who came by the old one on a stick goes over to the new one" holds '.peers[0].state != "failed" and .peers[0].entries == 0'
expect "and finds the same" test "$(hits stick edition)" = 100
school runs shelf prune
expect "the old one is still served for a while" holds '.pruned == 0'
school runs shelf prune --all
expect "until it is removed" holds '.pruned == 1'
away syncs --renew
expect "who comes after that starts anew" holds '.peers[0].state == "ok" and .peers[0].entries == 400'
expect "and finds the same" test "$(hits away edition)" = 100
expect "and nothing else" finds_none away draft
away runs doctor; expect "its copy proves" holds .ok
printf 'id,Title\n900,Afterwards\n' >"$T/c.csv"
school imports "$T/c.csv"; centre syncs
expect "what comes after is one entry" holds '.peers[0].entries == 1'
expect "and is found" finds centre afterwards
school runs search afterwards; school runs record redact "$(jq -r '.hits[0].id' <<<"$json")"; centre syncs
expect "redaction works in the new epoch" holds '.peers[0].entries == 2 and .peers[0].refused == 0'
school stops; school serves
school runs doctor; expect "the school's logs prove" holds .ok

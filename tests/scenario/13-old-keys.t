#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 22 "keys come to an end: people are told in time, and nothing is lost when they are late"

ends() { python3 "$top_srcdir/tests/hostile/keysets.py" ends "${home[$1]}" "$2"; } # NAME SECONDS
days() { echo $(($1 * 86400 + 3600)); }
printf 'id,Title\n1,Astronomy\n' >"$T/one.csv"; printf 'id,Title\n2,Botany\n' >"$T/two.csv"
node school "School"; node centre "Centre"
school runs status
expect "a year is long" holds '.keys.renew == false and .keys.days >= 364'
for d in 59 29 6 1; do
    node "d$d" "In $d days"; ends "d$d" "$(days $d)" || skip_all "no python3-cryptography"
    run "d$d" doctor; said=$(jq -r '.checks[] | select(.name == "keys") | .detail' <<<"$json")
    run "d$d" status
    expect "with $d days left it says so, and which command helps" test "$(jq .keys.days <<<"$json") $(grep -c "good for $d more day.*commonshelf keys rotate" <<<"$said")" = "$d 1"
done
node d61 "In 61 days"; ends d61 "$(days 61)"; run d61 status
expect "with 61 it does not yet" holds '.keys.renew == false'
d29 serves
logged() { grep -q "good for 29 more days.*keys rotate" "$T/d29.log"; }
expect "a node that runs says it in its log" until_ok logged
d29 runs keys rotate
d29 runs status
expect "new keys end that" holds '.keys.renew == false and .keys.version == 3'
d6 runs keys export "$T/page" --remove; d6 runs doctor
expect "where the root key is kept elsewhere, the command asks for it" holds '[.checks[] | select(.name == "keys")][0].detail | contains("--root FILE")'

# Too late: the keys of a peer expired.
school imports "$T/one.csv"; school serves; centre serves; school invites centre; centre syncs
school stops; ends school -10; school serves; centre syncs --renew
expect "its catalogue stays and is still pulled" holds '.peers[0].state != "failed"'
expect "and found" finds centre astronomy "School"
centre runs peer list
expect "its peer shows it as stale" holds '.peers[0].stale'
school runs doctor
expect "its doctor is not content" holds '.ok == false and ([.checks[] | select(.name == "keys")][0].detail | contains("expired") and contains("keys rotate"))'
school runs status
expect "its status says so" holds '.keys.days == -1 and .keys.renew'
expired() { grep -q "keys expired" "$T/school.log"; }
expect "its log too" until_ok expired
school imports "$T/two.csv"; centre syncs
expect "what it publishes now is taken, for its log can only grow" finds centre botany "School"
school runs invite
expect "it invites nobody new" is_code keys_expired
d29 runs invite; link=$(jq -r .link <<<"$json")
school runs join "$link"
expect "nor does it become one of others" is_code keys_expired
expect "and is told what to do" holds '.error.message | contains("keys rotate")'
school runs keys rotate; centre syncs --renew; centre runs peer list
expect "late is not too late" holds '.peers[0].stale == false and .peers[0].state == "ok"'
school runs join "$link"
expect "then it goes on" is_status 0
school runs doctor
expect "and all is well" holds .ok

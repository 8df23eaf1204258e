#!/bin/bash
# T15: somebody has the root key too, and makes a keyset N+1 of their own.
. "$(dirname "$0")/../scenario/lib.sh"
story 20 "two keysets N+1 freeze an identity, unless a higher root takes back what a lower one did"

node school "School"; node centre "Centre"; node office "Office"
printf 'id,Title\n1,Astronomy\n' >"$T/one.csv"
printf 'id,Title\n2,Botany\n' >"$T/two.csv"
printf 'id,Title\n3,Alchemy\n' >"$T/three.csv"
swap() { # NAME OTHER: from now on the node of NAME runs from this home
    $1 stops; mv "${home[$1]}" "$T/$1.$3"; mv "$T/$1.$2" "${home[$1]}"; $1 serves
}
school imports "$T/one.csv"
school serves; centre serves; school invites centre; centre syncs
school stops
cp -a "${home[school]}" "$T/school.thief"
school runs keys rotate; school imports "$T/two.csv"; school serves; centre syncs
expect "the true next keys are taken over" finds centre botany "School"

swap school thief true
school runs keys rotate
school imports "$T/three.csv"
centre syncs
expect "another N+1 under the same root freezes the identity" holds '.peers[0].code == "identity_frozen"'
expect "nothing of it comes in" finds_none centre alchemy
expect "what was copied stays" finds centre botany "School"
centre runs peer show School
expect "both keysets are kept as evidence" holds '.peer.evidence == 1 and .peer.state == "frozen"'
swap school true thief
printf 'id,Title\n4,Chemistry\n' >"$T/four.csv"
school imports "$T/four.csv"
centre syncs
expect "nor does the first one get anything in any more" finds_none centre chemistry
centre runs status
expect "status says so" holds '.peers[0].state == "frozen"'
expect "and so does the page" curl -sf --max-time 10 "http://${address[centre]}:7480/peers" -o "$T/page"
centre runs invite; link=$(jq -r .link <<<"$json")
school runs join "$link"
expect "an invite alone does not thaw it" is_status 1
centre runs peer remove School --yes
centre runs invite; link=$(jq -r .link <<<"$json")
school runs join "$link"
expect "a person who ends it and invites anew does" is_status 0
centre syncs
expect "and everything is there again" finds centre chemistry "School"

# An order among roots: the office keeps a higher one elsewhere.
office imports "$T/one.csv"
python3 "$top_srcdir/tests/hostile/keysets.py" higher-root "${home[office]}" "$T/higher.key"
office serves; office invites centre; centre syncs
expect "a keyset with two roots is taken over" is_status 0
office runs keys show
expect "as the second one" holds '.keys.version == 2'
office stops
cp -a "${home[office]}" "$T/office.true"
office runs keys rotate; office imports "$T/three.csv"; office serves; centre syncs
expect "the thief of the lower root makes keys, which count for now" finds centre alchemy "Office"
swap office true thief
office runs keys rotate --root "$T/higher.key"
expect "the higher root makes others" holds '.keys.version == 3'
office imports "$T/two.csv"
centre syncs
expect "which take their place" holds '[.peers[] | select(.name == "Office")][0].code | . != "identity_frozen" and . != "keyset_overridden"'
centre runs peer show Office
expect "it is not frozen" holds '.peer.state != "frozen" and .peer.evidence >= 1'
swap office thief true
office imports "$T/four.csv"
centre syncs
expect "the lower root's are refused from then on" holds '[.peers[] | select(.name == "Office")][0].code == "keyset_overridden"'
expect "and nothing of theirs comes in" finds_none centre chemistry "Office"
centre runs peer show Office
expect "without freezing it" holds '.peer.state != "frozen"'

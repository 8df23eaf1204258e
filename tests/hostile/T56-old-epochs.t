#!/bin/bash
# T56: an old epoch, with a profile of then. A newcomer has seen the newest profile in the answer to its
# hello; and whoever knows the newer epoch refuses the older one, whatever a profile says.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 12 "an epoch that was ended is refused by everybody who knows of the next"

node school "School"; node centre "Centre"; node late "Latecomer"
printf 'id,Title\n1,Draft of a book\n2,Other book\n' >"$T/a.csv"
printf 'id,Title\n1,Edition of a book\n2,Other book\n' >"$T/b.csv"
proxied school
school imports "$T/a.csv" --source s; school runs import "$T/b.csv" --source s --publish
school serves; proxy school
curl -sk "https://${back[school]}:7443/csh/v1/profile" >"$T/profile1"
school invites centre; centre syncs
school runs shelf compact public; school stops; school serves
centre syncs --renew
expect "the centre is in the new epoch" grep -q '/log/public/2/entries/0-1' "$T/school.proxy"
rule school '/profile$' "file $T/profile1"
school invites late; late syncs
expect "a newcomer that was invited refuses the old profile" holds '.peers[0].code == "profile_older"'
centre syncs --renew
expect "the centre, that has a newer profile, refuses the old one" holds '.peers[0].state == "failed"'
expect "as older" holds '.peers[0].code == "profile_older"'
expect "and goes on finding what it held" finds centre edition
rule school; cp "$T/school.proxy" "$T/before"
late syncs --renew
expect "the newcomer gets the new epoch from the newer one" holds '.peers[0].state == "ok" and .peers[0].entries == 3'
expect "and nothing of the old" test "$(grep -c '/log/public/1/' "$T/before")" = "$(grep -c '/log/public/1/' "$T/school.proxy")"
curl -sk "https://${back[school]}:7443/csh/v1/profile" >"$T/profile2"
python3 "$here/../hostile/forge.py" profile "${home[school]}" "$T/profile2" "shelf public 1" >"$T/profile3"
rule school '/profile$' "file $T/profile3"
late syncs --renew
expect "a newer profile with the older epoch is refused" holds '.peers[0].code == "old_epoch"'
late runs peer show School
expect "with evidence" holds '[.. | objects | select(has("evidence")) | .evidence] | any(. != 0 and . != null and . != [])'
expect "and the newer epoch is kept" finds late edition
late runs doctor; expect "as it was signed" holds .ok
expect "its files are those of one epoch" test "$(ls "${home[late]}/logs" | wc -l)" = 1

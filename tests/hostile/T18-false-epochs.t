#!/bin/bash
# T18: a new epoch that is not what the old one leaves: a live entry dropped, altered, or exchanged.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 20 "an epoch that leaves something out is refused, and the one that is held is kept"

node school "School"; node centre "Centre"
{ echo "id,Title"; seq 1 12 | sed 's/.*/&,Draft number &/'; } >"$T/a.csv"
{ echo "id,Title"; seq 1 8 | sed 's/.*/&,Edition number &/'; } >"$T/b.csv"
proxied school
school imports "$T/a.csv" --source s; school runs import "$T/b.csv" --source s --replace --yes --publish
school serves; proxy school; school invites centre; centre syncs
expect "the centre holds the log" holds '.peers[0].entries == 25'
forge() { python3 "$here/../hostile/forge.py" "$@"; }
forge entries "$(find "${home[school]}/logs" -path '*/entries/000.p/25')" >"$T/old"
forge compact "${home[school]}" public 1 <"$T/old" >"$T/true"
expect "eight entries live" test "$(wc -l <"$T/true")" = 9
curl -sk "https://${back[school]}:7443/csh/v1/profile" >"$T/profile"
forge profile "${home[school]}" "$T/profile" "shelf public 2" >"$T/profile2"

shows() { # LINES: as epoch 2
    rm -rf "$T/tree"; forge log "${home[school]}" "$T/tree" public 2 "$(date +%s)" <"$1"
    rule school; rule school '/profile$' "file $T/profile2"; rule school '/log/public/2/' "tree $T/tree"
    centre syncs --renew
}
refused() { # WHAT LINES
    shows "$2"
    expect "$1 is refused" holds '.peers[0].state == "failed" and .peers[0].code == "bad_epoch"'
    expect "and the old one is kept" test "$(hits centre edition)" = 8
}
said() { sed "1s/\"count\":[0-9]*/\"count\":$1/" "$T/true"; }
said 7 | sed 5d >"$T/lines"; refused "one that says it dropped an entry" "$T/lines"
sed 5d "$T/true" >"$T/lines"; refused "one that drops an entry and says it did not" "$T/lines"
sed 4d "$T/true" | sed '$a = '"$(sed -n 4p "$T/true" | cut -c3-)" >"$T/lines"; refused "another order" "$T/lines"
altered() { sed "s/^= .*/&/; 5s/.*/P $(sed -n 5p "$T/true" | cut -c3- | base64 -d | tail -c +19 | sed 's/Edition/Addition/; s/[&/\\]/\\&/g')/" "$T/true"; }
altered >"$T/lines"; refused "an altered entry" "$T/lines"
{ cat "$T/true"; sed -n 2p "$T/old"; } >"$T/lines"; sed -i '1s/"count":8/"count":9/' "$T/lines"
refused "what had been taken out, put in again" "$T/lines"
sed '1s/"size":25/"size":24/' "$T/true" >"$T/lines"; refused "an end before the end" "$T/lines"
centre runs peer show School
expect "each left evidence" holds '[.. | objects | select(has("evidence")) | .evidence] | any(. != 0 and . != null and . != [])'
centre runs doctor; expect "what is held proves" holds .ok
shows "$T/true"
expect "what another program computes alike is taken" holds '.peers[0].state != "failed"'
expect "without its entries" test "$(grep -c '/log/public/2/.*entries' "$T/school.proxy")" = 7
expect "and all is found" test "$(hits centre edition)" = 8
centre runs doctor; expect "it proves" holds .ok
rule school

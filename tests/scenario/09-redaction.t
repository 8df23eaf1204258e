#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 18 "a record that is taken back for good leaves only hashes, here and at the peers"

node school "School"; node centre "Centre"; node late "Latecomer"
gone_from() { ! grep -rqa "$2" "${home[$1]}"; }
{ echo "id,Title,Description"; seq 1 300 | sed 's/.*/&,Book &,about number &/'; } >"$T/a.csv"
sed 's/^7,.*/7,Zanzibar diary,call Quillfeather at home/' "$T/a.csv" >"$T/b.csv"
sed 's/^7,.*/7,Zanzibar diary (second edition),call Quillfeather/' "$T/a.csv" >"$T/c.csv"
school imports "$T/b.csv" --source a; school imports "$T/c.csv" --source a
batch=$(jq -r '.batch // empty' <<<"$json")
school serves; centre serves; school invites centre; centre syncs
expect "the centre finds it" finds centre quillfeather
bundle="https://${address[school]}:7443/csh/v1/log/public/1/tile/entries/000"
etag() { curl -sk -o /dev/null -D - "$bundle" | grep -i '^etag:'; }
before=$(etag)
school runs search quillfeather; id=$(jq -r '.hits[0].id' <<<"$json")
school runs record redact "$id"
expect "the school takes it back" is_status 0
expect "both of its editions, by a withdrawal and two redactions" holds '.entries == 2 and .appended == 3'
expect "nobody finds it" finds_none school quillfeather
after=$(etag)
expect "the bundle has another tag at once" test -n "$after" -a "$before" != "$after"
curl -sk "$bundle" | gunzip >"$T/bundle"
expect "and the text is not in it" test "$(grep -ca Quillfeather "$T/bundle")" = 0
centre syncs
expect "the centre learns of it" holds '.peers[0].state == "ok" and .peers[0].refused == 0'
expect "the centre finds it no more" finds_none centre quillfeather
school runs doctor; expect "the school's log proves" holds .ok
centre runs doctor; expect "the centre's copy proves" holds .ok
school runs import --undo 1; school runs import --undo 2
expect "undoing what brought it does not bring it back" finds_none school quillfeather
school imports "$T/c.csv" --source a
expect "importing it again does not either" holds '[.problems[] | select(.code == "redacted" and .refused)] | length == 1'
school invites late; late syncs
expect "a newcomer gets all but that" finds_none late quillfeather
expect "and finds the rest" finds late "book 8"
centre syncs; expect "what follows still fits" is_status 0
school runs record redact --allow "$id"; school imports "$T/a.csv" --source a
expect "once allowed, the corrected record may come" finds school "book 7"
school stops; centre stops
expect "the text is nowhere in the school's home" gone_from school Quillfeather
expect "nor in the centre's" gone_from centre Quillfeather

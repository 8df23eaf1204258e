#!/bin/bash
# T3: a known name with a foreign key ID, and the reverse: nobody's signature. A bad signature of a known key
# beside a good one: the whole note is refused.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 8 "only a good signature by exactly the known key counts"

node school "School"; node centre "Centre"
printf 'id,Title\n1,Astronomy\n' >"$T/a.csv"; printf 'id,Title\n2,Botany\n' >"$T/b.csv"
proxied school
school imports "$T/a.csv"; school serves; proxy school
school invites centre; centre syncs
school imports "$T/b.csv"
curl -sk "https://${back[school]}:7443/csh/v1/log/public/1/checkpoint" >"$T/checkpoint"
try() { # HOW
    python3 "$here/../hostile/spoil.py" "$1" <"$T/checkpoint" >"$T/spoiled"
    rule school; rule school '/checkpoint$' "file $T/spoiled"
    centre syncs
}
try foreign-id
expect "a foreign key ID under the known name is nobody's" holds '.peers[0].code == "no_signature"'
try foreign-name
expect "the known key ID under a foreign name too" holds '.peers[0].code == "no_signature"'
try bad-beside-good
expect "a bad one beside the good one spoils the note" holds '.peers[0].code == "bad_signature"'
expect "nothing was taken" finds_none centre botany
# A stranger's line that nobody can judge does no harm.
{ cat "$T/checkpoint"; printf '\342\200\224 stranger.example AAAAAQ%s==\n' "$(printf 'A%.0s' $(seq 84))"; } >"$T/more"
rule school; rule school '/checkpoint$' "file $T/more"
centre syncs
expect "a stranger's signature beside it is ignored" holds '.peers[0].state == "ok"'
expect "the catalogue is there" finds centre botany
rule school
centre syncs
expect "nothing more is to get" holds '.peers[0].state == "unchanged"'
centre runs doctor
expect "everything held proves" holds .ok

#!/bin/bash
# T2: what is no note at all, or not one of ours, in the place of a profile and a checkpoint.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
hows="crlf nul next-line not-utf8 line-separator no-empty-line two-empty-lines empty-line-behind no-signature seventeen huge nothing"
story 29 "a note of another form is refused, and nothing changes"

node school "School"; node centre "Centre"; node library "Library"
printf 'id,Title\n1,Astronomy\n' >"$T/a.csv"; printf 'id,Title\n2,Botany\n' >"$T/b.csv"
proxied school
school imports "$T/a.csv"; school serves; proxy school
school invites centre; centre syncs
school imports "$T/b.csv"
school runs invite; link=$(jq -r .link <<<"$json")
get() { curl -sk "https://${back[school]}:7443/csh/v1/$1"; }
get profile >"$T/profile"; get log/public/1/checkpoint >"$T/checkpoint"
codes='"malformed", "not_utf8", "too_large", "bad_signature", "no_signature", "unknown_version"'
for how in $hows; do
    python3 "$here/../hostile/spoil.py" $how <"$T/checkpoint" >"$T/spoiled"
    rule school; rule school '/checkpoint$' "file $T/spoiled"
    centre syncs
    expect "checkpoint, $how: refused with its reason" holds ".peers[0].state == \"failed\" and (.peers[0].code | IN($codes))"
    python3 "$here/../hostile/spoil.py" $how <"$T/profile" >"$T/spoiled"
    rule school; rule school '/profile$' "file $T/spoiled"
    library runs join "$link"
    expect "profile, $how: no peer is made" eval 'is_status 1 && is_code "malformed|not_utf8|too_large|bad_signature|no_signature|unknown_version"'
done
rule school
expect "nothing of it was taken" finds_none centre botany
library runs peer list
expect "nobody became a peer" holds '[.peers[]?] | length == 0'
library runs join "$link"
expect "the link is still good" is_status 0
centre syncs
expect "and so is the peer" finds centre botany
centre runs doctor
expect "everything held proves" holds .ok

#!/bin/bash
# T1: a note with one bit turned, in its text, its signature or its key ID: keyset, profile, checkpoint.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 21 "a note with one wrong bit is refused, and nothing changes"

node school "School"; node centre "Centre"
printf 'id,Title\n1,Astronomy\n' >"$T/a.csv"; printf 'id,Title\n2,Botany\n' >"$T/b.csv"
proxied school
school imports "$T/a.csv"; school serves; proxy school
get() { curl -sk "https://${back[school]}:7443/csh/v1/$1"; }
spoiled() { # PATH HOW
    get "$1" | python3 "$here/../hostile/spoil.py" "$2" >"$T/spoiled"
    rule school; rule school "/$1\$" "file $T/spoiled"
}
for note in keyset profile; do
    for part in text signature key-id; do
        spoiled $note $part
        school runs invite; link=$(jq -r .link <<<"$json")
        centre runs join "$link"
        expect "a bit of the $note's $part: no peer is made" is_status 1
        expect "and it says why" is_code "bad_signature|no_signature|malformed|wrong_chain|wrong_hash|wrong_origin|wrong_identity"
    done
done
centre runs peer list
expect "nobody became a peer" holds '[.peers[]?] | length == 0'
rule school
centre runs join "$link"; centre syncs
expect "with the right bytes the last link still works" finds centre astronomy
school imports "$T/b.csv"
for part in text signature key-id; do
    spoiled log/public/1/checkpoint $part
    centre syncs
    expect "a bit of the checkpoint's $part: refused" holds '.peers[0].state == "failed" and (.peers[0].code | IN("bad_signature", "no_signature", "malformed", "wrong_origin"))'
done
expect "nothing of it was taken" finds_none centre botany
expect "what was held is held" finds centre astronomy
centre runs doctor
expect "and proves" holds .ok
rule school; centre syncs
expect "the right one is taken" finds centre botany

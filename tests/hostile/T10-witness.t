#!/bin/bash
# T6, T10: what a witness must not cosign: another node's signature, wrong proofs, trees that do not continue.
. "$(dirname "$0")/../scenario/lib.sh"
story 27 "a witness cosigns what continues, signed by the origin's own keys, and nothing else"

node school "School"; node centre "Centre"; node third "Third"
seq 1 4 | sed 's/.*/&,Book &/; 1i id,Title' >"$T/books.csv"
school imports "$T/books.csv"; third imports "$T/books.csv"
school serves; centre serves; third serves
centre invites school; school invites third
school runs status; id=$(jq -r .node.id <<<"$json"); third runs status; other=$(jq -r .node.id <<<"$json")
origin=$id/public/1 now=$(date +%s)
empty=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
# note SIZE ROOT [ORIGIN] [KEYS OF]: signed as a checkpoint by the school's keys, or another's
note() {
    local o=${3:-$origin} keys=${home[${4:-school}]}/keys
    printf '%s\n%s\n%s\n' "$o" "$1" "$2" >"$T/text"
    python3 "$here/../hostile/sign_note.py" "$T/text" "$o $keys/log.key 1" "${o%%/*}/witness $keys/witness.key 4 $now"
}
root() { printf %s "$1" | openssl dgst -sha256 -binary | base64; }
# post OLD PROOF-LINES NOTE
post() { { printf 'old %s\n%s\n' "$1" "$2"; printf '%s\n' "$3"; } >"$T/body"; send; }
send() { code=$(curl -sk -o "$T/answer" -w '%{http_code}' -H 'Content-Type: text/plain' --data-binary @"$T/body" "https://${address[centre]}:7443/csh/v1/add-checkpoint"); }
is() { [ "$code" = "$1" ]; }
answered() { [ "$(cat "$T/answer")" = "$1" ]; }

centre syncs School
url=https://${address[school]}:7443/csh/v1/log/public/1/checkpoint
held=$(curl -sk "$url"); held_root=$(sed -n 3p <<<"$held")
post 5 "" "$held"
expect "the same tree again is cosigned" is 200
expect "with one line, by the witness" grep -qE '^— cs1[a-z0-9]{52}/witness [A-Za-z0-9+/=]+$' "$T/answer"
post 0 "" "$held"
expect "an old size that it is not: 409" is 409
expect "and the one that it is" answered 5
post 5 "" "$(note 5 "$(root other)")"
expect "another root for that size: 409" is 409
centre runs peer show School
expect "kept as evidence" holds '.peer.evidence == 1'
post 5 "" "$(note 6 "$(root later)")"
expect "a larger tree without a proof: 422" is 422
post 5 "$(root a)
$(root b)
$(root c)
" "$(note 6 "$(root later)")"
expect "with a wrong one: 422" is 422
post 5 "" "$(note 0 "$(root something)")"
expect "an empty tree that is not empty: 422" is 422
post 5 "$(yes "$(root a)" | head -64)
" "$(note 6 "$(root later)")"
expect "64 hashes: 400" is 400
post 6 "" "$(note 5 "$held_root")"
expect "an old size above the new one: 400" is 400
post 5 "" "$(note 5 "$held_root" "$origin" third)"
expect "T6: signed by another node's valid keys: 403" is 403
post 5 "" "$(sed "s|^$id/|$other/|" <<<"$held")"
expect "an origin that it does not follow: 404" is 404
post 0 "" "$(note 1 "$(root x)" "$other/public/1" third)"
expect "also when its own keys signed: 404" is 404
post 0 "" "$(note 1 "$(root x)" "$id/other/1")"
expect "a shelf that it does not follow: 404" is 404
centre runs status; mine=$(jq -r .node.id <<<"$json")
post 0 "" "$(note 1 "$(root x)" "$mine/public/1" centre)"
expect "its own: 404" is 404
for bad in "" "old 5" "old 05

$held" "new 5

$held" "old 5
$held"; do
    printf '%s' "$bad" >"$T/body"; send
    expect "no such body: 400" is 400
done
head -c 20000 /dev/zero >"$T/body"; send
expect "too large: 413" is 413
post 5 "" "$(curl -sk "$url")"
expect "after all of it the true one is still cosigned" is 200
expect "and seen as before" bash -c "curl -sk https://${address[centre]}:7443/csh/v1/seen | grep -qF '$origin 5 $held_root '"
school syncs
school runs status
expect "the school gathers the lines of both peers" holds '.shelves[0].witnessed_by == 2'
expect "and serves them" bash -c "curl -sk $url | grep -c '^— ' | grep -qx 4"
third syncs School; third runs status
expect "but who does not know the centre can't count it" holds '.peers[0].witnessed_by == 0'

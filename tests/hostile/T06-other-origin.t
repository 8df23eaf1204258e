#!/bin/bash
# T6: a checkpoint for one node's log, signed by another node's valid log key.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 15 "only a log's own keys say what it holds"

node school "School"; node thief "Thief"; node centre "Centre"
proxied school
printf 'id,Title\n1,Astronomy\n' >"$T/one.csv"; printf 'id,Title\n2,Botany\n' >"$T/two.csv"
school imports "$T/one.csv"; thief imports "$T/one.csv"
school serves; thief serves; centre serves; proxy school
school invites centre; thief invites centre; centre syncs
id() { "$1" runs status; jq -r .node.id <<<"$json"; }
school_id=$(id school) thief_id=$(id thief)
origin=$school_id/public/1
at=https://${back[school]}:7443/csh/v1/log/public/1
curl -sk "$at/checkpoint" >"$T/held"
size=$(sed -n 2p "$T/held") root=$(sed -n 3p "$T/held")
sign() { # OUT SIZE ROOT LOG-KEY-OF WITNESS-KEY-OF [ORIGIN] [WITNESS-NAME]
    local o=${6:-$origin}
    printf '%s\n%s\n%s\n' "$o" "$2" "$3" >"$T/text"
    python3 "$here/../hostile/sign_note.py" "$T/text" "$o ${home[$4]}/keys/log.key 1" \
        "${7:-${o%%/*}/witness} ${home[$5]}/keys/witness.key 4 $(date +%s)" >"$1"
}
other=$(printf %s other | openssl dgst -sha256 -binary | base64)
posts() { # OLD NOTE: what the centre answers
    { printf 'old %s\n\n' "$1"; cat "$2"; } >"$T/body"
    code=$(curl -sk -o /dev/null -w '%{http_code}' -H 'Content-Type: text/plain' --data-binary @"$T/body" "https://${address[centre]}:7443/csh/v1/add-checkpoint")
}
is() { [ "$code" = "$1" ]; }
sign "$T/own" "$size" "$root" school school
posts "$size" "$T/own"
expect "signed by its own keys it is cosigned" is 200
sign "$T/theirs" "$size" "$root" thief thief
posts "$size" "$T/theirs"
expect "the same tree by another's keys: 403" is 403
sign "$T/theirs" "$size" "$root" thief school
posts "$size" "$T/theirs"
expect "by another's log key alone: 403" is 403
sign "$T/theirs" "$size" "$root" school thief
posts "$size" "$T/theirs"
expect "by another's witness key alone: 403" is 403
sign "$T/theirs" "$size" "$root" school thief "$origin" "$thief_id/witness"
posts "$size" "$T/theirs"
expect "with another's witness, rightly named: 403" is 403
sign "$T/theirs" 9 "$other" thief thief
posts "$size" "$T/theirs"
expect "a larger tree by another's keys: 403" is 403

# The same at a pull.
pulled() { # WHAT
    rule school '/log/public/1/checkpoint$' "file $T/theirs"
    centre syncs School
    rule school
    expect "$1 is refused" holds '.peers[0].state == "failed" and (.peers[0].code | IN("no_signature", "bad_signature", "wrong_origin"))'
}
school runs import "$T/two.csv" --publish
pulled "a larger tree by another's keys"
sign "$T/theirs" 9 "$other" thief school; pulled "one by another's log key alone"
sign "$T/theirs" 9 "$other" school thief; pulled "one by another's witness key alone"
curl -sk "https://${address[thief]}:7443/csh/v1/log/public/1/checkpoint" >"$T/theirs"
pulled "another's true checkpoint"
sign "$T/theirs" 9 "$other" thief thief "$thief_id/public/1"; pulled "another's newer one"
centre runs peer show School
expect "what another signed is no evidence against this one" holds '.peer.evidence == 0 and .peer.shelves[0].state == "ok"'
centre syncs School
expect "the true one is taken" finds centre botany School
expect "and cosigned" bash -c "curl -sk https://${address[centre]}:7443/csh/v1/seen | grep -qF '$origin $((size + 1)) '"
centre runs doctor
expect "everything held proves" holds .ok

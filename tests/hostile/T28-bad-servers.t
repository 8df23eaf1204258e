#!/bin/bash
# T28, T36: a peer that sends without end, too much, nothing, garbage, half, or somewhere else.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 18 "a misbehaving server is cut off, named, and harms nothing"

node school "School"; node centre "Centre"
seq 1 600 | sed 's/.*/&,Book &/; 1i id,Title' >"$T/books.csv"
proxied school
school imports "$T/books.csv"; school serves; proxy school
school invites centre
misbehaves() { # WHAT PATTERN ACTION CODES
    rule school; rule school "$2" "$3"
    local start=$SECONDS
    centre runs sync
    expect "$1: refused" is_status 3
    expect "$1: named as one of $4" holds ".peers[0].code as \$c | \"$4\" | split(\"|\") | any(. == \$c)"
}
misbehaves "an endless body" checkpoint endless "too_large"
misbehaves "a body of ten gigabytes" checkpoint "long 10000000000" "too_large"
misbehaves "no HTTP at all" checkpoint garbage "not_http"
misbehaves "half a bundle" tile/entries/001 cut "cut_off"
misbehaves "no answer at all" checkpoint close "cut_off|no_answer"
misbehaves "an answer with nothing in it" checkpoint "file /dev/null" "malformed|empty"
misbehaves "a redirect" checkpoint "redirect https://127.0.0.1:1/" "http_status|not_http"
misbehaves "a server error" checkpoint "status 500" "http_status"
rule school
centre syncs
expect "the right bytes are taken afterwards" holds '.peers[0].state == "ok"'
centre runs doctor
expect "and all proves" holds '.ok'

#!/bin/bash
# What a mirror has seen: signed for the publisher and for everybody who compares.
. "$(dirname "$0")/lib.sh"
story 17 "a mirror says which checkpoints it saw and how far it follows"

node school "School"; node centre "Centre"; node other "Other"
seq 1 300 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
school imports "$T/books.csv"
school runs publish; origin=$(jq -r '.shelves[0].origin' <<<"$json"); root=$(jq -r '.shelves[0].root' <<<"$json")
hex=$(printf %s "$origin" | sha256sum | cut -c1-64)
school serves; centre serves
get() { curl -skf "https://${address[$1]}:7443/csh/v1/$2" >"$T/body"; }
code() { [ "$(curl -sk -o "$T/body" -w '%{http_code}' "https://${address[$1]}:7443/csh/v1/$2")" = "$3" ]; }
lines() { [ "$(grep -c '^log ' "$T/body")" = "$1" ]; }
expect "before anything is mirrored nothing was seen" get centre seen
expect "no line" lines 0
expect "nor is there a checkpoint" code centre "seen/$hex/checkpoint" 404
school invites centre; centre syncs
expect "after a pull it was seen" get centre seen
expect "with origin, size and root" grep -qF "log $origin 301 $root " "$T/body"
expect "and what was applied" grep -qE " [0-9]+ applied 301\$" "$T/body"
expect "signed by the witness" grep -qE "^— cs1[a-z0-9]{52}/witness " "$T/body"
expect "the checkpoint is there" get centre "seen/$hex/checkpoint"
expect "with the line of the log, of its own witness and of the mirror's" [ "$(grep -c '^— ' "$T/body")" = 3 ]
seen=$(grep '^— ' "$T/body" | tail -1)
centre syncs
get centre "seen/$hex/checkpoint"
expect "a pull that brings nothing new signs nothing new" grep -qF -- "$seen" "$T/body"
until_ok get centre "seen?since=$(($(date +%s) + 100))"
expect "since a time: what was seen before is left out" lines 0
expect "another parameter is refused" code centre "seen?until=3" 400
expect "and a time that is none" code centre "seen?since=-1" 400
expect "an own shelf is not in one's own seen" get school seen
expect "none" lines 0
centre runs peer block School
get centre seen
expect "who is blocked is vouched for no more" lines 0
expect "nor by name" code centre "seen/$hex/checkpoint" 404

#!/bin/bash
# T9: a publisher shows one reader an old state for ever, while another has a newer one.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 7 "what is withheld from one reader is known from another"

node school "School"; node centre "Centre"; node library "Library"
printf 'id,Title\n1,Astronomy\n' >"$T/a.csv"; printf 'id,Title\n2,Botany\n' >"$T/b.csv"
proxied school
school imports "$T/a.csv"; school serves; proxy school; centre serves; library serves
school invites centre; school invites library; centre invites library
centre syncs School
curl -sk "https://${fronts[school]}:7443/csh/v1/log/public/1/checkpoint" >"$T/old"
school runs import "$T/b.csv" --publish
library syncs School
rule school checkpoint "file $T/old"
centre syncs School
expect "the old checkpoint is no failure by itself" holds '.peers[0].state == "unchanged"'
centre runs peer show School
expect "but the library has a larger one" holds '.peer.shelves[0] | .elsewhere == 3 and .size == 2'
rule school
library syncs School
library runs peer show School
expect "the library, asking the centre, sees that the smaller tree is part of its own" holds '.peer.shelves[0] | .state == "ok" and .witnessed_by == 1'
library runs status
expect "status says so" holds '[.peers[] | select(.name == "School")][0].witnessed_by == 1'
centre syncs School
expect "when it is shown, it is taken" holds '.peers[0].state == "ok"'
centre runs peer show School
expect "and nothing is said to be elsewhere" holds '.peer.shelves[0] | .size == 3 and .elsewhere <= 3'
expect "it is witnessed by the library now" holds '.peer.shelves[0].witnessed_by == 1'

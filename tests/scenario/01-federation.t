#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 16 "three institutions publish, become peers by invites, sync, and one search finds records of all"

node library "Northgate City Library"
node school "Escuela Riverside"
node centre "Kivuli Learning Centre"

library imports "$samples/city-library.mrc"
expect "the library publishes its MARC file" holds '.added == 72 and .refused == 0'
school imports "$samples/riverside-school.csv"
expect "the school publishes its spreadsheet" holds '.added == 56 and .refused == 0'
centre imports "$samples/kivuli-centre.csv"
expect "the centre publishes its own" holds '.added == 43 and .refused == 0'
expect "a node without peers is its own searchable catalogue" finds centre fractions

library serves; school serves; centre serves
library invites centre
expect "the centre joins the library" holds '.peer.name == "Northgate City Library" and (.peer.check | split(" ") | length) == 6'
words=$(jq -r .peer.check <<<"$json")
library runs peer show "Kivuli Learning Centre"
expect "the library sees the same six words" holds "[.. | strings] | any(. == \"$words\")"
school invites centre
expect "the centre joins the school" is_status 0

centre syncs
expect "every peer synced" holds '[.peers[].state] | all(. == "ok" or . == "unchanged")'
for query in fractions water "solar cooker"; do
    expect "\"$query\" is found at the library" finds centre "$query" "Northgate City Library"
    expect "\"$query\" is found at the school" finds centre "$query" "Escuela Riverside"
done
centre syncs
expect "nothing new the second time" holds '[.peers[] | .state == "unchanged" and .entries == 0] | all'
centre runs status
expect "status names both peers and what is held of them" holds '.records.own == 43 and .records.mirrored == 128 and (.peers | length) == 2'

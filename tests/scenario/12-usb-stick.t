#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 25 "two nodes that never had a network between them exchange catalogues on a stick"

node school "Escuela Riverside"; node centre "Kivuli Learning Centre"; node library "Library"
stick=$T/stick; mkdir "$stick"
seq 1 600 | sed 's/.*/&,Map number &/; 1i id,Title' >"$T/maps.csv"
printf 'id,Title\n900,Atlas of tides\n' >"$T/more.csv"
school imports "$T/maps.csv"
centre imports "$samples/kivuli-centre.csv"
school runs status; school_id=$(jq -r .node.id <<<"$json")
centre runs status; centre_id=$(jq -r .node.id <<<"$json")

school runs bundle export "$stick/school.cshb"
expect "the school writes its catalogue" holds '.logs[0].size == 601 and .bytes > 0 and .there_before == 0'
centre runs bundle import "$stick/school.cshb"
expect "the centre takes nothing of a node it does not know" is_status 3
expect "and says how it would" holds '.peers[0].code == "unknown_node" and (.peers[0].message | contains("--trust '"$school_id"'"))'
expect "nothing is found" finds_none centre map
centre runs bundle import "$stick/school.cshb" --trust "$school_id"
expect "named by a person, it is taken" holds '.peers[0].state == "ok" and .peers[0].entries == 601 and .peers[0].refused == 0'
expect "and found" finds centre map "Escuela Riverside"
centre runs bundle import "$stick/school.cshb"
expect "the same file again changes nothing" holds '.peers[0].state == "unchanged" and .peers[0].entries == 0'

centre runs bundle export "$stick/centre.cshb"
school serves
school runs bundle import "$stick/centre.cshb" --trust "$centre_id"
expect "the other way, into a node that serves" holds '.peers[0].state == "ok" and .peers[0].entries == 44'
expect "each finds what the other has" finds school fractions "Kivuli Learning Centre"

school runs import "$T/more.csv" --publish
school runs bundle export "$stick/new.cshb" --since 601
expect "what is new is small" [ "$(stat -c %s "$stick/new.cshb")" -lt "$(($(stat -c %s "$stick/school.cshb") / 2))" ]
library runs bundle import "$stick/new.cshb" --trust "$school_id"
expect "it is not enough for who has nothing" holds '.peers[0].code == "not_there"'
centre runs bundle import "$stick/new.cshb"
expect "and enough for who has the rest" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
expect "the new record is found" finds centre tides
centre runs bundle import "$stick/school.cshb"
expect "an older file is no step back" holds '.peers[0].state == "unchanged"'
expect "nothing was lost by it" finds centre tides

school runs search tides; id=$(jq -r '.hits[0].id' <<<"$json")
school runs record withdraw "$id"; school runs publish
school runs bundle export "$stick/new.cshb" --since 602
centre runs bundle import "$stick/new.cshb"
expect "what was withdrawn is hidden" finds_none centre tides

cp "$stick/school.cshb" "$stick/copy.cshb"; school runs bundle export "$stick/copy.cshb"
cp "$stick/copy.cshb" "$T/whole"; truncate -s $(($(stat -c %s "$T/whole") * 2 / 3)) "$stick/copy.cshb"
library runs bundle import "$stick/copy.cshb" --trust "$school_id"
expect "a copy that was cut off is refused whole" is_code cut_off
school runs bundle export "$stick/copy.cshb"
expect "the export goes on where it was" holds '.there_before > .bytes / 3'
expect "to the same file" cmp -s "$stick/copy.cshb" "$T/whole"
centre runs bundle export "$stick/copy.cshb"
expect "another institution's file is not written over" is_code others_bundle
echo "minutes of the meeting" >"$stick/minutes.txt"; school runs bundle export "$stick/minutes.txt"
expect "nor anything else" is_code not_a_bundle

centre runs bundle export "$stick/all.cshb" --mirrored
library runs bundle import "$stick/all.cshb" --trust "$school_id" --trust "$centre_id"
expect "one file carries both on" holds '[.peers[] | .state == "ok" or .code == "not_there"] | length == 2 and all'
expect "the school is found at the library" finds library map "Escuela Riverside"
expect "and the centre" finds library fractions "Kivuli Learning Centre"
library runs doctor
expect "all of it proves" holds '.ok'

#!/bin/bash
# What was taken back: who says that it is hidden there, also when it is no partner any more.
. "$(dirname "$0")/lib.sh"
story 16 "an institution sees who has hidden what it took back"

node school "School"; node centre "Centre"; node library "Library"
printf 'id,Title\n1,Telescope handbook\n2,Microscope handbook\n3,Barometer handbook\n' >"$T/items.csv"
school imports "$T/items.csv"
school serves; centre serves; library serves
school invites centre; school invites library; centre syncs; library syncs
id() { school runs search "$1"; jq -r '.hits[0].id' <<<"$json"; }
telescope=$(id telescope) microscope=$(id microscope)
mirror() { holds ".mirrors[] | select(.node.name == \"$1\") | $2"; }

school runs record withdraw "$telescope"; school runs publish; centre syncs
school syncs
school runs record show "$telescope"
expect "a withdrawn record is shown as such" holds '.withdrawn and .shelf == "public" and .redacted == null'
expect "who has pulled says it is hidden" mirror Centre '.hidden == true and .heard != null'
expect "who has not does not" mirror Library '.hidden != true'
expect "in words too" eval '"$CS" -C "${home[school]}" record show "$telescope" | grep -qE "^Centre +yes "'
library syncs; school syncs
school runs record show "$telescope"
expect "until it has" mirror Library '.hidden == true'
centre runs record show "$telescope"
expect "to others there is no such record" eval 'is_status 1 && is_code no_such_record'

# A partner that is none any more keeps its last word.
library stops
school runs record redact "$microscope" --yes
centre syncs; school syncs
school runs record show "$microscope"
expect "what was redacted says so" holds '.redacted != null'
expect "who has pulled says that too" mirror Centre '.hidden == true'
expect "who is down said something older" mirror Library '.hidden == false and .heard != null'
heard=$(jq -r '.mirrors[] | select(.node.name == "Library") | .heard' <<<"$json")
school runs peer remove Library --yes
school runs record show "$microscope"
expect "a partner no more, its last word stays" mirror Library ".partner == false and .hidden == false and .heard == \"$heard\""
school runs record show "$telescope"
expect "as what it did hide" mirror Library '.hidden == true'

# A new epoch holds nothing that was withdrawn: who follows it has hidden it.
school runs record withdraw "$(id barometer)"; school runs publish
school runs shelf compact public
expect "the log begins anew" is_status 0
centre syncs --renew; school syncs
school runs record show "$telescope"
expect "of the new epoch too" mirror Centre '.hidden == true and .epoch == 2'
expect "what was said of the old one still counts" mirror Library '.hidden == true and .epoch == 1'
school runs record show "urn:uuid:00000000-0000-4000-8000-000000000000"
expect "what never was is not there" is_code no_such_record
school runs doctor
expect "all proves" holds .ok

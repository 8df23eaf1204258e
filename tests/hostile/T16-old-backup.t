#!/bin/bash
# T16: a home that is older than what it signed: a backup that was put back, a copy that runs beside the first.
# Never two histories under one key.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 32 "what a home once signed comes back from its peers before it signs again"

node school "School"; node centre "Centre"; node third "Third"
rows() { echo "id,Title"; for i in "$@"; do echo "$i,Book of $i"; done; }
rows one two three >"$T/base.csv"; rows four five >"$T/more.csv"; rows six >"$T/six.csv"; rows seven >"$T/seven.csv"
rows eight >"$T/eight.csv"; rows nine >"$T/nine.csv"
proxied centre
school imports "$T/base.csv" --source s
school serves; centre serves; third serves; proxy centre
school invites centre; school invites third; centre syncs; third syncs
school stops
back_up() { rm -rf "$T/$1"; cp -a "${home[school]}" "$T/$1"; }
put_back() { rm -rf "${home[school]}"; cp -a "$T/$1" "${home[school]}"; }
id_of() { school runs search "$1"; jq -r '.hits[0].id' <<<"$json"; }
checkpoint() { curl -sk "https://${address[school]}:7443/csh/v1/log/public/1/checkpoint"; }
root_of() { cat "${home[school]}"/logs/*/checkpoint | sed -n 2,3p; }

back_up old
school runs status
expect "a home in use signs" holds '.signing == "ok"'
school imports "$T/more.csv" --source m
school runs record withdraw "$(id_of '"book of one"')"
school runs record redact "$(id_of '"book of two"')" --yes
school runs publish
school serves; centre syncs; third syncs; school stops
newest=$(root_of)
put_back old
school runs status
expect "a home that was put back is seen to be one" holds '.signing == "not_certain"'
expect "its catalogue is the old one" finds school '"book of two"'
school runs doctor
expect "its logs prove" holds .ok
expect "what was put back is older" [ "$(root_of)" != "$newest" ]
size=$(sed -n 1p <<<"$newest")
school runs import "$T/six.csv"
school runs publish
expect "what is published now stands behind what it had signed" holds ".shelves[0].added == 1 and .shelves[0].size == $((size + 1))"
expect "what was added since is back" finds school '"book of four"'
expect "what was withdrawn since is not shown" finds_none school '"book of one"'
expect "what was taken back since is gone" finds_none school '"book of two"'
expect "its text too" bash -c "! grep -rqa 'Book of two' '${home[school]}'/logs '${home[school]}'/node.db*"
school runs doctor
expect "everything proves" holds .ok
school serves; centre syncs
expect "peers see one history go on" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
expect "with what is new" finds centre '"book of six"' School
school stops

# In the middle of it the power fails; and what was put back serves at once.
put_back old
rule centre; rule centre '/relay/.*/tile/' stall
third stops
school serves
until_ok grep -q 'relay.*/tile/' "$T/centre.proxy"
expect "it asks for what is missing" grep -q 'relay.*/tile/' "$T/centre.proxy"
code=$(curl -sk -o /dev/null -w '%{http_code}' "https://${address[school]}:7443/csh/v1/log/public/1/checkpoint")
expect "until it has it, it shows no older state" [ "$code" = 503 ]
school dies
rule centre
school runs publish
expect "the next start begins anew, and all comes back" holds ".shelves[0].size == $((size + 1)) and .shelves[0].added == 0"
third serves

# A copy on another machine: whoever starts takes over from where the other one was.
back_up copy
school imports "$T/seven.csv"; school serves; centre syncs; school stops
back_up first
put_back copy
school imports "$T/eight.csv"
expect "the copy goes on behind the first" holds ".shelves[0].size == $((size + 3))"
school serves; centre syncs
expect "and its peers see one history" holds '.peers[0].state == "ok" and .peers[0].entries == 1'
school stops
put_back first
school runs publish
expect "the first goes on behind the copy" holds ".shelves[0].size == $((size + 3)) and .shelves[0].added == 0"
expect "with the copy's records" finds school '"book of eight"'

# Nobody answers.
back_up now
centre stops; third stops; unproxy centre
put_back now
school runs import "$T/nine.csv"
school runs publish
expect "a home that was put back and hears from nobody signs nothing" is_code not_certain
expect "and says what to do" holds '.error.message | contains("--certain")'
school runs publish --certain
expect "a person can vouch for it" holds '.shelves[0].added == 1'
school runs status
expect "then it is the one that signs" holds '.signing == "ok"'

# Two copies that both signed while they could not hear of each other.
proxy centre; centre serves; third serves
school serves; centre syncs; school stops
put_back now
centre stops; third stops; unproxy centre
rows another >"$T/another.csv"
school runs import "$T/another.csv"; school runs publish --certain
expect "a copy can be made to fork" holds ".shelves[0].size == $((size + 4))"
proxy centre; centre serves; third serves
rows later >"$T/later.csv"; school runs import "$T/later.csv"; school runs publish
expect "once it hears of it, it signs no more" is_code two_histories
school runs status
expect "status says so" holds '.signing == "two_histories"'
school runs doctor
expect "doctor says so" holds '.ok == false and ([.checks[] | select(.name == "history")][0].ok == false)'
school runs publish --certain
expect "no word of a person changes that" is_code two_histories
centre stops; third stops
school runs publish
expect "nor that nobody answers now" is_code two_histories

# Two copies that run at the same time, each certain of itself since its start.
node town "Town"; node witness "Witness"
town imports "$T/base.csv" --source s
town serves; witness serves; town invites witness; witness syncs; town stops
new_address
address[twin]=$fresh; home[twin]=$T/twin; twin() { act twin "$@"; }
cp -a "${home[town]}" "${home[twin]}"
sed -i "s|^listen = .*|listen = $fresh:7443|; s|^local = .*|local = $fresh:7480|" "${home[twin]}/commonshelf.conf"
town serves; twin serves
until_ok twin runs publish
town imports "$T/more.csv" --source m; size=$(jq .shelves[0].size <<<"$json")
witness syncs
twin imports "$T/six.csv"
expect "what one has published the other goes on behind" holds ".shelves[0].size == $((size + 1))"
expect "and has itself" finds twin '"book of four"'

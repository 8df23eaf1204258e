#!/bin/bash
# The rural centre: its listener is closed to everybody, and it takes part fully by a relay that agreed to it.
. "$(dirname "$0")/lib.sh"
story 30 "a node that nobody can connect to is found at its relay, also when it is gone"

node hub "Hub"; node third "Third"; node late "Late"; node friend "Friend"
hub serves; third serves; friend serves
hub runs status; hub_id=$(jq -r .node.id <<<"$json")
node farm "Farm School" --reach none --via "$hub_id"
sed -i "s/^listen = .*/listen = none/" "${home[farm]}/commonshelf.conf"
farm runs status; farm_id=$(jq -r .node.id <<<"$json")
seq 1 3000 | sed 's/.*/&,Book number & about everything that grows here/; 1i id,Title' >"$T/books.csv"
printf 'id,Title\n900,Atlas of tides\n' >"$T/tides.csv"
printf 'id,Title\n901,Botany by hand\n' >"$T/botany.csv"
printf 'id,Title\n902,Comets for children\n' >"$T/comets.csv"
printf 'id,Title\n903,Dunes and deserts\n' >"$T/dunes.csv"
farm imports "$T/books.csv"; friend imports "$T/tides.csv"; hub invites farm; hub invites third; friend invites farm; hub invites friend

farm syncs
expect "without the relay's leave nothing is deposited" is_status 3
expect "as it says" holds '.deposits[0].code == "no_consent"'
expect "with the command that it would take" grep -q "peer set $farm_id --relay-for yes" <<<"$(jq -r '.deposits[0].message' <<<"$json")"
farm runs status
expect "status has it too" holds '.node.via[0].deposited == null and (.node.via[0].problem | contains("--relay-for"))'
hub runs peer set "Farm School" --relay-for maybe
expect "it takes yes or no" is_status 2
hub runs peer set "Farm School" --relay-for yes; hub runs peer list
expect "the relay agrees" holds '[.peers[] | select(.name == "Farm School")][0].relay_for'
farm syncs
expect "then all of it is given" holds '.deposits[0].well and .deposits[0].bytes > 20000'
farm runs status
expect "which status says" holds '.node.via[0].deposited != null and .node.via[0].problem == null'
expect "to people too" grep -q "last given what is published" <<<"$("$CS" -C "${home[farm]}" status 2>/dev/null)"
expect "the relay finds its records" until_ok finds hub "grows" "Farm School"
hub runs status
expect "all of them" holds '[.peers[] | select(.name == "Farm School")][0].records == 3000'
expect "and is in touch with it" holds '[.peers[] | select(.name == "Farm School")][0] | .state == "ok" and .last_sync != null'
farm syncs
expect "what is there is not sent again" holds '.deposits[0].well and .deposits[0].bytes == 0'

third runs peer add "$farm_id" --via Hub; third syncs
expect "a node that knows only the relay finds them" finds third "grows" "Farm School"
friend syncs "Farm School"
expect "and a partner who can't connect either" finds friend "grows" "Farm School"
expect "it reads others itself, by connections of its own" finds farm tides "Friend"

# A running node brings what is new by itself.
farm serves
farm imports "$T/botany.csv"
expect "what is published while it runs is at the relay soon" until_ok finds hub botany "Farm School"
hub dies
farm imports "$T/comets.csv"
told_so() { farm runs status; holds '.node.via[0].problem != null'; }
expect "a relay that is gone is said to be" until_ok told_so
hub serves
farm imports "$T/dunes.csv"
expect "when it is back it gets what is new" until_ok finds hub dunes "Farm School"
expect "and what it missed" finds hub comets "Farm School"
farm runs search botany; id=$(jq -r '.hits[0].id' <<<"$json")
farm runs record withdraw "$id"; farm runs publish
expect "what is withdrawn is hidden there" until_ok finds_none hub botany
third syncs "Farm School"
expect "and where it is read from there" finds_none third botany

# It dies.
farm dies
friend syncs "Farm School"; third syncs "Farm School"
expect "dead, it is found at the relay" finds hub comets "Farm School"
expect "and at who followed it" finds third dunes "Farm School"
hub invites late; late runs peer add "$farm_id" --via Hub; late syncs
expect "and by who comes only then" finds late comets "Farm School"
late runs doctor
expect "all of it proves" holds '.ok'
hub runs doctor
expect "as at the relay" holds '.ok'

# Leave can be taken back, and has a bound.
printf 'id,Title\n904,Eels\n' >"$T/eels.csv"
hub runs peer set "Farm School" --relay-for no; farm imports "$T/eels.csv"; farm syncs
expect "who may not any more, is told" holds '.deposits[0].code == "no_consent"'
hub stops; sed -i 's/^#*relay_megabytes = .*/relay_megabytes = 0/' "${home[hub]}/commonshelf.conf"; hub serves
hub runs peer set "Farm School" --relay-for yes; farm syncs
expect "and who has no room" holds '.deposits[0].code == "no_room_there"'
hub stops; sed -i 's/^relay_megabytes = .*/relay_megabytes = 100/' "${home[hub]}/commonshelf.conf"; hub serves; farm syncs
expect "with room it goes on" holds '.deposits[0].well'

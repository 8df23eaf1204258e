#!/bin/bash
# T53: a member is expelled from a network while it reads a shelf that is for members.
. "$(dirname "$0")/../scenario/lib.sh"
. "$(dirname "$0")/lib.sh"
story 19 "a network's shelf is for who is a member now"

node school "School"; node centre "Centre"; node library "Library"
python3 "$top_srcdir/tests/hostile/charters.py" gov "${home[school]}" "$T/gov-school"
id_of school; id_of centre; id_of library
charter() { local out=$1; shift; python3 "$top_srcdir/tests/hostile/charters.py" make "$T/$out.charter" coordinators="$T/gov-school" "$@"; }
charter one members="$T/gov-school,${ids[centre]},${ids[library]}"
charter two members="$T/gov-school,${ids[library]}" prev="$T/one.charter" issued=-30
charter three members="$T/gov-school,${ids[centre]}" prev="$T/two.charter" issued=-20
python3 - >"$T/guides.csv" <<'PYTHON'
import base64, os
print("id,Title,Description")
for i in range(256):
    print("%d,Marking guide %d,%s" % (i, i, base64.b64encode(os.urandom(14000)).decode()))
PYTHON
printf 'id,Title\n300,Marking appendix\n' >"$T/more.csv"

school runs charter import "$T/one.charter"
network=$(jq -r .charter.id <<<"$json")
school runs shelf add guides --audience "charter:$network"
expect "a shelf for a network's members" holds '.shelf.audience == "charter"'
school imports "$T/guides.csv" --shelf guides
school serves
school invites centre; school invites library
centre syncs
expect "a member has it" finds centre "marking guide" School
school runs status
path=$(jq -r '.shelves[] | select(.name == "guides").origin' <<<"$json" | cut -d/ -f2)
bundle=/csh/v1/log/$path/1/tile/entries/000
got_by() { request ask "$1" school GET "$2"; sent school ask; }
got_by library "$bundle"
expect "another one may read it" is_got 200
curl -sk "https://${address[school]}:7443$bundle" -o "$T/answer" -w '%{http_code}' >"$T/code"
expect "nobody else" [ "$(cat "$T/code")" = 404 ]

mkdir "$T/seen"
python3 "$top_srcdir/tests/hostile/shut_out.py" "${home[centre]}" "${address[school]}" "${ids[school]}" "${address[school]}:7443" \
    "$T/seen" "$bundle" >"$T/seen/out" 2>&1 &
extra_pids="$extra_pids $!"
until_ok test -e "$T/seen/ready"
expect "it reads, slowly" test -e "$T/seen/ready"
school runs charter import "$T/two.charter"
expect "it is expelled" is_status 0
touch "$T/seen/go"
became() { until_ok test -e "$T/seen/$1"; json=$(cat "$T/seen/$1" "$T/seen/out"); [ "$(cat "$T/seen/$1")" = "$2" ]; }
expect "it gets no more of what it was reading" became reading "cut off"
expect "and its other connection is closed" became waiting "cut off"
got_by centre "$bundle"
expect "the shelf is not there for it" is_got 404
got_by centre /csh/v1/shelves
expect "it is a peer still" is_got 200
expect "to whom the shelf is not named" eval '! grep -aq "$path" "$T/answer"'
school imports "$T/more.csv" --shelf guides
centre syncs
expect "what comes to the shelf from then on it does not get" finds_none centre appendix
got_by library "$bundle"
expect "a member goes on" is_got 200
school runs charter import "$T/three.charter"
centre syncs --renew
expect "taken in again it gets what it missed" finds centre appendix School
got_by library "$bundle"
expect "and who left then, nothing" is_got 404

# The shelf is given to others.
rm -r "$T/seen"; mkdir "$T/seen"
python3 "$top_srcdir/tests/hostile/shut_out.py" "${home[centre]}" "${address[school]}" "${ids[school]}" "${address[school]}:7443" \
    "$T/seen" "$bundle" >"$T/seen/out" 2>&1 &
extra_pids="$extra_pids $!"
until_ok test -e "$T/seen/ready"
school runs shelf set guides --audience "nodes:${ids[library]}"
touch "$T/seen/go"
expect "who may read it no more is cut off too" became reading "cut off"
got_by library "$bundle"
expect "and who may now, may" is_got 200
school runs shelf set guides --audience "charter:$network"
got_by centre "$bundle"
expect "given to the network again, its members read it" is_got 200

# Who has left the network itself lets nobody read for its sake.
school runs charter remove "$network"
got_by centre "$bundle"
expect "a network that is followed no more has no members" is_got 404

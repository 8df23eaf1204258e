#!/bin/bash
# T17: charters that were not made as the one before demands, and coordinators who go too far.
. "$(dirname "$0")/../scenario/lib.sh"
story 32 "a network changes only as enough of its coordinators say"

node school "School"; node centre "Centre"; node office "Office"
for n in school centre office; do
    python3 "$top_srcdir/tests/hostile/charters.py" gov "${home[$n]}" "$T/gov-$n"
    $n runs publish
    $n serves
done
school invites centre; office invites centre; school invites office
s=$T/gov-school c=$T/gov-centre o=$T/gov-office all=$T/gov-school,$T/gov-centre,$T/gov-office
charter() { local out=$1; shift; python3 "$top_srcdir/tests/hostile/charters.py" make "$T/$out.charter" "$@"; }
taken() { centre runs charter import "$T/$1.charter"; }
# The refusal has this code, and version N stays in force.
refused() { taken "$1" || is_status 1 && is_code "$2" && in_force centre "$3"; }
in_force() { $1 runs charter list && holds ".charters[0] | .version == $2 and .state == \"in_force\" and .member"; }

charter one coordinators=$all threshold=2
taken one
expect "a charter that enough coordinators signed is followed once a person says so" in_force centre 1
charter alone coordinators=$all threshold=2 signers=$s
expect "one below its threshold is not" refused alone no_signature 1
two() { local out=$1; shift; charter "$out" prev="$T/one.charter" coordinators=$all threshold=2 "$@"; }

two below signers=$s
expect "an amendment below the threshold is refused" refused below no_signature 1
two twice signers=$s,$s
expect "also when one coordinator signs twice" refused twice no_signature 1
charter lower prev="$T/one.charter" coordinators=$all threshold=1 signers=$s
expect "nor can one coordinator lower the threshold" refused lower no_signature 1
two elsewhere hash=21dHW7Fuo00beND96qJpj3kikwFnjBNRy1KE7W09V0I=
expect "one that follows another text is refused" refused elsewhere charter_unknown 1
two skips version=3
expect "one that leaves a version out is refused" refused skips wrong_chain 1
two early issued=-600
expect "one issued before the one that it follows is refused" refused early wrong_chain 1

# The office leaves the coordinators, and signs as if it still were one.
charter gone prev="$T/one.charter" coordinators=$s,$c members=$all threshold=2 signers=$s,$o
expect "who removed himself does not sign for the new charter" refused gone no_signature 1
charter usurped prev="$T/one.charter" coordinators=$o threshold=1 signers=$o
expect "nor does one who stays alone sign for the old one" refused usurped no_signature 1
python3 - "$T/gov-stranger" "$T/gov-false" "$T/gov-office" <<'PYTHON'
import json, os, sys
json.dump({"node": "cs1" + "q" * 52, "seed": os.urandom(32).hex()}, open(sys.argv[1], "w"))
json.dump({"node": json.load(open(sys.argv[3]))["node"], "seed": os.urandom(32).hex()}, open(sys.argv[2], "w"))
PYTHON
charter newcomer prev="$T/one.charter" coordinators=$s,$T/gov-stranger members=$s,$T/gov-stranger threshold=1 signers=$s,$T/gov-stranger
expect "nor does a new coordinator sign for the old one" refused newcomer no_signature 1
charter false prev="$T/one.charter" coordinators=$s,$c,$T/gov-false threshold=2 signers=$s,$c
expect "a key that is not the coordinator's is refused, whoever signs" refused false wrong_key 1
two late issued=-5 expires=-5
expect "one that expires when it is issued is no charter" refused late malformed 1
two expired issued=-50 expires=-10
expect "an expired one does not take the place of one in force" refused expired expired 1
two spoiled; sed -i '$ s/....$/AAA=/' "$T/spoiled.charter"
expect "a signature that does not verify spoils it" refused spoiled bad_signature\|malformed 1
charter other coordinators=$s,$c name="Other network"
cat "$T/one.charter" "$T/other.charter" >"$T/mixed.charter"
expect "two networks in one file are refused" refused mixed several_charters 1

two good members=$s,$c,$o,$T/gov-stranger issued=-30
taken good
expect "the next one is found by the charter that it names, and taken" in_force centre 2
taken good
expect "once" in_force centre 2
centre runs charter show "Valley Libraries"
expect "its members are shown" holds '.charter.members | length == 4'

# What others have comes by itself, for those who follow the network.
school runs charter import "$T/one.charter"
school syncs
expect "a member that asks another has the newest one" in_force school 2
curl -sk "https://${address[centre]}:7443/csh/v1/charter/$(jq -r '.charters[0].id' <<<"$json")/1" >"$T/served"
expect "every version is served, as it was signed" cmp -s "$T/served" "$T/one.charter"
office syncs
office runs charter list
expect "who never followed it does not begin to by a visit" holds '.charters == []'
centre runs bundle export "$T/stick.cshb"
office runs bundle import "$T/stick.cshb"
office runs charter list
expect "nor by a file of catalogues" holds '.charters == []'
office runs charter import "$T/one.charter"
office runs bundle import "$T/stick.cshb"
expect "but what is followed comes up to date by one" in_force office 2

# Two amendments of one version, both good.
two rival members=$s,$c,$o signers=$s,$o issued=-20
taken rival
expect "a second charter of one version is refused" is_code charter_frozen
centre runs charter list
expect "the first stays, and the network is frozen" holds '.charters[0] | .version == 2 and .state == "frozen"'
centre runs status
expect "status says so" holds '.networks[0] | .state == "frozen" and .member'
charter three prev="$T/good.charter" coordinators=$all threshold=2 issued=-10
taken three
expect "nothing that follows either is accepted" is_code charter_frozen
school runs charter remove "Valley Libraries"; cat "$T/one.charter" "$T/rival.charter" >"$T/both.charter"
school runs charter import "$T/both.charter"
office syncs
office runs charter list
expect "a member that meets the other one on a visit sees it" holds '.charters[0].state == "frozen"'
centre runs charter remove "Valley Libraries"
cat "$T/one.charter" "$T/good.charter" "$T/three.charter" >"$T/chain.charter"
taken chain
expect "a person who removes it decides which one counts" in_force centre 3
printf 'x\n' >"$T/nothing.charter"
expect "a file of something else is none" refused nothing malformed 3
taken rival
expect "but by the old keys it is frozen again: only a new network is rid of them" is_code charter_frozen

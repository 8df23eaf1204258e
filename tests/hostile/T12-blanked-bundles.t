#!/bin/bash
# T12: a source that gives hashes in place of entries which nobody took back. They prove like entries.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 35 "what is kept back by its hash is missed, got elsewhere, and until then the shelf is said to be incomplete"

node hub "Hub"; node centre "Centre"; node third "Third"; node fourth "Fourth"; node fifth "Fifth"
seq 1 700 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
proxied hub; hub serves; proxy hub
hub runs status; hub_id=$(jq -r .node.id <<<"$json")
node school "School" --via "$hub_id"
proxied school
school imports "$T/books.csv"; school serves; proxy school
for name in hub centre third fourth; do school invites "$name"; done
for name in centre third; do hub invites "$name"; done
hub syncs School
hex=$(printf %s "$(school runs status; jq -r '.shelves[0].origin' <<<"$json")" | sha256sum | cut -c1-64)
shelf_is() { "$1" runs peer show School; holds ".peer.shelves[0].state == \"$2\""; }
whole() { "$1" runs status; holds '.records.mirrored == 700'; }
proves() { "$1" runs doctor; holds .ok; }

# A relay keeps one back, and then all.
rule hub "relay/$hex/tile/entries/001$" 'blank 44'
: >"$T/school.proxy"
centre syncs School
expect "a relay that keeps one entry back: the pull ends well" holds '.peers[0].state == "ok"'
expect "with that entry" finds centre '"book number 300"' School
expect "and all others" whole centre
expect "the publisher was asked for that bundle" grep -q 'log/public/1/tile/entries/001 ' "$T/school.proxy"
expect "and for no other" [ "$(grep -c 'log/public/1/tile/entries' "$T/school.proxy")" = 1 ]
expect "all proves" proves centre
rule hub; rule hub "relay/$hex/.*entries/" 'blank all'
third syncs School
expect "a relay that keeps all entries back: the pull ends well" holds '.peers[0].state == "ok"'
expect "with every record" whole third
expect "all proves there" proves third
expect "nothing is said against it" shelf_is third ok

# The publisher does, and nobody else is there.
: >"$T/school.proxy"
rule school 'log/public/1/.*entries/' 'blank 44'
fourth syncs School
expect "a publisher that keeps entries back: the pull says so" holds '.peers[0].state == "failed" and .peers[0].code == "incomplete"'
expect "how many, and what becomes of them" holds '.peers[0].message | (contains("3 entries") and contains("asked for again"))'
asked=$(grep -c 'entries/' "$T/school.proxy")
say "asked $asked times"
expect "it is not asked for ever" [ "$asked" -le 8 ]
expect "the shelf is said to be incomplete" shelf_is fourth incomplete
expect "what is here is found" finds fourth '"book number 301"' School
expect "what is not, is not" finds_none fourth '"book number 300"'
code() { [ "$(curl -sk -o /dev/null -w '%{http_code}' "https://${address[fourth]}:7443/csh/v1/relay/$hex/checkpoint")" = "$1" ]; }
fourth serves
expect "it is not relayed as if it were whole" code 404
fourth runs bundle export "$T/fourth.cshb"
expect "nor put on a stick" eval '! grep -qa "public/1" "$T/fourth.cshb"'
fourth runs sync School
expect "the next pull misses it still" holds '.peers[0].code == "incomplete"'
rule school
fourth runs sync School
expect "once it is given, it comes" holds '.peers[0].state == "ok"'
expect "and is found" finds fourth '"book number 300"' School
expect "the shelf is whole" shelf_is fourth ok
expect "and relayed" code 200
expect "all proves here too" proves fourth

# A pull that was cut off kept what it had: a bundle of hashes, and files of such.
school invites fifth
rule school 'tile/entries/000$' 'blank all'; rule school 'tile/entries/002$|entries/512' 'cut'
fifth syncs School
expect "a pull is cut off" holds '.peers[0].state == "failed"'
rule school
fifth syncs School
expect "the next one misses what the first one kept" holds '.peers[0].state == "ok"'
expect "and gets it" whole fifth

# A stick.
school runs bundle export "$T/school.cshb"
node reader "Reader"
reader runs bundle import "$T/school.cshb" --trust "$(school runs status; jq -r .node.id <<<"$json")"
expect "a whole stick is taken whole" whole reader

# A mirror that an older program filled.
bundle=$(find "${home[fifth]}/logs" -path '*/tile/entries/001' | head -1)
python3 - "$here/../hostile/proxy.py" "$bundle" <<'END'
import re, sys, gzip, hashlib
source = open(sys.argv[1]).read()
exec(re.search(r"def blank\(.*?\n\n\n", source, re.S).group(0))
open(sys.argv[2], "r+b").write(b"")
content = open(sys.argv[2], "rb").read()
open(sys.argv[2], "wb").write(blank(content, "44"))
END
fifth runs doctor
expect "doctor names a bundle that has hashes only" holds '.ok == false and ([.checks[] | select(.ok | not) | .detail] | any(contains("tile/entries/001") and contains("1 entries")))'
fifth runs doctor --repair
expect "once it was to repair it, the shelf is said to be incomplete" shelf_is fifth incomplete
fifth syncs School
expect "and the next pull gets it" proves fifth

# An own log that comes back from a peer.
school stops
rm -rf "$T/old"; cp -a "${home[school]}" "$T/old"
seq 701 760 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/more.csv"
school runs import "$T/more.csv"; school runs publish; school serves; hub syncs School; school stops
rm -rf "${home[school]}"; cp -a "$T/old" "${home[school]}"
rule hub; rule hub "relay/$hex/.*entries/" 'blank all'
school runs publish
expect "what a peer keeps back of an own log is no history to go on with" is_code history_missing
rule hub
school runs publish
expect "from a peer that gives it, it comes back" is_status 0
expect "all of it" finds school '"book number 750"'
expect "the own log proves" proves school

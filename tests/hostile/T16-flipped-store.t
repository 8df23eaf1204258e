#!/bin/bash
# T16: a disk flips bits in the files of logs, own and mirrored. (Every bit, one by one: tests/crash/test_flipped_store.)
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 39 "a spoiled file is not served, doctor names it, and one good peer is enough to get it back"

node school "School"; node centre "Centre"; node third "Third"; node late "Latecomer"
seq 1 900 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
seq 901 950 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/more.csv"
proxied centre
school imports "$T/books.csv"
school serves; centre serves; third serves; proxy centre
school invites centre; school invites third; school invites late; centre invites third; late runs peer list
centre syncs; third syncs; centre syncs
file() { find "${home[$1]}/logs" -path "*/$2" -type f | head -1; }
flip() { python3 "$here/../hostile/flip.py" "$@"; }
get() { code=$(curl -sk -o "$T/got" -w '%{http_code}' "https://${address[school]}:7443$base/$1"); }
hash_of() { sha256sum <"$1"; }
named() { holds ".ok == false and ([.checks[] | select(.ok | not) | .detail] | any(contains(\"$1\")))"; }
came_back() { holds ".ok and ([.checks[] | select(.name == \"file\")] | length == $2 and all(.ok and (.detail | contains(\"$1\"))))"; }
healthy() { "$1" runs doctor; holds '.ok and ([.checks[] | select(.name == "file")] | length == 0)'; }

expect "a whole store has nothing to be named" healthy school
bundle=$(file school tile/entries/001); before=$(hash_of "$bundle")
school stops; flip "$bundle" 2000 3; school serves
get tile/entries/001
expect "a bundle with a wrong bit is not served" [ "$code" = 404 ]
expect "the log says which" grep -q "tile/entries/001 does not hold" "$T/school.log"
get tile/entries/000
expect "those beside it are" [ "$code" = 200 ]
get entries/300-400
expect "nor is it served in a run of entries" [ "$code" = 404 ]
get entries/0-100
expect "other runs are" [ "$code" = 200 ]
late syncs
expect "a reader fetches what is before it" holds '.peers[0].state == "failed" and .peers[0].entries == 256'
school runs bundle export "$T/out.cshb"
expect "nor is it exported" is_code log_file_damaged
school runs doctor
expect "doctor names it" named tile/entries/001
expect "and that only" holds '[.checks[] | select(.name == "file")] | length == 1'
expect "and changes nothing" [ "$(hash_of "$bundle")" != "$before" ]

# Nobody has it; somebody lies; somebody has it.
third stops; rule centre '/relay/' close
school runs doctor --repair
expect "without a peer that has it, it stays named" named tile/entries/001
rule centre; rule centre '/relay/' 'flip 500'
school runs doctor --repair
expect "what a peer sends damaged is not taken" named tile/entries/001
expect "the file is as it was" [ "$(hash_of "$bundle")" != "$before" ]
python3 - "$(file centre tile/entries/001)" "$T/emptied" <<'END'
import gzip, hashlib, sys
raw, out, at = gzip.decompress(open(sys.argv[1], "rb").read()), b"", 0
while at < len(raw):
    n = int.from_bytes(raw[at:at + 2], "big")
    out += b"\0\0" + hashlib.sha256(b"\0" + raw[at + 2:at + 2 + n]).digest()
    at += 2 + n
open(sys.argv[2], "wb").write(gzip.compress(out))
END
rule centre; rule centre '/relay/.*/entries/' "file $T/emptied"
school runs doctor --repair
expect "nor what has hashes in place of entries that were never taken back" named tile/entries/001
third serves
school runs doctor --repair
expect "one good peer is enough" came_back Third 1
expect "it is the same file, byte for byte" [ "$(hash_of "$bundle")" = "$before" ]
get tile/entries/001
expect "and served again" bash -c "[ $code = 200 ] && [ \"\$(sha256sum <'$T/got')\" = '$before' ]"
rule centre
expect "all is well" healthy school

# A whole gzip of another entry: no CRC tells.
python3 - "$bundle" <<'END'
import gzip, sys
raw = bytearray(gzip.decompress(open(sys.argv[1], "rb").read()))
raw[-1] ^= 1
open(sys.argv[1], "wb").write(gzip.compress(bytes(raw)))
END
get entries/450-512
expect "a bundle of other entries is in no run" [ "$code" = 404 ]
school runs doctor --repair
expect "and comes back as it was" [ "$(hash_of "$bundle")" = "$before" ]

# After it was served: what is read again from disk is held against it again.
flip "$(file school tile/entries/000)" 77 1
get tile/entries/000
expect "a bit that flips later is never sent" bash -c "[ $code = 404 ] || gunzip -t <'$T/got'"
school runs doctor --repair
expect "and repaired as well" came_back 'got back' 1

# Tiles, and the newest bundle, which is partial.
tile=$(file school tile/0/002); before=$(hash_of "$tile"); flip "$tile" 100 7
get tile/0/002
expect "a tile with a wrong bit is not served" [ "$code" = 404 ]
edge=$(file school 'tile/entries/003.p/*'); flip "$edge" 300 2
school stops
school runs import "$T/more.csv"; school runs publish
expect "nothing is signed over a spoiled edge" is_code log_file_damaged
third stops; centre stops; unproxy centre
school runs doctor --repair
expect "a tile needs nobody: it is made again" [ "$(hash_of "$tile")" = "$before" ]
proxy centre; centre serves
school runs doctor --repair
expect "the edge comes back as a run of entries" holds .ok
school runs publish
expect "and the log goes on" holds '.shelves[0].added == 50'
expect "all is well again" healthy school

# A mirror.
school serves; centre syncs; third serves; third syncs
mirrored=$(file centre tile/entries/002); before=$(hash_of "$mirrored"); flip "$mirrored" 4000 5
hex=$(basename "$(dirname "$(dirname "$(dirname "$mirrored")")")")
code=$(curl -sk -o "$T/got" -w '%{http_code}' "https://${back[centre]}:7443/csh/v1/relay/$hex/tile/entries/002")
expect "a mirror does not relay it" [ "$code" = 404 ]
centre runs doctor
expect "its doctor names it" named tile/entries/002
centre runs doctor --repair
expect "the publisher gives it" came_back School 1
expect "the same bytes" [ "$(hash_of "$mirrored")" = "$before" ]
flip "$mirrored" 4000 5; school stops
centre runs doctor --repair
expect "without the publisher another mirror does" came_back Third 1

# A node that died with a spoiled log does not start on it, and is put right.
centre dies
school serves; school dies
bundle=$(file school tile/entries/000); flip "$bundle" 1234 6
school runs publish
expect "it does not start on a log that does not prove" is_code log_file_damaged
school runs doctor --repair
expect "doctor gets it back" is_status 0
school runs publish
expect "then it starts" is_status 0
expect "everything is there" healthy school
expect "and found" finds school '"book number 77"'

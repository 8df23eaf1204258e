#!/bin/bash
# A school shares one shelf with everybody, one with the centre alone, and one with nobody.
. "$(dirname "$0")/lib.sh"
story 32 "a school shares with those it names"

printf 'id,Title\n1,Fractions for all\n' >"$T/all.csv"
printf 'id,Title\n2,Fractions marking guide\n' >"$T/guide.csv"
printf 'id,Title\n3,Fractions in my drawer\n' >"$T/drawer.csv"
printf 'id,Title\n4,Fractions second guide\n' >"$T/second.csv"
node school "School"; node centre "Centre"; node library "Library"
centre runs status; centre_id=$(jq -r .node.id <<<"$json")
library runs status; library_id=$(jq -r .node.id <<<"$json")
titles() { run "$1" search fractions; json=$(jq -r '.hits[].name' <<<"$json" | sort | tr '\n' ';'); }
# A file of logs with everything in it that is squeezed.
unpacked() { python3 -c '
import re, sys, zlib
data = open(sys.argv[1], "rb").read()
for at in re.finditer(rb"\x1f\x8b\x08", data):
    try: sys.stdout.buffer.write(zlib.decompressobj(31).decompress(data[at.start():]))
    except zlib.error: pass
sys.stdout.buffer.write(data)' "$1"; }
sees() { titles "$1"; [ "$json" = "$2" ]; }

school runs shelf add guides --audience "nodes:$centre_id"
expect "a shelf for the centre" holds '.shelf.audience == "nodes" and (.shelf.readers | length == 1)'
school runs shelf add drawer --audience private
school runs shelf add other --audience nodes:cs1nobody
expect "a node that can't be is refused" is_code bad_audience
school runs shelf add r-mine --audience public
expect "a name that restricted shelves' logs have is refused" is_code bad_shelf_name
school imports "$T/all.csv"
school imports "$T/guide.csv" --shelf guides
expect "what is for the centre is published, for the centre" is_status 0
school runs import "$T/drawer.csv" --shelf drawer
school runs publish --shelf drawer
expect "what is private is not" is_code shelf_private
school runs status
expect "the log's name says nothing of the shelf's" holds '.shelves[] | select(.name == "guides") | .origin | test("/r-[a-z2-7]{26}/1$")'
school serves
school invites centre; school invites library
centre syncs; library syncs
expect "the centre sees both" sees centre "Fractions for all;Fractions marking guide;"
expect "the library what is for all" sees library "Fractions for all;"
centre runs search "marking guide"
expect "the centre knows the shelf by its name" holds '.hits[0].shelf == "guides"'
centre runs status
expect "and that it has two of the school's records" holds '.peers[0].records == 2'
centre syncs
expect "nothing new is nothing new" holds '.peers[0].state == "unchanged"'

# What the centre holds it keeps to itself.
centre serves
page() { curl -s "http://${address[centre]}:7480$1" >"$T/page"; json=$(cat "$T/page"); }
shows() { page "$1"; grep -q "$2" "$T/page"; }
expect "on the centre's own pages: what is for all" shows "/search?q=fractions" "for all"
expect "and not the guide" eval '! grep -q marking "$T/page"'
expect "nor for programs" eval '! shows "/api/v1/search?q=fractions" marking'
centre invites library; library syncs
expect "nor to the centre's own peers" sees library "Fractions for all;"
centre runs bundle export "$T/centre.cshb" --mirrored
school runs bundle export "$T/school.cshb"
for file in centre school; do
    unpacked "$T/$file.cshb" >"$T/$file.unpacked"
    expect "in a file of the $file: what is for all" grep -aq "for all" "$T/$file.unpacked"
    expect "and not the guide" eval '! grep -aq "marking\|drawer" "$T/$file.unpacked"'
done

# The school adds to it, and names the library too.
school imports "$T/second.csv" --shelf guides
centre syncs
expect "more of it comes" sees centre "Fractions for all;Fractions marking guide;Fractions second guide;"
school runs shelf set guides --audience "nodes:$centre_id,$library_id"
expect "the library is named too" holds '.shelf.readers | length == 2'
library syncs --renew
expect "and sees it" sees library "Fractions for all;Fractions marking guide;Fractions second guide;"

# And the centre no longer.
school runs shelf set guides --audience "nodes:$library_id"
centre syncs
expect "the centre is not named any more: it lets go of it" sees centre "Fractions for all;"
centre runs doctor
expect "and all it has still proves" holds .ok
expect "nothing of it is left in its files" eval '! grep -raq "marking guide" "$T/centre" --include="*.db" --exclude=search.db'
library syncs
expect "the library has it still" sees library "Fractions for all;Fractions marking guide;Fractions second guide;"

# What was shared can't be shared less by a word.
school runs shelf set guides --audience public
expect "it does not become public" is_code shelf_published
school runs shelf set guides --audience private
expect "nor private" is_code shelf_published
school runs shelf set public --audience "nodes:$library_id"
expect "nor what is public restricted" is_code shelf_published
school runs shelf add new --audience private
school runs shelf set new --audience "nodes:$library_id"
expect "what was never published may become anything" is_status 0
school runs shelf set new --audience public
expect "also public" is_status 0
school runs doctor
expect "the school's logs prove" holds .ok

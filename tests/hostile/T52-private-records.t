#!/bin/bash
# T52: a private record appears nowhere but before its owner: no log, count, list, page, relay, file for others,
# and nothing of a peer's home; nor does one that is for this node alone appear before others.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 18 "what is private stays private"

seq 1 30 | sed 's/.*/&,Botany volume &,Linden/; 1i id,Title,Author' >"$T/books.csv"
seq 1 40 | sed 's/.*/&,Unicorn memo &,Zanzibar/; 1i id,Title,Author' >"$T/memos.csv"
printf 'id,Title\n77,Griffin notes\n' >"$T/griffin.csv"
node school "School"; node centre "Centre"; node library "Library"
id_of centre
school imports "$T/books.csv"
school serves
school invites centre
centre syncs

# Everything that anybody can ask a node for, in one file. Times and what is made anew each time are left out.
public() { # NODE
    local at="https://${address[$1]}:7443" page
    for page in / /search?q=botany /search?q=unicorn /search?q=unicron /search?q=griffin /search \
        /api/v1/search?q=botany /api/v1/search?q=unicorn /api/v1/search?q=memo /api/v1/search?q= /peers /about \
        /csh/v1/profile /csh/v1/keyset /csh/v1/shelves /csh/v1/log/public/1/checkpoint \
        /csh/v1/log/public/1/tile/0/000.p/31 /csh/v1/log/drawer/1/checkpoint /csh/v1/log/griffins/1/checkpoint \
        /healthz /opensearch.xml /sitemap.xml /feed.atom; do
        echo "== $page"
        curl -sk --compressed "$at$page" | sed 's/"ms":[0-9.]*//; s/"as_of":"[^"]*"//g; s/"last_sync":"[^"]*"//g; s/[0-9]* \(ms\|milliseconds\)//; s/<time[^>]*>[^<]*//g' | tr , '\n'
    done
    echo "== entries"
    curl -sk "$at/csh/v1/log/public/1/tile/entries/000.p/31" | gunzip
} 2>/dev/null
homes() { # NODE: its home, bundles opened
    python3 - "$T/$1" <<'END'
import os, re, sys, zlib
for where, _, names in os.walk(sys.argv[1]):
    for name in names:
        try: data = open(os.path.join(where, name), "rb").read()
        except OSError: continue
        sys.stdout.buffer.write(data)
        for at in re.finditer(rb"\x1f\x8b\x08", data):
            try: sys.stdout.buffer.write(zlib.decompressobj(31).decompress(data[at.start():]))
            except zlib.error: pass
END
}
nowhere() { ! grep -aqi "$1" "$2"; }

public school >"$T/before"
expect "the pages have what is public" grep -q "Botany volume" "$T/before"
school runs shelf add drawer --audience private
school runs import "$T/memos.csv" --shelf drawer
expect "forty private records" holds '.added == 40'
school runs publish
until_ok finds school unicorn
expect "the owner finds them" finds school unicorn
public school >"$T/after"
json=$(diff "$T/before" "$T/after")
expect "and nothing that others can ask for is different" cmp -s "$T/before" "$T/after"
expect "no word of them is in it" nowhere "unicorn memo\|zanzibar" "$T/after"
school runs bundle export "$T/school.cshb"
mkdir "$T/files"; cp "$T/school.cshb" "$T/files"
homes files >"$T/opened"
expect "the file for others has what is public" grep -aq "Botany volume" "$T/opened"
expect "and nothing of them" nowhere "unicorn\|zanzibar" "$T/opened"
cp -r "$T/school/logs" "$T/logs"
homes logs >"$T/opened"
expect "nor has any log" nowhere "unicorn\|zanzibar" "$T/opened"
centre syncs
homes centre >"$T/opened"
expect "a peer's home has what is public" grep -aqi "Botany volume" "$T/opened"
expect "and nothing of them" nowhere "unicorn\|zanzibar" "$T/opened"

# A record that was public goes into the drawer.
school runs search "botany volume 7"; id=$(jq -r '.hits[] | select(.name == "Botany volume 7").id' <<<"$json")
school runs record move "$id" drawer
expect "one that was public is moved there" is_status 0
expect "it is on no page any more" eval '! curl -sk "https://${address[school]}:7443/search?q=botany" | grep -q "volume 7<"'
centre syncs
centre runs search "botany volume 7"
expect "nor at the peers" holds '[.hits[].name] | index("Botany volume 7") == null'
school runs search "botany volume 7"
expect "its owner finds it, there" holds '[.hits[] | select(.name == "Botany volume 7")][0].shelf == "drawer"'

# What is for the centre alone: the same before the centre's own visitors.
centre serves
centre invites library
public centre >"$T/before"
school runs shelf add griffins --audience "nodes:${ids[centre]}"
school imports "$T/griffin.csv" --shelf griffins
centre syncs --renew
expect "what is for the centre it finds" finds centre griffin
public centre >"$T/after"
json=$(diff "$T/before" "$T/after")
expect "before others nothing at the centre is different" cmp -s "$T/before" "$T/after"
library syncs
homes library >"$T/opened"
expect "its peers have nothing of it" nowhere griffin "$T/opened"
centre runs bundle export "$T/centre.cshb" --mirrored
cp "$T/centre.cshb" "$T/files/school.cshb"
homes files >"$T/opened"
expect "nor do its files for others" nowhere griffin "$T/opened"

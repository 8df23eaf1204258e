#!/bin/bash
# T27: a peer whose bundles expand without end, are nested, cut, damaged, or ten thousand times empty.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 24 "whatever comes as gzip costs no more than a bundle may be large"

node school "School"; node centre "Centre"
seq 1 300 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
proxied school
school imports "$T/books.csv"; school serves; proxy school
rule school tile/entries 'status 500'
school invites centre
centre serves
bundle=$(find "$T/school/logs" -path '*entries*' -name 000 -type f)
expect "there is a bundle" [ -s "$bundle" ]
attack bombs "$T" "$bundle"
expect "there are bombs" is_status 0
names=$(cat "$T/attack")
weigh centre
burnt() { awk '{ print $14 + $15 }' "/proc/${pid[centre]}/stat"; }
before=$(burnt)
for name in $names; do
    rule school; rule school 'tile/entries/000$' "file $T/bomb.$name"
    centre runs sync
    expect "$name: refused" holds '.peers[0].state == "failed" and (.peers[0].code | IN("wrong_hash", "too_large"))'
done
rule school
frugal() { say "$(($(burnt) - before)) hundredths of a second"; [ $(($(burnt) - before)) -lt 1500 ]; }
expect "processor time stayed bounded" frugal
expect "memory stayed bounded: a bundle of 15 MB, compressed and not" bounded centre 72
expect "the node goes on" alive centre
centre syncs
expect "and takes the right bytes" holds '.peers[0].state == "ok" and .peers[0].entries == 301'
centre runs doctor
expect "all proves" holds '.ok'
expect "and it ends well" centre stops

#!/bin/bash
# T13: a source that goes on serving what was taken back.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 12 "bytes that were redacted are not kept, and their hash is enough"

node school "School"; node centre "Centre"; node late "Latecomer"
{ echo "id,Title"; seq 1 300 | sed 's/.*/&,Book number &/'; } | sed 's/^9,.*/9,Quillfeather memoirs/' >"$T/a.csv"
proxied school
school imports "$T/a.csv"; school serves; proxy school
school invites centre; school invites late; centre syncs
expect "the centre holds it" finds centre quillfeather
old=$T/old; mkdir "$old"
log=$(dirname "$(find "${home[school]}/logs" -path '*/entries/000')")
cp "$log/000" "$old/000"
school runs search quillfeather; school runs record redact "$(jq -r '.hits[0].id' <<<"$json")"
has_text() { find "${home[$1]}/logs" -path '*/entries/*' -type f -exec sh -c 'gunzip -c <"$1"' - {} \; | grep -qa Quillfeather; }
lacks_text() { ! has_text "$1"; }
places() { find "${home[$1]}/logs" -path '*/entries/000' -exec sh -c 'gunzip -c <"$1"' - {} \; | python3 -c '
import sys; d = sys.stdin.buffer.read(); n = i = 0
while i < len(d):
    k = int.from_bytes(d[i:i + 2], "big"); n += k == 0; i += 2 + (k or 32)
print(n)'; }
expect "the source's copy of before has the text" sh -c "gunzip -c <'$old/000' | grep -qa Quillfeather"
rule school '/tile/entries/000$' "file $old/000"
centre syncs
expect "who holds it takes it out" lacks_text centre
expect "and has a hash in its place" test "$(places centre)" = 1
late syncs
expect "a newcomer is given the text" grep -q 'entries/000 file' "$T/school.proxy"
expect "and takes the log" holds '.peers[0].state == "ok" and .peers[0].entries == 303'
expect "but keeps only the hash" lacks_text late
expect "nobody finds it there" finds_none late quillfeather
late runs doctor; expect "its tree is as it was signed" holds .ok
rule school
node later "Last"; school invites later; later syncs
expect "from a source that serves the hash the same comes" holds '.peers[0].state == "ok"'
expect "without the text" lacks_text later
later runs doctor; expect "and the tree is the same" holds .ok

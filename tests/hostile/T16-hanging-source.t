#!/bin/bash
# T16: files to be got back from a peer that takes connections and says nothing: it is waited for once, not for
# each file, and whoever blocks it meanwhile does not wait for it either.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 7 "who hangs holds nobody up for longer than once"

node school "School"; node centre "Centre"
proxied school
seq 1 1500 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
school imports "$T/books.csv"
school serves; proxy school
centre serves
school invites centre; centre syncs
expect "the centre has a copy" finds centre "number"
bundles=$(find "${home[centre]}/logs" -path '*entries*' -type f | grep -v '\.p/' | sort)
expect "of several files" [ "$(wc -l <<<"$bundles")" -ge 4 ]
for file in $bundles; do printf 'spoiled' | dd of="$file" conv=notrunc bs=1 seek=40 status=none; done
stalls() { grep -c ' stall' "$T/school.proxy"; }
rule school . stall
start=$SECONDS
centre runs doctor --repair
expect "what is spoiled is told" holds '[.checks[] | select(.name == "file" and (.ok | not))] | length >= 4'
say "took $((SECONDS - start)) s, asked $(stalls) times"
expect "the one that hangs was asked once" [ "$(stalls)" = 1 ]

env "$CS" -C "${home[centre]}" --json doctor --repair >"$T/doctor" 2>/dev/null & doctor=$!
extra_pids="$extra_pids $doctor"
until_ok eval '[ "$(stalls)" = 2 ]'
start=$SECONDS
centre runs peer block School
expect "a block does not wait for it" [ $((SECONDS - start)) -lt 15 ]
wait $doctor
rule school
centre runs peer unblock School
centre runs doctor --repair
expect "once it answers, all is put back" holds '[.checks[] | select(.name == "file")] | length >= 4 and all(.ok)'
centre runs doctor
expect "and proves" holds '.ok'

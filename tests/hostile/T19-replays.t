#!/bin/bash
# T19: a signed request counts once: not again at once, not after a restart, not after its time. What is
# remembered of requests is bounded.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 16 "a signed request is taken once"

nonces() { json=$(python3 -c "import sqlite3; print(sqlite3.connect('$T/school/replay.db').execute('SELECT count(*), coalesce(sum(n),0) FROM (SELECT 1) LEFT JOIN held').fetchone()[1])"); }
node school "School"; node centre "Centre"
clock school 0
school serves
school invites centre
list=/csh/v1/shelves
request one centre school GET $list
sent school one
expect "a signed request is answered" is_got 200
expect "and so signed" grep -aq '^Signature: cs=:' "$T/answer"
sent school one
expect "the same bytes again: refused" is_got 401
expect "as one that was there before" says replayed
school stops; school serves
sent school one
expect "after a restart it is known still" says replayed
school dies; school serves
sent school one
expect "and after a crash" says replayed
request two centre school GET $list nonce="$(sed -n 's/.*nonce="\([^"]*\)".*/\1/p' "$T/one")"
sent school two
expect "its nonce in another request: refused" says replayed
clock school 320
sent school one
expect "in the last minute of its time it is known" says replayed
clock school 1200
sent school one
expect "after its time: refused" is_got 401
expect "because that is over" says expired
request three centre school GET $list created=1200
sent school three
expect "a new one is answered" is_got 200
nonces
expect "and what was over is forgotten" [ "$json" = 1 ]
clock school 0
request old centre school GET $list created=-3600 lifetime=300
sent school old
expect "one that was made an hour ago: refused" says expired
request early centre school GET $list created=3600
sent school early
expect "one that is made for later: refused" says not_yet
request long centre school GET $list lifetime=301
sent school long
expect "one that would live too long: refused" is_got 400
nonces
expect "nothing that was refused is remembered" [ "$json" = 1 ]

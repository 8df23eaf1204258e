#!/bin/bash
# T54: machines with a wrong clock: three hours ahead or behind, in 1970, a second back. Each is told what time
# it is, under a signature, asks once more, and goes on; nothing is signed that is older than what was.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 32 "wrong clocks lock nobody out"

for i in 1 2 3 4; do printf 'id,Title\n%d,Astronomy part %d\n' $i $i >"$T/$i.csv"; done
node school "School"; node centre "Centre"
proxied school
clock school 0; clock centre 0
school imports "$T/1.csv"; school serves; proxy school
asked() { json=$(grep -c shelves "$T/school.proxy"); [ "$json" = "$1" ]; }
warned() { grep -q "by the clock of \"School\" it is $1" "$T/err"; }

tell() { # NAME SECONDS WORDS ENGLISH: a node with that clock from the first
    : >"$T/school.proxy"
    clock "$1" "$2"
    node "$1" "$1"
    school invites "$1"
    expect "$3: an invite is redeemed" is_status 0
    expect "and it says how far the clocks are apart" warned "$4"
    "$1" syncs
    expect "what is there is pulled" holds '.peers[0].state == "ok"'
    expect "after one more try, not more" asked 2
    expect "and found" finds "$1" astronomy
}
tell early 10800 "three hours ahead" "3 h 00 min earlier"
tell late -10800 "three hours behind" "\(3 h 00\|2 h 59\) min later"
school invites centre
: >"$T/school.proxy"
centre syncs
expect "a right clock needs no second try" asked 1

# A dead battery: 1970.
clock centre -$(($(date +%s) - 100))
school imports "$T/2.csv"
: >"$T/school.proxy"
centre syncs --renew
expect "in 1970: what is new is pulled" holds '.peers[0].state == "ok"'
expect "after one more try" asked 2
expect "and found" finds centre "part 2"
centre imports "$T/3.csv"
expect "in 1970 nothing is signed" is_code clock_behind
clock centre 0
centre imports "$T/3.csv" --publish
centre runs publish
expect "later it is" is_status 0
centre runs shelf compact public
clock centre -$(($(date +%s) - 100))
centre runs shelf prune
expect "in 1970 no old log is over its time" holds '.pruned == 0'

# By an inviter's clock keys have expired that have not.
clock centre 0; clock third $((400 * 86400)); node third "Third"
third serves; third invites centre
expect "keys that an inviter holds for expired: it is said so" is_code keys_expired_there
third stops

# What others signed is judged by what others' clocks agree on (what one of them can do: T54-lone-clock.t).
clock centre 0
for n in north south; do node $n "$n"; $n serves; $n invites centre; done
clock centre $((30 * 86400))
centre serves
centre syncs
page() { curl -s "http://${address[centre]}:7480/peers" >"$T/page"; json=$(cat "$T/page"); }
page
expect "a month ahead: nobody is said to be silent for it" eval 'grep -q School "$T/page" && ! grep -q "out of date" "$T/page"'
node office "Office"
charters() { python3 "$top_srcdir/tests/hostile/charters.py" "$@"; }
charters gov "${home[office]}" "$T/gov"
charters make "$T/charter" coordinators="$T/gov" threshold=1 expires=864000
centre runs charter import "$T/charter"
expect "a charter that is good for ten days has not expired for it" is_status 0
centre stops
for n in north south; do $n stops; centre runs peer remove $n --yes; done

# A clock that is ahead at the publisher.
school stops
clock school 10800
school imports "$T/3.csv"; school serves
clock centre 0
centre syncs
expect "of a publisher that is ahead the time is called not certain" grep -q "time not certain" "$T/err"
expect "what it says is believed" finds centre "part 3"
school stops
clock school 0
school serves
school imports "$T/4.csv"
expect "it signs nothing before its own last signature" is_code clock_behind
centre syncs
expect "what it serves is still good" holds '.peers[0].state | IN("ok", "unchanged")'
clock school 10801
school runs publish
expect "from that time on it signs" is_status 0
clock school 10800
printf 'id,Title\n5,Astronomy part 5\n' >"$T/5.csv"
school imports "$T/5.csv"
expect "a leap second, the same second twice, is no step back" is_status 0
: >"$T/school.proxy"
centre syncs --renew
expect "and neither for those who ask: they are told the time" warned "\(3 h 00\|2 h 59\) min later"
expect "once" asked 2
expect "and find what is new" finds centre "part 5"

# Both at once, a request by hand: the refusal is signed and says the time.
clock centre 0
address[school]=${fronts[school]}
request soon centre school GET /csh/v1/shelves
address[school]=${back[school]}
sent school soon
expect "the refusal is signed" grep -aq '^Signature: cs=:' "$T/answer"
expect "and says what time it is" grep -aqE '"time":[0-9]{10}' "$T/answer"
sed -i 's/^Signature: cs=:..../Signature: cs=:AAAA/' "$T/soon"
sent school soon
expect "to nobody else" says bad_signature

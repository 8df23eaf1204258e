#!/bin/bash
# T57: what is brought to a relay, by who may not, of whom it is not, or other than it was signed.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 43 "a deposit is taken as its owner signed it, within what its owner was allowed, or not at all"

node hub "Hub"; node other "Other"
hub serves; hub runs status; hub_id=$(jq -r .node.id <<<"$json")
node farm "Farm School" --reach none --via "$hub_id"
seq 1 600 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
printf 'id,Title\n1,Astronomy\n' >"$T/a.csv"; printf 'id,Title\n2,Botany\n' >"$T/b.csv"
farm imports "$T/books.csv"; other imports "$T/a.csv"
hub invites farm; hub invites other
farm runs bundle export "$T/farm.cshb"; other runs bundle export "$T/other.cshb"
cp -a "${home[farm]}" "$T/copy"; home[twin]=$T/copy; twin() { act twin "$@"; }
twin imports "$T/a.csv"; twin runs bundle export "$T/twin.cshb" # while nobody has seen anything of it
farm runs status; farm_id=$(jq -r .node.id <<<"$json")
hex=$(printf %s "$farm_id/public/1" | sha256sum | cut -c1-64)
type=application/vnd.commonshelf.bundle
deposit() { request "$1" "$2" hub POST /csh/v1/deposit file="$T/$3" type=$type; sent hub "$1"; }
state() { hub runs status; jq -S '[.records, [.peers[] | {id, records}]]' <<<"$json"; hub runs peer show "Farm School"; jq -S '.peer | [.shelves, .evidence]' <<<"$json"; }
nothing=$(state)
unchanged() { [ "$(state)" = "$1" ]; }

# Who.
deposit one farm farm.cshb
expect "without the relay's leave: refused" is_got 403
expect "as that" says no_consent
request ask farm hub GET "/csh/v1/deposit/$hex"; sent hub ask
expect "it is not even told what is there" says no_consent
code=$(curl -sk -o /dev/null -w '%{http_code}' -H "Content-Type: $type" --data-binary @"$T/farm.cshb" "https://${address[hub]}:7443/csh/v1/deposit")
expect "without a signature: refused" [ "$code" = 401 ]
expect "nothing of all that was taken" unchanged "$nothing"
hub runs peer set "Farm School" --relay-for yes
deposit theirs farm other.cshb
expect "another node's log: refused" is_got 403
expect "as another's" says wrong_origin
deposit stolen other farm.cshb
expect "by another who has no leave: refused" says no_consent
request ask farm hub GET "/csh/v1/deposit/$hex"; sent hub ask
expect "who may is told what is there" is_got 200
expect "which is nothing" [ "$(tail -1 "$T/answer")" = 0 ]
request ask farm hub GET "/csh/v1/deposit/..%2f..%2f"; sent hub ask
expect "no path leads elsewhere" is_got 404
expect "nothing was taken by then" unchanged "$nothing"

# What.
head -c 5000 /dev/urandom >"$T/garbage"; deposit garbage farm garbage
expect "garbage: refused" says not_a_bundle
: >"$T/empty"; head -c "$(($(stat -c %s "$T/farm.cshb") / 2))" "$T/farm.cshb" >"$T/half"
deposit half farm half
expect "half a file: refused" says cut_off
for what in unknown early no-keys behind flip:C:0; do
    python3 "$here/../hostile/frames.py" "$T/farm.cshb" "$T/wrong" "$what"
    deposit wrong farm wrong
    expect "$what: refused" is_got 400
done
expect "nothing of these was taken" unchanged "$nothing"
cat "$T/farm.cshb" >"$T/two"; python3 - "$T/farm.cshb" "$T/other.cshb" "$T/two" <<'P'
import sys
a, b, out = sys.argv[1:]
z = b"Z\0\0\0\0"
open(out, "wb").write(open(a, "rb").read().removesuffix(z) + open(b, "rb").read()[6:])
P
deposit two farm two
expect "another's log behind its own: refused" is_got 403
expect "both of them" unchanged "$nothing"
python3 "$here/../hostile/frames.py" "$T/farm.cshb" "$T/wrong" flip:E:1; deposit wrong farm wrong
expect "an entry that was altered: refused" says wrong_hash
hub runs peer show "Farm School"
expect "what was right before it is kept, and no more" holds '.peer.shelves[0].held < 601'

# How.
expect "more than its cap is refused before it is sent" [ "$(python3 "$here/../hostile/deposits.py" head "${address[hub]}:7443" 16777217)" = 413 ]
request whole farm hub POST /csh/v1/deposit file="$T/farm.cshb" type=$type
python3 "$here/../hostile/deposits.py" half "${address[hub]}:7443" "$T/whole" >"$T/out"
sent hub whole
expect "half a request leaves nothing behind: the whole one is taken" is_got 200
expect "all of it" [ "$(tail -1 "$T/answer")" = 601 ]
sent hub whole
expect "the same request again: refused" says replayed
full=$(state)
expect "it is held" until_ok finds hub number "Farm School"
deposit again farm farm.cshb
expect "the same file again changes nothing" is_got 200
expect "and is answered as before" [ "$(tail -1 "$T/answer")" = 601 ]
farm imports "$T/b.csv"; farm runs bundle export "$T/newer.cshb"; deposit newer farm newer.cshb
expect "a newer one is taken" [ "$(tail -1 "$T/answer")" = 602 ]
deposit older farm farm.cshb
expect "an older one is no step back" [ "$(tail -1 "$T/answer")" = 602 ]
hub runs peer show "Farm School"
expect "and no evidence" holds '.peer.evidence == 0 and .peer.shelves[0].held == 602'

# Many at once: long bodies are taken a few at a time, and short ones meanwhile.
mkfifo "$T/go"
python3 "$here/../hostile/deposits.py" crowd "${address[hub]}:7443" 6 16000000 4 8 <"$T/go" >"$T/crowd" 2>&1 &
extra_pids="$extra_pids $!"; exec 9>"$T/go"
expect "of six long bodies" until_ok grep -q open "$T/crowd"
expect "two have to come later" [ "$(grep -c '^503' "$T/crowd")" = 2 ]
deposit meanwhile farm newer.cshb
expect "a short one is taken meanwhile" is_got 200
echo >&9; exec 9>&-
free() { python3 "$here/../hostile/deposits.py" crowd "${address[hub]}:7443" 1 16000000 0 0.5 </dev/null | grep -q nothing; }
expect "and a long one when they are gone" until_ok free

# A second history.
deposit twin farm twin.cshb
expect "a second history: refused" is_got 409
expect "as that" says forked
hub runs peer show "Farm School"
expect "the first one stays, and both are kept as evidence" holds '.peer.evidence == 1 and .peer.shelves[0].held == 602'
"$CS" -q -C "${home[farm]}" shelf add more --audience public; farm imports "$T/a.csv" --shelf more
farm runs bundle export "$T/both.cshb"; deposit both farm both.cshb
expect "two logs at once: refused" says malformed
hub runs peer block "Farm School"
deposit blocked farm newer.cshb
expect "who is blocked brings nothing" says blocked

#!/bin/bash
# T31: ranges of a bundle: too many, overlapping, reversed, past the end, under another version's tag.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 32 "ranges are answered as RFC 9110 has them, and never cost more than the whole"

attacked school
url="https://${address[school]}:7443$base/tile/entries/000"
curl -sk -D "$T/head" -o "$T/whole" "$url"
size=$(wc -c <"$T/whole")
etag=$(sed -n 's/^[Ee][Tt]ag: \(.*\)\r$/\1/p' "$T/head")
many() { local i; for ((i = 0; i < $1; i++)); do printf '%s%d-%d' "${i:+,}" "$i" "$((i + 9))"; done | sed 's/^,//'; }

asks() { # STATUS BYTES [HEADER…]
    local wanted=$1 bytes=$2 got; shift 2
    local headers=()
    for h in "$@"; do headers+=(-H "$h"); done
    got=$(curl -sk -o "$T/part" -D "$T/head" -w '%{http_code} %{size_download}' "${headers[@]}" "$url")
    json="$got, not $wanted $bytes"
    [ "$got" = "$wanted $bytes" ]
}
is_part() { cmp -s "$T/part" <(tail -c +$(($1 + 1)) "$T/whole" | head -c "$2"); }
range_is() { grep -qi "^Content-Range: bytes $1" "$T/head"; }

expect "the whole has a tag" [ -n "$etag" ]
expect "a part" asks 206 10 "Range: bytes=5-14"
expect "is those bytes" is_part 5 10
expect "and says which" range_is "5-14/$size"
expect "the end" asks 206 7 "Range: bytes=-7"
expect "is those bytes" is_part $((size - 7)) 7
expect "from somewhere on" asks 206 $((size - 100)) "Range: bytes=100-"
expect "is those bytes" is_part 100 $((size - 100))
expect "an end beyond the end is the end" asks 206 $((size - 5)) "Range: bytes=5-99999999"
expect "more of the end than there is: all" asks 206 "$size" "Range: bytes=-99999999"
refused=$(curl -sk -o /dev/null -w '%{size_download}' -H "Range: bytes=$size-" "$url")
expect "past the end: nothing" asks 416 "$refused" "Range: bytes=$size-"
expect "and how much there is" range_is "\*/$size"
expect "of the end, nothing" asks 416 "$refused" "Range: bytes=-0"
expect "reversed: no range" asks 200 "$size" "Range: bytes=14-5"
expect "two ranges: the whole" asks 200 "$size" "Range: bytes=0-1,5-6"
expect "a thousand: the whole, once" asks 200 "$size" "Range: bytes=$(many 1000)"
expect "a thousand alike: the whole, once" asks 200 "$size" "Range: bytes=$(yes 0- | head -1000 | paste -sd,)"
expect "overlapping: the whole" asks 200 "$size" "Range: bytes=0-100,50-150,0-"
expect "two headers: the whole" asks 200 "$size" "Range: bytes=0-1" "Range: bytes=3-4"
expect "another unit: the whole" asks 200 "$size" "Range: rows=0-1"
expect "no numbers: the whole" asks 200 "$size" "Range: bytes=a-b"
expect "a number beyond 64 bits: nothing" asks 416 "$refused" "Range: bytes=99999999999999999999-99999999999999999999"
expect "this version's tag: the part" asks 206 10 "Range: bytes=5-14" "If-Range: $etag"
expect "a weak tag never matches" asks 200 "$size" "Range: bytes=5-14" "If-Range: W/$etag"
expect "another version's tag: the whole" asks 200 "$size" "Range: bytes=5-14" 'If-Range: "other"'
expect "a date is no tag: the whole" asks 200 "$size" "Range: bytes=5-14" "If-Range: Tue, 24 Nov 2026 10:00:00 GMT"
expect "what is held already" asks 304 0 "Range: bytes=5-14" "If-None-Match: $etag"
good_begin school
head=(-H "Range: bytes=$(many 1000)")
for round in 1 2 3; do
    yes "$url" | head -30 | sed 's/.*/url="&"\noutput="\/dev\/null"/' |
        curl -skZ --no-progress-meter --parallel-max 16 "${head[@]}" -K -
done
good_end
expect "a good client was served meanwhile" served
expect "memory stayed bounded" bounded school 8
expect "nothing stays open" released school
expect "the node goes on" alive school
expect "and ends well" school stops

#!/bin/bash
# T47: .cshb files that are wrong in form, in whose they are, or in what they say.
. "$(dirname "$0")/../scenario/lib.sh"
story 58 "a wrong file of catalogues is refused whole, and nothing that was held changes"

node school "School"; node centre "Centre"; node other "Other"
seq 1 600 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/books.csv"
seq 601 1300 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/more.csv"
printf 'id,Title\n1,Astronomy\n' >"$T/a.csv"
printf 'id,Title\n2,Botany\n' >"$T/b.csv"
school imports "$T/books.csv"
school runs bundle export "$T/first.cshb"
cp -a "${home[school]}" "$T/copy"
school imports "$T/more.csv"
school runs bundle export "$T/school.cshb"
other imports "$T/a.csv"
other runs bundle export "$T/other.cshb"
school runs status; school_id=$(jq -r .node.id <<<"$json")
other runs status; other_id=$(jq -r .node.id <<<"$json")
trust="--trust $school_id --trust $other_id"

state() { centre runs status; jq -S 'del(.home)' <<<"$json"; centre runs peer list; jq -S . <<<"$json"; }
centre runs bundle import "$T/first.cshb" --trust "$school_id"
expect "the first catalogue is held" holds '.peers[0].entries == 601'
before=$(state)
refused() { # WHAT CODES [OTHER]
    python3 "$here/../hostile/frames.py" "$T/school.cshb" "$T/wrong.cshb" "$1" ${3:+"$3"}
    centre runs bundle import "$T/wrong.cshb" $trust
    local said=$json code=$status
    expect "$1 is refused" [ $code = 1 ]
    json=$said
    expect "as $2" is_code "$2"
    expect "and nothing was changed" [ "$(state)" = "$before" ]
}
refused magic not_a_bundle
refused past-end cut_off
refused no-end cut_off
refused unknown malformed
refused huge too_large
refused early malformed
refused no-keys malformed
refused behind malformed
refused two-parts malformed
refused keys "no_signature|bad_signature|wrong_origin|malformed" "$T/other.cshb"
refused profile "no_signature|bad_signature|wrong_origin|malformed" "$T/other.cshb"
refused log wrong_origin "$T/other.cshb"
refused flip:C:0 "bad_signature|malformed|wrong_hash|no_signature|wrong_origin|bad_checkpoint"
: >"$T/wrong.cshb"; centre runs bundle import "$T/wrong.cshb"
expect "an empty file is refused" is_code not_a_bundle

# What is signed and yet wrong is found as in a pull, and what came before it stays.
wrong_hash() { # WHAT
    python3 "$here/../hostile/frames.py" "$T/school.cshb" "$T/wrong.cshb" "$1"
    centre runs bundle import "$T/wrong.cshb"
    expect "$1 fails" is_status 3
    expect "as a wrong hash, named after the file" holds '.peers[0].code == "wrong_hash" and (.peers[0].message | contains("wrong.cshb"))'
}
wrong_hash flip:T:0
expect "nothing is taken under a wrong spine" [ "$(state)" = "$before" ]
wrong_hash flip:E:4
centre runs status
expect "bundles before the wrong one stay" holds '.records.mirrored == 1023'

# A smaller history is an old file; another history is a fork.
centre runs bundle import "$T/school.cshb"
expect "the right file is taken" holds '.peers[0].state == "ok"'
before=$(state)
centre runs bundle import "$T/first.cshb"
expect "a smaller checkpoint is an old file" holds '.peers[0].state == "unchanged"'
expect "and changes nothing" [ "$(state)" = "$before" ]
mv "${home[school]}" "$T/kept"; mv "$T/copy" "${home[school]}"
school imports "$T/b.csv"
school runs bundle export "$T/small.cshb"
node reader "Reader"; reader runs bundle import "$T/school.cshb" --trust "$school_id"
reader runs bundle import "$T/small.cshb"
expect "a smaller checkpoint of another history is a fork too" holds '.peers[0].code == "forked"'
reader runs peer show School
expect "with evidence" holds '[.. | objects | select(has("evidence")) | .evidence] | any(. != 0 and . != null and . != [])'
expect "and nothing of it is found" finds_none reader botany
seq 5000 6200 | sed 's/.*/&,Forged &/; 1i id,Title' >"$T/forged.csv"; school imports "$T/forged.csv"
school runs bundle export "$T/forked.cshb"
centre runs bundle import "$T/forked.cshb"
expect "another history is refused" holds '.peers[0].code == "forked"'
expect "nothing of it is found" finds_none centre forged
expect "the first is held" finds centre "book number 1300"
centre runs peer show School
expect "the evidence is kept" holds '[.. | objects | select(has("evidence")) | .evidence] | any(. != 0 and . != null and . != [])'
centre runs doctor
expect "what is held proves" holds '.ok'

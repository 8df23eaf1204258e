#!/bin/bash
. "$(dirname "$0")/lib.sh"
# Each line of expected.tsv: a query, an institution, and the least number of its records that have it.
expected=$samples/expected.tsv
lines=$(grep -vc -e '^#' -e '^query' "$expected")
story $((lines + 9)) "one search finds records in every language the samples are in"

node library "Northgate City Library"; node school "Escuela Riverside"; node centre "Kivuli Learning Centre"
library imports "$samples/city-library.mrc"; school imports "$samples/riverside-school.csv"
centre imports "$samples/kivuli-centre.csv"
for n in library school centre; do $n serves; done
library invites centre; school invites centre; centre syncs
at_least() { local n; n=$(hits centre "$1" "$2") && [ "$n" -ge "$3" ]; }
while IFS=$'\t' read -r query institution least; do
    case $query in ''|'#'*|query) continue ;; esac
    expect "$query: $least or more at $institution" at_least "$query" "$institution" "$least"
done <"$expected"

expect "accent-less Spanish: energia finds energía" finds centre energia "Escuela Riverside"
expect "and the reverse: matemáticas as typed without" finds centre matematicas "Escuela Riverside"
expect "Arabic with and without the article" test "$(hits centre الماء)" = "$(hits centre ماء)"
expect "Arabic with vowel marks" finds centre "مَاء"
expect "one Chinese character" finds centre 水
expect "Swahili" finds centre maji
expect "Hindi" finds centre पानी
expect "an ISBN as it stands on the cover" finds centre "978-1-938168-99-4"
expect "the same as ISBN-10" finds centre "1-938168-99-2"

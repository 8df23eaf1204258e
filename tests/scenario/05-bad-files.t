#!/bin/bash
. "$(dirname "$0")/lib.sh"
story 25 "a file that is not right gets a clear message, and nothing is half done"

node lab "Lab"
refused() { # WHAT FILE CODES
    lab runs import "$2"
    expect "$1: status 1" is_status 1
    expect "$1: $3" is_code "$3"
}
: >"$T/empty.csv"
head -c 200000 /dev/urandom >"$T/noise.bin"
printf 'id,Title\n1,with\0nul\n' >"$T/nul.csv"
printf 'a,b\n1,2\n' >"$T/headers.csv"
printf 'id,Title\n1,"never closed\n2,two\n' >"$T/open.csv"
{ printf 'id,Title\n1,'; head -c 3000000 /dev/zero | tr '\0' x; printf '\n2,fine\n'; } >"$T/huge.csv"
head -c 2000 "$samples/city-library.mrc" >"$T/cut.mrc"
printf '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><collection xmlns="http://www.loc.gov/MARC21/slim"><record>&e;</record></collection>' >"$T/doctype.xml"
refused "an empty file" "$T/empty.csv" empty_file
refused "noise" "$T/noise.bin" "unknown_format|bad_rows|nul_byte|not_text"
refused "NUL bytes" "$T/nul.csv" "bad_rows|nul_byte|not_text"
refused "no title among the columns" "$T/headers.csv" no_title_column
refused "a quote that is never closed" "$T/open.csv" "bad_rows|open_quote|unclosed_quote"
refused "a document type with entities" "$T/doctype.xml" "bad_rows|doctype|not_supported|unsafe_xml|xml"
refused "no such file" "$T/nowhere.csv" not_found
lab runs status
expect "none of it left a record" holds '.records.own == 0'
lab runs import "$T/huge.csv"
expect "one huge cell refuses its row only, or the file" bash -c "[ $status = 3 ] || [ $status = 1 ]"
lab runs import "$T/cut.mrc" --source cut
expect "a truncated record is refused by number, the whole ones stay" holds '.added >= 1 and .refused == 1 and (.problems[] | select(.refused) | .row >= 2)'
expect "with status 3" is_status 3
printf 'id,Title,ISBN\n1,Good,9780306406157\n2,,9780306406157\n3,Bad number,9780306406158\n' >"$T/rows.csv"
lab runs import "$T/rows.csv"
expect "a row without a title is refused" holds '.added == 2 and .refused == 1'
expect "named by row and column" holds '.problems[] | select(.refused) | .row == 3'
expect "a wrong ISBN is left out, the record kept" holds '[.problems[] | select(.code == "isbn_checksum" and (.refused | not)) | .row] == [4]'
lab runs import "$T/rows.csv" --dry-run
expect "a dry run changes nothing and shows the mapping" holds '.mapping.name == "Title"'
"$CS" -C "${home[lab]}" --json init --name Again >"$T/out" 2>/dev/null; status=$?; json=$(cat "$T/out")
expect "a home that exists is refused" is_status 1
expect "and named" holds '.error.code == "home_exists"'
"$CS" -C "${home[lab]}" --json nonsense >"$T/out" 2>/dev/null; status=$?
expect "an unknown command is wrong usage" is_status 2

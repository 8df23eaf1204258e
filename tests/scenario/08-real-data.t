#!/bin/bash
. "$(dirname "$0")/lib.sh"
data=${COMMONSHELF_TEST_DATA:-}
[ -d "$data/csv" ] || skip_all "COMMONSHELF_TEST_DATA is not set: no real catalogues here"
story 14 "real catalogues import whole, and are found in their languages"

node lab "Lab"
counts() { # FILE READ
    lab runs import "$data/$1"
    expect "$1: $2 records read, each added or named" \
        holds ".read == $2 and .added + .updated + .unchanged + .repeated + .refused == $2 and (.refused == 0 or ([.problems[] | select(.refused)] | length) > 0)"
}
counts csv/african-storybook.csv 1069
counts csv/pratham-books.csv 630
counts csv/gutenberg-sample.csv 2243
counts sheets/register-hi-en.csv 120
counts marc/blacklight30/test_data.utf8.mrc 30
counts marc/blacklight30/test_data.utf8.marc.xml 30
counts marc/national/princeton.xml 50
counts marc/national/dnb.xml 99
lab runs publish
expect "all of it is published" holds '.shelves[0].size > 4000'
expect "Swahili" finds lab samaki
expect "Hindi" finds lab पानी
expect "Chinese" finds lab 粉妝樓
expect "an accent more than was printed" finds lab "históriá oriental"
lab runs doctor
expect "and proves" holds .ok

#!/bin/bash
# The library as a stranger gets it: installed, found by pkg-config, and enough to verify a shelf from files.
. "$(dirname "$0")/../scenario/lib.sh"
story 8 "a program of sixty lines verifies a shelf with the installed library"

root=$T/root
install() { make -s -C "$top_builddir" install DESTDIR="$root" >"$T/out" 2>"$T/err"; }
expect "it installs" install
pc=$(find "$root" -name commonshelf.pc | head -1)
flags=$(PKG_CONFIG_SYSROOT_DIR=$root PKG_CONFIG_PATH=${pc%/*} pkg-config --cflags --libs commonshelf)
expect "pkg-config knows it" test -n "$flags"
libraries=$(dirname "$(find "$root" -name 'libcommonshelf.so' | head -1)")
# The sanitizers' runtime comes with the compiler that built the library.
cc=$(sed -n 's/^CC = //p' "$top_builddir/Makefile") extra=$(sed -n 's/^HARDEN_LDFLAGS = //p' "$top_builddir/Makefile" | grep -o 'fsanitize=[^ ]*')
expect "the example builds against it" $cc -std=c11 -Wall -Wextra -Werror ${extra:+-$extra} \
    -o "$T/verify-shelf" "$top_srcdir/tests/interop/verify-shelf.c" $flags -Wl,-rpath-link,"$libraries"

node library "City Library"
library imports "$samples/city-library.mrc"
seq 1 300 | sed 's/.*/&,Book number &/; 1i id,Title' >"$T/more.csv"
library imports "$T/more.csv"
log=$(dirname "$(find "${home[library]}/logs" -name checkpoint)")
# The example leaves its memory to the system when it ends.
verify() { ASAN_OPTIONS=detect_leaks=0 LD_LIBRARY_PATH=$libraries "$T/verify-shelf" "$log" "$@" >"$T/said" 2>"$T/err"; }
expect "it verifies a shelf" verify "${home[library]}/keys/keyset"
expect "and says what is on it" grep -q '373 entries, all as signed; 372 describe records' "$T/said"
bundle=$(find "$log" -path '*entries/000' | head -1)
cp "$bundle" "$T/kept"
gzip -dc "$T/kept" | LC_ALL=C sed 's/Book number 1"/Hook number 1"/' | gzip -n >"$bundle"
expect "an altered record is refused" eval '! verify "${home[library]}/keys/keyset"'
cp "$T/kept" "$bundle"
printf '\001' | dd of="$bundle" bs=1 seek=2000 conv=notrunc status=none
expect "a damaged bundle is refused" eval '! verify "${home[library]}/keys/keyset"'
node school "School"
expect "another node's keys are refused" eval '! verify "${home[school]}/keys/keyset"'

#!/bin/bash
# T22: nothing older or weaker is taken instead of the one form of signature, and nothing falls back to it.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 16 "one form of signature, and no other"

node school "School"; node centre "Centre"
school serves
school invites centre
list=/csh/v1/shelves
spoil() {
    request "$1" centre school GET $list "${@:3}"
    sed -i "$2" "$T/$1"
    sent school "$1"
}
spoil right ''
expect "as it should be it is answered" is_got 200
spoil bare '/^Signature/d'
expect "without a signature: refused" says no_signature
spoil cavage "/^Signature-Input/d; s/^Signature: .*/Signature: keyId=\"x\",algorithm=\"hs2019\",headers=\"(request-target)\",signature=\"AAAA\"\r/"
expect "a signature of the old draft: refused" is_got 401
spoil both "s/^Signature: .*/Signature: keyId=\"x\",algorithm=\"hs2019\",headers=\"(request-target)\",signature=\"AAAA\"\r/"
expect "beside the right Signature-Input too" is_got 400
spoil hmac 's/;tag=/;alg="hmac-sha256";tag=/'
expect "an algorithm of the sender's choice: refused" is_got 400
spoil tag '' tag=commonshelf-v2
expect "another version's tag, well signed: refused" is_got 400
spoil order '' 'list="@authority" "@method" "@path" "@query" "csh-to"'
expect "components in another order, well signed: refused" is_got 400
spoil fewer '' 'list="@method" "@authority" "@path" "csh-to"'
expect "fewer components, well signed: refused" is_got 400
spoil twice 's/^\(Signature-Input: \)\(cs=[^\r]*\)/\1\2, \2/; s/^\(Signature: \)\(cs=[^\r]*\)/\1\2, \2/'
expect "two signatures: refused" is_got 400
spoil lines 's/^\(Signature-Input: [^\r]*\)\r/\1\r\n\1\r/'
expect "two lines of them: refused" is_got 400
spoil raw 's/^CSH-To/@method: GET\r\n&/'
expect "a header called like a component: refused" is_got 400
spoil body 's/^CSH-To/Content-Digest: sha-256=:47DEQpj8HBSa+\/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:\r\n&/'
expect "a digest that the signature does not cover: refused" is_got 400
printf 'POST /csh/v1/hello HTTP/1.1\r\nHost: %s:7443\r\nConnection: close\r\nContent-Length: 2\r\n\r\nhi' "${address[school]}" >"$T/post"
sent school post
expect "an unsigned POST: refused" is_got 400
old() { # a handshake with this version only
    openssl s_client -connect "${address[school]}:7443" "$1" -cipher ALL:@SECLEVEL=0 </dev/null >"$T/tls" 2>&1
    json=$(tail -3 "$T/tls"); grep -q "Cipher is [A-Z]" "$T/tls"
}
expect "TLS 1.0 does not come about" eval '! old -tls1'
expect "nor TLS 1.1" eval '! old -tls1_1'
expect "TLS 1.2 does" old -tls1_2

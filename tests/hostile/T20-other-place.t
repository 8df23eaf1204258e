#!/bin/bash
# T20: a signed request counts for the node, the address, the path, the query and the method it was made for.
. "$(dirname "$0")/../scenario/lib.sh"
. "$here/../hostile/lib.sh"
story 14 "a signed request goes nowhere else"

node school "School"; node centre "Centre"; node library "Library"
school serves; library serves
school invites centre; library invites centre; school invites library
list=/csh/v1/shelves
spoil() { # NAME SED-SCRIPT: a fresh request, changed
    request "$1" centre school GET $list
    sed -i "$2" "$T/$1"
}
request right centre school GET $list
sent school right
expect "where it belongs it is answered" is_got 200
request here centre school GET $list
sent library here
expect "another node does not take it" says wrong_recipient
sed -i "s/^Host: .*/Host: ${address[library]}:7443\r/" "$T/here"
sent library here
expect "not under its own name either" says wrong_recipient
id_of library
spoil to "s/^CSH-To: .*/CSH-To: ${ids[library]}\r/"
sent library to
expect "nor with another recipient written in" says bad_signature
sed -i "s/^Host: .*/Host: ${address[library]}:7443\r/" "$T/to"
sent library to
expect "and another address" says bad_signature
request host centre library GET $list host="${address[school]}:7443"
sed -i "s/^CSH-To: .*/CSH-To: ${ids[school]}\r/" "$T/host"
sent school host
expect "one made for another address is not taken" says bad_signature
request path centre school GET /csh/v1/log/public/1/checkpoint
sed -i "s|^GET [^ ]*|GET $list|" "$T/path"
sent school path
expect "one made for another path: refused" says bad_signature
request query centre school GET "$list?a=b"
sed -i "s|^GET [^ ]*|GET $list|" "$T/query"
sent school query
expect "one made for another query: refused" says bad_signature
spoil head 's/^GET /HEAD /'
sent school head
expect "one made for another method: refused" is_got 401
spoil post 's/^GET /POST /; s/^Connection: close/&\r\nContent-Length: 0/'
sent school post
expect "as POST: refused" is_got 405
request other library school GET $list
sed -i "s|keyid=\"[^/]*|keyid=\"${ids[centre]}|" "$T/other"
sent school other
expect "in another peer's name: refused" says bad_signature
node stranger "Stranger"
request unknown stranger school GET $list
sent school unknown
expect "a node that is no peer: refused" says unknown_key
school runs peer block "${ids[centre]}"
request blocked centre school GET $list
sent school blocked
expect "a peer that is blocked: refused" is_got 403
school runs peer unblock "${ids[centre]}"
request again centre school GET $list
sent school again
expect "and answered when that has ended" is_got 200

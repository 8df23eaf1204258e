# A proxy in front of a node that lies for it: it has the node's own TLS key, so that only what it sends
# is wrong. `proxied NAME` before the node serves, `proxy NAME` after; `rule NAME PATTERN ACTION` from
# then on, `rule NAME` takes all rules away. Actions: see proxy.py.
extra_pids=
proxied() {
    local name=$1 conf="${home[$1]}/commonshelf.conf"
    new_address
    front=${address[$name]}
    address[$name]=$fresh
    back[$name]=$fresh
    sed -i "s|^listen = .*|listen = $fresh:7443|; s|^local = .*|local = $fresh:7480|" "$conf"
    grep -q "^listen = $fresh" "$conf" || { say "the configuration has no listen line"; exit 1; }
    fronts[$name]=$front
}
declare -A back fronts
proxy() {
    local name=$1
    : >"$T/$name.rules"
    python3 "$top_srcdir/tests/hostile/proxy.py" "${fronts[$name]}" 7443 "${back[$name]}" 7443 \
        "${home[$name]}/keys/tls.crt" "${home[$name]}/keys/tls.key" "$T/$name.rules" \
        >"$T/$name.proxy" 2>&1 &
    extra_pids="$extra_pids $!"
    disown
    until_ok grep -q ready "$T/$name.proxy" || { say "proxy: $(cat "$T/$name.proxy")"; exit 1; }
}
rule() {
    local name=$1; shift
    if [ $# = 0 ]; then : >"$T/$name.rules"; else printf '%s\t%s\n' "$1" "$2" >>"$T/$name.rules"; fi
}

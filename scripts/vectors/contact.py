"""SPEC §6. An invite `link` gives `url`, `node`, `secret` (hex) and the `invite_name` (base64), or is no invite. A hello `note`
by `side` proves `secret` (hex) with its MAC: `expect` is "good", "malformed", "mac" (the MAC does not hold) or
"signature"."""
import hashlib
import hmac

from .basis import Key, Node, b64, b64url, line, note, sha256


def mac(side, sender, to, joiner_nonce, inviter_nonce, keysets, profile, secret):
    message = ("commonshelf/hello-%s/v1\n%s\n%s\n" % (side, sender, to)).encode()
    return hmac.new(secret, message + joiner_nonce + inviter_nonce + keysets + profile, hashlib.sha256).digest()


def cases():
    out = []
    first, second = Node(), Node("second")
    secret = bytes(range(1, 17))
    name = sha256(b"commonshelf/invite-name/v1\n" + secret)[:16]
    good = "https://biblio.ciudad.example:7443/csh/join#%s~%s" % (first.id, b64url(secret))

    def link(what, text, ok=False):
        case = {"name": "link: " + what, "link": text}
        if ok:
            case.update({"url": "https://biblio.ciudad.example:7443", "node": first.id, "secret": secret.hex(), "invite_name": b64(name)})
        out.append(case)

    link("as it is", good, True)
    link("with white space around", "  \n" + good + "\r\n\t", True)
    for what, old, new in (("http", "https://", "http://"), ("another path", "/csh/join", "/csh/joined"), ("a query", "/csh/join", "/csh/join?x=1"),
                           ("no fragment", "#", ""), ("no tilde", "~", "-"), ("a path before", "/csh/join", "/x/csh/join"),
                           ("something behind", b64url(secret), b64url(secret) + "x"), ("a secret of 15 bytes", b64url(secret), b64url(secret[:15])),
                           ("a secret of 17 bytes", b64url(secret), b64url(secret + b"x")), ("a padded secret", b64url(secret), b64url(secret) + "=="),
                           ("a user", "https://", "https://u@"), ("a node ID cut short", first.id, first.id[:-1]),
                           ("a node ID in capitals", first.id, first.id.upper()), ("white space inside", "~", "~ ")):
        link(what, good.replace(old, new, 1))
    link("nothing", "")

    zero, n1, n2 = b"\0" * 16, b"\x11" * 16, b"\x22" * 16
    k1, p1 = sha256(b"keysets"), sha256(b"profile")

    def hello(what, side, expect, node=None, to=None, text=None, mac_secret=secret, spoil=False, other_mac=None):
        me = node or (second if side == "joiner" else first)
        you = to or (first if side == "joiner" else second)
        nonce = n1 if side == "joiner" else n2
        answers = "-" if side == "joiner" else b64(n1)
        tag = other_mac or mac(side, me.id, you.id, n1, zero if side == "joiner" else n2, k1, p1, mac_secret)
        body = ("commonshelf/hello/v1\nfrom %s\nto %s\ntime 1790003700\ninvite %s\nnonce %s\nanswers %s\nkeysets %s\nprofile %s\nmac %s\n"
                % (me.id, you.id, b64(name), b64(nonce), answers, b64(k1), b64(p1), b64(tag)))
        body = text(body) if text else body
        out.append({"name": "hello: " + what, "side": side, "secret": secret.hex(), "keyset": me.genesis_note(),
                    "note": note(body, line(me.id + "/auth", me.auth, body, spoil=spoil)), "expect": expect})

    hello("of the joiner", "joiner", "good")
    hello("of the inviter", "inviter", "good")
    hello("another secret", "joiner", "mac", mac_secret=bytes(16))
    hello("the inviter's label", "joiner", "mac", other_mac=mac("inviter", second.id, first.id, n1, zero, k1, p1, secret))
    hello("from and to exchanged in the MAC", "joiner", "mac", other_mac=mac("joiner", first.id, second.id, n1, zero, k1, p1, secret))
    hello("another profile in the MAC", "inviter", "mac", other_mac=mac("inviter", first.id, second.id, n1, n2, k1, k1, secret))
    hello("the signature does not verify", "joiner", "signature", spoil=True)
    hello("a nonce of zero bytes", "joiner", "malformed", text=lambda t: t.replace("nonce " + b64(n1), "nonce " + b64(zero)))
    hello("answers of zero bytes", "joiner", "malformed", text=lambda t: t.replace("answers -", "answers " + b64(zero)))
    hello("a line too many", "joiner", "malformed", text=lambda t: t + "more x\n")
    hello("a line missing", "joiner", "malformed", text=lambda t: t.replace("time 1790003700\n", ""))
    hello("lines exchanged", "joiner", "malformed", text=lambda t: t.replace("from " + second.id + "\nto " + first.id, "to " + first.id + "\nfrom " + second.id))
    hello("another version", "joiner", "malformed", text=lambda t: t.replace("hello/v1", "hello/v2"))
    return out

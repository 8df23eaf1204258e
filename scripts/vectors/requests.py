"""SPEC §7. A signed `request` to `to` under `key`, at time `now`: `expect` is "good" or why not: "malformed", "recipient",
"expired", "not_yet", "signature", "digest". A `response` is to the request whose signature and nonce stand in it.
`body` is base64; header values are given as they come."""
from .basis import Node, b64, sha256

WITH = '("@method" "@authority" "@path" "@query" "content-digest" "content-type" "csh-to")'
WITHOUT = '("@method" "@authority" "@path" "@query" "csh-to")'
ANSWER = '("@status" "content-digest" "content-type" "signature";req;key="cs")'
NONCE = "k0bJ4o3xQm0r2bobatl9Vw=="


def digest(body):
    return "sha-256=:%s:" % b64(sha256(body))


def params(components, node, created=1790003700, expires=1790003760, nonce=NONCE, tag="commonshelf-v1"):
    return '%s;created=%d;expires=%d;nonce="%s";keyid="%s/auth";tag="%s"' % (components, created, expires, nonce, node, tag)


def cases():
    out = []
    first, second = Node(), Node("second")
    body = b'{"q":"agua"}'

    def request(name, expect, now=1790003710, signed=None, sent=None, inner=None, has_body=True, signature=None, key=second, content=None):
        """`signed` are the values that are signed, `sent` what differs on the way."""
        values = {"method": "POST" if has_body else "GET", "authority": "biblio.ciudad.example:7443", "path": "/csh/v1/search", "query": "",
                  "content_digest": digest(body), "content_type": "application/json", "csh_to": first.id}
        values.update(signed or {})
        inner = inner or params(WITH if has_body else WITHOUT, second.id)
        lines = ['"@method": ' + values["method"], '"@authority": ' + values["authority"], '"@path": ' + values["path"],
                 '"@query": ' + (values["query"] or "?")]
        if has_body:
            lines += ['"content-digest": ' + values["content_digest"], '"content-type": ' + values["content_type"]]
        lines += ['"csh-to": ' + values["csh_to"], '"@signature-params": ' + inner]
        made = key.auth.sign("\n".join(lines).encode())
        values.update(sent or {})
        if not has_body:
            del values["content_digest"], values["content_type"]
        case = {"name": name, "request": {**values, "signature_input": "cs=" + inner, "signature": signature or "cs=:%s:" % b64(made)},
                "body": b64(content if content is not None else body if has_body else b""), "to": first.id, "from": second.id,
                "key": b64(second.auth.public), "now": now, "expect": expect}
        out.append(case)

    request("a POST", "good")
    request("a GET", "good", has_body=False)
    request("a GET with a query", "good", has_body=False, signed={"path": "/csh/v1/seen", "query": "?since=5"})
    request("an empty body", "good", signed={"content_digest": digest(b"")}, content=b"")
    for part, value in (("method", "PUT"), ("authority", "biblio.ciudad.example"), ("path", "/csh/v1/hello"), ("query", "?x"),
                        ("content_type", "text/plain")):
        request("another %s" % part, "signature", sent={part: value})
    request("another recipient", "recipient", sent={"csh_to": second.id})
    request("another body", "digest", content=body + b" ")
    request("another body with its digest", "signature", sent={"content_digest": digest(body + b" ")}, content=body + b" ")
    request("signed by another key", "signature", key=first)
    request("one bit turned", "signature", signature="cs=:%s:" % b64(b"\0" * 64))
    for name, value in (("sha-512 only", "sha-512=:%s:" % b64(b"\0" * 64)), ("two digests", digest(body) + ", " + digest(body)),
                        ("a digest with a parameter", digest(body) + ";x=1"), ("a digest without colons", "sha-256=" + b64(sha256(body)))):
        request(name, "malformed", signed={"content_digest": value})
    for when, expect in ((1790003400, "good"), (1790003399, "not_yet"), (1790004060, "good"), (1790004061, "expired")):
        request("at %d" % when, expect, now=when)
    request("a lifetime of 300 seconds", "good", inner=params(WITH, second.id, expires=1790004000))
    request("a lifetime of 301 seconds", "malformed", inner=params(WITH, second.id, expires=1790004001))
    request("no lifetime", "malformed", inner=params(WITH, second.id, expires=1790003700))
    for name, inner in (
            ("components in another order", params(WITH.replace('"@method" "@authority"', '"@authority" "@method"'), second.id)),
            ("a component less", params(WITH.replace(' "csh-to"', ""), second.id)),
            ("a component more", params(WITH.replace('"csh-to"', '"csh-to" "date"'), second.id)),
            ("a POST without the content fields", params(WITHOUT, second.id)),
            ("two spaces", params(WITH.replace(" ", "  ", 1), second.id)),
            ("another tag", params(WITH, second.id, tag="commonshelf-v2")),
            ("an algorithm", params(WITH, second.id) + ';alg="ed25519"'),
            ("parameters in another order", params(WITH, second.id).replace(";created=1790003700;expires=1790003760", ";expires=1790003760;created=1790003700")),
            ("a short nonce", params(WITH, second.id, nonce="k0bJ4o3xQm0r2bobatl9")),
            ("a nonce with unused bits", params(WITH, second.id, nonce=NONCE.replace("w==", "x=="))),
            ("another role", params(WITH, second.id).replace("/auth", "/log")),
            ("a keyid that is a URL", params(WITH, second.id).replace(second.id, "https://a.example/key#")),
            ("a time with a sign", params(WITH, second.id).replace("created=", "created=+"))):
        request(name, "malformed", inner=inner)
    for name, value in (("another label", "sig=:%s:" % b64(b"\0" * 64)), ("63 bytes", "cs=:%s:" % b64(b"\0" * 63)), ("two signatures", "cs=:AA==:, cs=:AA==:")):
        request("signature: " + name, "malformed", signature=value)

    def response(name, expect, status=200, sent=None, inner=None, key=first, now=1790003710, content=None, bound=None):
        nonce, request_signature = NONCE, ":%s:" % b64(sha256(b"a") + sha256(b"b"))
        answer = b"the answer"
        values = {"status": status, "content_digest": digest(answer), "content_type": "text/plain"}
        inner = inner or params(ANSWER, first.id, 1790003701, 1790003761)
        base = '"@status": %03d\n"content-digest": %s\n"content-type": %s\n"signature";req;key="cs": %s\n"@signature-params": %s' % (
            status, values["content_digest"], values["content_type"], bound or request_signature, inner)
        values.update(sent or {})
        out.append({"name": "response: " + name, "response": {**values, "signature_input": "cs=" + inner,
                                                              "signature": "cs=:%s:" % b64(key.auth.sign(base.encode()))},
                    "body": b64(content if content is not None else answer), "from": first.id, "key": b64(first.auth.public), "now": now,
                    "request_signature": request_signature, "nonce": nonce, "expect": expect})

    response("good", "good")
    response("of another status", "signature", sent={"status": 201})
    response("to another request", "signature", bound=":%s:" % b64(b"\0" * 64))
    response("with another nonce", "recipient", inner=params(ANSWER, first.id, 1790003701, 1790003761, nonce="AAAAAAAAAAAAAAAAAAAAAA=="))
    response("by another node", "origin", inner=params(ANSWER, second.id, 1790003701, 1790003761), key=second)
    response("by another key", "signature", key=second)
    response("with another body", "digest", content=b"another answer")
    response("late", "expired", now=1790004062)
    return out

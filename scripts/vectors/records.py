"""SPEC §9. `payload` is a good record, or not."""
import json

ID = "urn:uuid:d126afcc-7945-54fb-922e-a01d3f03c331"


def cases():
    out = []
    base = {"id": ID, "rev": 1, "kind": "resource", "category": "material", "name": "Agua"}

    def raw(name, payload, good=False):
        out.append({"name": name, "payload": payload, "good": good})

    def add(case, good=False, without=None, **members):
        record = {**base, **members}
        if without:
            del record[without]
        raw(case, json.dumps(record, ensure_ascii=False, separators=(",", ":")), good)

    add("the least", True)
    add("a need without category", True, without="category", kind="need")
    add("an unknown member", True, **{"x-later": {"a": [1, None, True]}})
    for member in ("id", "rev", "kind", "name", "category"):
        add("without " + member, without=member)
    for member, good, bad in (
            ("id", [], ["", "d126afcc-7945-54fb-922e-a01d3f03c331", ID.upper(), ID + "0", "urn:uuid:d126afcc79455-4fb-922e-a01d3f03c331", 1]),
            ("rev", [1, 2**53 - 1], [0, -1, 1.0, 1.5, "1", 2**53, None, True]),
            ("kind", ["resource"], ["Resource", "", "thing", 1]),
            ("category", ["equipment", "room", "expertise", "workshop", "mentorship", "internship", "tutoring", "service"], ["book", "", ["material"]]),
            ("name", ["x" * 2000, "\u00a0", [{"value": "\u0645\u0627\u0621", "lang": "ar"}, {"value": "water", "lang": "en"}]],
             ["", " ", "\n\t ", "x" * 2001, [], [{"value": "a"}], [{"value": "a", "lang": "en-"}], {"value": "a", "lang": "en"}, [{"value": "a", "lang": "en"}] * 17, "a\u0007", "a\u0085b", 1]),
            ("description", ["a\n\tb", "x" * 20000], ["x" * 20001, "a\rb"]),
            ("creator", [["\u00c1ngel R\u00edos"], [], ["x" * 400] * 64], [["x"] * 65, ["x" * 401], "x", [""], [1]]),
            ("inLanguage", [["en", "es-419", "zh-Hant"], ["x-private"]], [["EN_us"], ["e"], ["en"] * 17, "en"]),
            ("isbn", [["9780306406157"]], [["9780306406158"], ["0306406152"], ["9770306406157"], ["978-0306406157"]]),
            ("datePublished", ["1998", "2021-05", "2021-05-31", "19XX", "199X", "2021-XX", "2019~", "1984?", "2001-21", "-0044", "1964/2008", "1985-04/..", "2021-05-31T10:00:00Z"],
             ["", "1998-13", "2021-02-30", "98", "May 1998", "1998-5", "2021-25"]),
            ("license", ["https://creativecommons.org/licenses/by/4.0/", "urn:x:y"], ["CC BY", "javascript:alert(1)", "data:text/plain,a", "http://b\u00fccher.example", "a:b"]),
            ("url", ["https://a.example/x?y#z"], ["http://a.example/", "https://u@a.example/", "https:///x", "https://a.example/ x", "https://a.example/" + "x" * 2000]),
            ("identifier", [["urn:isbn:9780306406157", "https://a.example/1"]], [["x"], ["file:///etc/passwd"], ["urn:x:y"] * 33]),
            ("conditionsOfAccess", ["open", "ask", "loan", "onsite"], ["free", ""]),
            ("copies", [0, 10**9], [-1, 10**9 + 1, 1.5, "2"]),
            ("type", [["Book", "LearningResource"]], [["a b"], ["http://schema.org/Book"], ["x"] * 9, ["x" * 65]]),
            ("timeRequired", ["PT6H", "P1Y2M3DT4H5M6S", "P2W"], ["6 hours", "P", "PT", "P1H"]),
            ("validFrom", ["2026-09-01", "2026-09-01T08:00:00+03:00"], ["2026-09", "2026-02-30", "tomorrow"]),
            ("encoding", [[{"sha256": "00" * 32, "size": 0, "mediaType": "application/pdf", "name": "a.pdf"}]],
             [[{"size": 0, "mediaType": "application/pdf", "name": "a"}], [{"sha256": "0" * 63, "size": 0, "mediaType": "a/b", "name": "a"}],
              [{"sha256": "00" * 32, "size": -1, "mediaType": "a/b", "name": "a"}], [{"sha256": "00" * 32, "size": 1, "mediaType": "a/b", "name": "a", "url": "http://a.example/"}]])):
        for i, value in enumerate(good):
            add("%s, good %d" % (member, i + 1), True, **{member: value})
        for i, value in enumerate(bad):
            add("%s, bad %d" % (member, i + 1), **{member: value})
    text = json.dumps(base, separators=(",", ":"))
    raw("a member twice", text[:-1] + ',"rev":2}')
    raw("a member twice, once escaped", text[:-1] + ',"\\u0072ev":2}')
    raw("a member of a member twice", text[:-1] + ',"x":{"a":1,"a":2}}')
    raw("white space behind", text + " \n", True)
    raw("something behind", text + "x")
    raw("two objects", text + text)
    raw("a byte order mark", "\ufeff" + text)
    raw("an array", "[" + text + "]")
    raw("a comment", text[:-1] + ',/* */"x":1}')
    raw("a comma too many", text[:-1] + ",}")
    raw("NUL escaped", text[:-1] + ',"x":"\\u0000"}')
    raw("a lone surrogate escaped", text[:-1] + ',"x":"\\ud800"}')
    raw("a number beyond 64 bits", text[:-1] + ',"x":18446744073709551616}')
    raw("a number beyond doubles", text[:-1] + ',"x":1e309}')
    raw("nested 16 deep", text[:-1] + ',"x":' + "[" * 15 + "]" * 15 + "}", True)
    raw("nested 17 deep", text[:-1] + ',"x":' + "[" * 16 + "]" * 16 + "}")
    raw("256 members", text[:-1] + "".join(',"x%d":1' % i for i in range(251)) + "}", True)
    raw("257 members", text[:-1] + "".join(',"x%d":1' % i for i in range(252)) + "}")
    raw("nothing", "")
    return out

#include "intake/values.h"

#include <stdio.h>

#include <unicode/uloc.h>

#include <commonshelf/record.h>

#include "intake/text.h"

/* Codes that ICU doesn't take for the language they mean: ISO 639-2/B, and MARC's withdrawn ones. */
static const struct {
    char from[4], to[4];
} codes[] = {
    {"alb", "sq"}, {"arm", "hy"}, {"baq", "eu"}, {"bur", "my"}, {"cam", "km"},  {"chi", "zh"},
    {"cze", "cs"}, {"dut", "nl"}, {"esk", "ik"}, {"esp", "eo"}, {"eth", "gez"}, {"far", "fo"},
    {"fre", "fr"}, {"fri", "fy"}, {"gae", "gd"}, {"gag", "gl"}, {"gal", "om"},  {"geo", "ka"},
    {"ger", "de"}, {"gre", "el"}, {"gua", "gn"}, {"ice", "is"}, {"int", "ia"},  {"iri", "ga"},
    {"lan", "oc"}, {"lap", "se"}, {"mac", "mk"}, {"mao", "mi"}, {"max", "gv"},  {"may", "ms"},
    {"mla", "mg"}, {"mol", "ro"}, {"per", "fa"}, {"rum", "ro"}, {"sao", "sm"},  {"scc", "sr"},
    {"scr", "hr"}, {"sho", "sn"}, {"slo", "sk"}, {"snh", "si"}, {"sso", "st"},  {"swz", "ss"},
    {"tag", "tl"}, {"taj", "tg"}, {"tar", "tt"}, {"tib", "bo"}, {"tru", "chk"}, {"tsw", "tn"},
    {"wel", "cy"},
};

static bool letters(struct cs_span t)
{
    size_t i;

    for (i = 0; i < t.n; i++)
        if ((t.p[i] | 0x20) < 'a' || (t.p[i] | 0x20) > 'z')
            return false;
    return true;
}

/* The primary subtag for a code of two or three letters; false when no such language is known. */
static bool primary(struct cs_span code, char out[4])
{
    char lower[4] = "", iso[ULOC_LANG_CAPACITY] = "";
    UErrorCode e = U_ZERO_ERROR;
    size_t i;

    if (code.n < 2 || code.n > 3 || !letters(code))
        return false;
    for (i = 0; i < code.n; i++)
        lower[i] = (char)(code.p[i] | 0x20);
    for (i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (strcmp(codes[i].from, lower) == 0) {
            memcpy(out, codes[i].to, sizeof codes[i].to);
            return true;
        }
    }
    uloc_getLanguage(lower, iso, sizeof iso, &e);
    if (U_FAILURE(e) || strlen(iso) > 3)
        return false;
    /* Two letters must be assigned; of three there are 7,000, more than ICU lists. */
    if (strlen(iso) == 2 && *uloc_getISO3Language(iso) == '\0')
        return false;
    memcpy(out, iso, strlen(iso) + 1);
    return true;
}

/* "ZH-hans_cn" to "zh-Hans-CN": the customary case of RFC 5646 §2.1.1. */
static bool tag(struct cs_span text, char out[VALUE_LANGUAGE_MAX])
{
    char first[4];
    struct cs_span rest = text, part;
    size_t n, i;
    bool singleton = false;

    if (text.n > VALUE_LANGUAGE_MAX - 1)
        return false;
    for (i = 0; i < text.n && text.p[i] != '-' && text.p[i] != '_'; i++)
        ;
    if (!primary(cs_span_make(text.p, i), first))
        return false;
    n = (size_t)snprintf(out, VALUE_LANGUAGE_MAX, "%s", first);
    rest = cs_span_make(text.p + i, text.n - i);
    while (rest.n > 0) {
        rest = cs_span_make(rest.p + 1, rest.n - 1);
        for (i = 0; i < rest.n && rest.p[i] != '-' && rest.p[i] != '_'; i++)
            ;
        part = cs_span_make(rest.p, i);
        rest = cs_span_make(rest.p + i, rest.n - i);
        if (n + 1 + part.n >= VALUE_LANGUAGE_MAX)
            return false;
        out[n++] = '-';
        for (i = 0; i < part.n; i++) {
            unsigned char c = part.p[i];
            if (c >= 'A' && c <= 'Z')
                c |= 0x20;
            if (c >= 'a' && c <= 'z' && !singleton &&
                (part.n == 2 || (part.n == 4 && i == 0 && letters(part))))
                c &= (unsigned char)~0x20u;
            out[n++] = (char)c;
        }
        singleton |= part.n == 1;
    }
    out[n] = '\0';
    return cs_language_valid(cs_span_make(out, n));
}

bool value_language(struct lexicon *x, struct cs_span text, char out[VALUE_LANGUAGE_MAX])
{
    const char *found;

    if (tag(text, out))
        return true;
    found = lexicon_find(x, LEXICON_LANGUAGE, text);
    if (!found)
        return false;
    return value_copy(out, VALUE_LANGUAGE_MAX, found);
}

bool value_marc_language(struct cs_span code, char out[VALUE_LANGUAGE_MAX])
{
    char first[4];

    if (code.n != 3 || !letters(code) || cs_span_is(code, "und") || cs_span_is(code, "zxx") ||
        cs_span_is(code, "mis") || !primary(code, first))
        return false;
    snprintf(out, VALUE_LANGUAGE_MAX, "%s", first);
    return true;
}

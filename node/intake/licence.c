#include "intake/values.h"

#include <stdio.h>

#include "intake/text.h"

#define CC "https://creativecommons.org/"
#define CC_CURRENT "4.0"

/* The next part of a path, in small letters. False when there is none, or it is longer than any. */
static bool segment(struct cs_span *rest, char out[24])
{
    size_t i;

    for (i = 0; i < rest->n && rest->p[i] != '/'; i++) {
        unsigned char c = rest->p[i];

        if (c == '?' || c == '#' || i == 23)
            return false;
        out[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    out[i] = '\0';
    i += i < rest->n;
    *rest = cs_span_make(rest->p + i, rest->n - i);
    return out[0] != '\0' && strspn(out, "abcdefghijklmnopqrstuvwxyz0123456789-.+") == strlen(out);
}

/* Addresses of Creative Commons, in http or https, with www or without, with a language behind. */
static bool cc_address(struct cs_span text, char out[VALUE_LICENCE_MAX])
{
    static const char *const before[] = {"https://", "http://", "www."};
    char tree[24], name[24], version[24], country[24];
    struct cs_span t = text;
    size_t i;

    for (i = 0; i < sizeof before / sizeof *before; i++)
        if (text_starts(t, before[i]))
            t = cs_span_make(t.p + strlen(before[i]), t.n - strlen(before[i]));
    if (!text_starts(t, "creativecommons.org/"))
        return false;
    t = cs_span_make(t.p + 20, t.n - 20);
    if (!segment(&t, tree) || !segment(&t, name) || !segment(&t, version) ||
        (strcmp(tree, "licenses") != 0 && strcmp(tree, "publicdomain") != 0) || version[0] < '1' ||
        version[0] > '9')
        return false;
    /* Behind the version: the country it was ported to, or only the language of the page. */
    if (!segment(&t, country) || (strlen(country) != 2 && strcmp(country, "igo") != 0))
        country[0] = '\0';
    snprintf(out, VALUE_LICENCE_MAX, CC "%s/%s/%s/%s%s", tree, name, version, country,
             *country ? "/" : "");
    return true;
}

/* A word of letters or a version number off the front. False at the end or at anything else. */
static bool token(struct cs_span *rest, char out[16])
{
    size_t i = 0, n = 0;
    unsigned char c;

    while (i < rest->n && rest->p[i] && strchr(" -_()/,:", rest->p[i]))
        i++;
    for (; i < rest->n; i++) {
        c = rest->p[i];
        if (c && strchr(" -_()/,:", c))
            break;
        if (c >= 0x80 || n == 15)
            return false;
        out[n++] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    out[n] = '\0';
    *rest = cs_span_make(rest->p + i, rest->n - i);
    return n > 0;
}

static bool version_number(const char *s)
{
    return (s[0] >= '1' && s[0] <= '4' && s[1] == '.' &&
            (s[2] == '0' || s[2] == '5' || s[2] == '1') && s[3] == '\0');
}

/*
 * "CC BY-NC-SA 3.0 IGO", "cc-by", "BY-SA 4.0", "CC0 1.0": the parts in their one order. True when
 * every word was understood and "by" or "zero" was among them.
 */
static bool cc_words(struct cs_span text, char out[VALUE_LICENCE_MAX], bool *assumed)
{
    bool by = false, nc = false, nd = false, sa = false, zero = false, cc = false;
    char word[16], version[16] = "", country[16] = "";
    struct cs_span rest = text_trim(text);

    while (rest.n > 0) {
        if (!token(&rest, word)) {
            if (text_trim(rest).n == 0)
                break;
            return false;
        }
        if (strcmp(word, "cc") == 0 || strcmp(word, "license") == 0 ||
            strcmp(word, "licence") == 0 || strcmp(word, "international") == 0 ||
            strcmp(word, "int") == 0 || strcmp(word, "unported") == 0)
            cc = true;
        else if (strcmp(word, "by") == 0 || strcmp(word, "ccby") == 0)
            by = true;
        else if (strcmp(word, "nc") == 0 || strcmp(word, "bync") == 0)
            nc = true, by |= word[0] == 'b';
        else if (strcmp(word, "nd") == 0 || strcmp(word, "bynd") == 0)
            nd = true, by |= word[0] == 'b';
        else if (strcmp(word, "sa") == 0 || strcmp(word, "bysa") == 0)
            sa = true, by |= word[0] == 'b';
        else if (strcmp(word, "cc0") == 0 || strcmp(word, "zero") == 0)
            zero = true;
        else if (*version == '\0' &&
                 (version_number(word) || (word[0] == 'v' && version_number(word + 1))))
            value_copy(version, sizeof version, word[0] == 'v' ? word + 1 : word);
        else if (*version && *country == '\0' && (strlen(word) == 2 || strcmp(word, "igo") == 0))
            value_copy(country, sizeof country, word);
        else
            return false;
    }
    if (zero && !by && !nc && !nd && !sa) {
        snprintf(out, VALUE_LICENCE_MAX, CC "publicdomain/zero/1.0/");
        return true;
    }
    if (!by || zero || (nd && sa) || (!cc && !nc && !nd && !sa && !*version && text.n < 4))
        return false;
    *assumed = *version == '\0';
    snprintf(out, VALUE_LICENCE_MAX, CC "licenses/by%s%s%s/%s/%s%s", nc ? "-nc" : "",
             nd ? "-nd" : "", sa ? "-sa" : "", *version ? version : CC_CURRENT, country,
             *country ? "/" : "");
    return true;
}

/* SPDX names of licences that come with learning material and software. */
static bool spdx(struct cs_span text, char out[VALUE_LICENCE_MAX])
{
    static const char *const names[] = {
        "MIT",
        "Apache-2.0",
        "BSD-2-Clause",
        "BSD-3-Clause",
        "ISC",
        "GPL-2.0-only",
        "GPL-2.0-or-later",
        "GPL-3.0-only",
        "GPL-3.0-or-later",
        "GPL-2.0",
        "GPL-3.0",
        "LGPL-2.1-only",
        "LGPL-2.1-or-later",
        "LGPL-3.0-only",
        "LGPL-3.0-or-later",
        "AGPL-3.0-only",
        "AGPL-3.0-or-later",
        "MPL-2.0",
        "EPL-2.0",
        "EUPL-1.2",
        "GFDL-1.2-or-later",
        "GFDL-1.3-only",
        "GFDL-1.3-or-later",
        "FDL-1.3",
        "ODbL-1.0",
        "ODC-By-1.0",
        "PDDL-1.0",
        "OGL-UK-3.0",
        "OGL-UK-2.0",
        "etalab-2.0",
        "DL-DE-BY-2.0",
        "LAL-1.3",
        "OFL-1.1",
        "Unlicense",
        "0BSD",
        "WTFPL",
        "Zlib",
    };
    size_t i, k;

    for (i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i]) != text.n)
            continue;
        for (k = 0; k < text.n; k++)
            if ((text.p[k] | 0x20) != (names[i][k] | 0x20))
                break;
        if (k == text.n) {
            snprintf(out, VALUE_LICENCE_MAX, "https://spdx.org/licenses/%s", names[i]);
            return true;
        }
    }
    return false;
}

bool value_licence(struct lexicon *x, struct cs_span text, char out[VALUE_LICENCE_MAX],
                   bool *assumed)
{
    char uri[VALUE_URI_MAX];
    const char *found;
    enum uri_kind kind;

    *assumed = false;
    if (cc_address(text, out) || cc_words(text, out, assumed) || spdx(text, out))
        return true;
    found = lexicon_find(x, LEXICON_LICENCE, text);
    if (found) {
        value_copy(out, VALUE_LICENCE_MAX, found);
        *assumed = strstr(found, "/" CC_CURRENT "/") != NULL;
        return true;
    }
    kind = value_uri(text, VALUE_LICENCE_MAX - 1, uri);
    return (kind == URI_HTTP || kind == URI_HTTPS) && value_copy(out, VALUE_LICENCE_MAX, uri);
}

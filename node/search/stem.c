#include <libstemmer.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>

#include "search/stem.h"

/*
 * The letter stands in tokens of stored indexes: it never changes its meaning without a new analysis
 * version. `twice`: the stem of the key is a token too, so that a word typed without its accents, from
 * which the stemmer can't see the ending, finds its own inflections.
 */
static const struct algorithm {
    const char *lang, *name;
    char letter;
    bool twice;
    UScriptCode script, other;
} algorithms[] = {
    {"en", "english", 'e', false, USCRIPT_LATIN, USCRIPT_LATIN},
    {"es", "spanish", 's', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"fr", "french", 'f', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"ar", "arabic", 'a', false, USCRIPT_ARABIC, USCRIPT_ARABIC},
    {"hi", "hindi", 'h', false, USCRIPT_DEVANAGARI, USCRIPT_DEVANAGARI},
    {"pt", "portuguese", 'p', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"de", "german", 'd', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"ru", "russian", 'r', true, USCRIPT_CYRILLIC, USCRIPT_CYRILLIC},
    {"tr", "turkish", 't', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"it", "italian", 'i', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"nl", "dutch", 'n', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"sv", "swedish", 'w', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"da", "danish", 'k', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"no", "norwegian", 'o', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"fi", "finnish", 'u', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"hu", "hungarian", 'm', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"ro", "romanian", 'q', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"el", "greek", 'g', true, USCRIPT_GREEK, USCRIPT_GREEK},
    {"id", "indonesian", 'j', false, USCRIPT_LATIN, USCRIPT_LATIN},
    {"ca", "catalan", 'c', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"eu", "basque", 'b', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"ga", "irish", 'l', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"lt", "lithuanian", 'v', true, USCRIPT_LATIN, USCRIPT_LATIN},
    {"sr", "serbian", 'x', true, USCRIPT_CYRILLIC, USCRIPT_LATIN},
    {"ne", "nepali", 'y', false, USCRIPT_DEVANAGARI, USCRIPT_DEVANAGARI},
    {"ta", "tamil", 'z', false, USCRIPT_TAMIL, USCRIPT_TAMIL},
    {"hy", "armenian", 'A', false, USCRIPT_ARMENIAN, USCRIPT_ARMENIAN},
    {"yi", "yiddish", 'Y', false, USCRIPT_HEBREW, USCRIPT_HEBREW},
};
#define ALGORITHMS (sizeof algorithms / sizeof *algorithms)
_Static_assert(ALGORITHMS <= STEMMERS_MAX, "a set has a bit for each");

/* Other tags for the same language. */
static const char *const aliases[][2] = {{"nb", "no"}, {"nn", "no"}, {"ms", "id"}};

struct stemmers {
    struct sb_stemmer *open[ALGORITHMS];
    bool missing[ALGORITHMS];
};

struct stemmers *stemmers_new(struct problem *why)
{
    struct stemmers *s = memory_new(sizeof *s);

    if (!s)
        problem_no_memory(why);
    return s;
}

void stemmers_free(struct stemmers *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < ALGORITHMS; i++)
        sb_stemmer_delete(s->open[i]);
    memory_free(s);
}

uint32_t stemmers_of(const char *lang)
{
    char primary[4] = "";

    for (size_t i = 0; lang && lang[i] && lang[i] != '-' && lang[i] != '_'; i++) {
        if (i == sizeof primary - 1)
            return 0;
        primary[i] = (char)(lang[i] >= 'A' && lang[i] <= 'Z' ? lang[i] + 32 : lang[i]);
    }
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(primary, aliases[i][0]) == 0)
            memcpy(primary, aliases[i][1], 3);
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (strcmp(primary, algorithms[i].lang) == 0)
            return UINT32_C(1) << i;
    return 0;
}

uint32_t stemmers_for(uint32_t set, UChar32 first)
{
    UErrorCode error = U_ZERO_ERROR;
    UScriptCode script;

    if (set == 0)
        return 0;
    script = first < 0x80 ? USCRIPT_LATIN : uscript_getScript(first, &error);
    for (size_t i = 0; i < ALGORITHMS; i++)
        if (algorithms[i].script != script && algorithms[i].other != script)
            set &= ~(UINT32_C(1) << i);
    return set;
}

static struct sb_stemmer *stemmer(struct stemmers *s, size_t i)
{
    if (!s->open[i] && !s->missing[i]) {
        s->open[i] = sb_stemmer_new(algorithms[i].name, NULL);
        s->missing[i] = !s->open[i]; /* an older libstemmer: the language goes without */
    }
    return s->open[i];
}

/* The key of the stem of `word`, as a token of its own. Returns where it starts in `out`, or 0 if it
 * has none: a token never stands at 0, a word does. */
static size_t add_stem(struct stemmers *s, size_t i, struct cs_span word, struct cs_buffer *out)
{
    struct sb_stemmer *sb = stemmer(s, i);
    UChar u[2 * WORD_UNITS_MAX], key[2 * WORD_UNITS_MAX];
    char utf8[6 * WORD_UNITS_MAX];
    UErrorCode error = U_ZERO_ERROR;
    const sb_symbol *stem = sb ? sb_stemmer_stem(sb, word.p, (int)word.n) : NULL;
    int32_t n = 0, bytes = 0;
    size_t at;

    if (!stem)
        return 0;
    u_strFromUTF8(u, 2 * WORD_UNITS_MAX, &n, (const char *)stem, sb_stemmer_length(sb), &error);
    n = U_FAILURE(error) ? 0 : fold_word(u, n, FOLD_KEEP_ARTICLE, key, 2 * WORD_UNITS_MAX);
    u_strToUTF8(utf8, sizeof utf8, &bytes, key, n, &error);
    if (n == 0 || U_FAILURE(error))
        return 0;
    cs_buffer_add_text(out, " " SAME_PLACE);
    at = out->n;
    cs_buffer_add_text(out, STEM_MARK);
    cs_buffer_add_byte(out, (unsigned char)algorithms[i].letter);
    cs_buffer_add(out, utf8, (size_t)bytes);
    return at;
}

void stemmers_add(struct stemmers *s, uint32_t set, struct cs_span surface, struct cs_span key,
                  struct cs_buffer *out)
{
    for (size_t i = 0; i < ALGORITHMS; i++) {
        size_t first, second, was;
        if (!(set >> i & 1))
            continue;
        first = add_stem(s, i, surface, out);
        was = out->n;
        if (!algorithms[i].twice || cs_span_equal(surface, key))
            continue;
        second = add_stem(s, i, key, out);
        if (first && second && !out->failed &&
            cs_span_equal(cs_span_make(out->p + first, was - first),
                          cs_span_make(out->p + second, out->n - second)))
            out->n = was;
    }
}

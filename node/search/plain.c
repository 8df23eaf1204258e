/*
 * Text as the analysis sees it: UTF-16 after NFKC_Casefold (UAX #31), so that width, case, ligatures
 * and invisible characters make no difference.
 */
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include "search/analyse.h"

/* ICU's macros compare code points with unsigned constants. */
#pragma GCC diagnostic ignored "-Wsign-conversion"

#define EXPANSION_MAX 18 /* units that one character can become: U+FDFA (Unicode, NFKC) */

void plain_free(struct plain *p)
{
    memory_free(p->u);
    memory_free(p->from);
    memory_free(p->to);
    memory_free(p->raw);
    memory_free(p->raw_from);
    memset(p, 0, sizeof *p);
}

static int grow(void **p, size_t size, size_t *room, size_t want, struct problem *why)
{
    size_t bigger = *room ? *room : 1024;
    void *q;

    if (want <= *room)
        return 0;
    while (bigger < want)
        bigger *= 2;
    if (!(q = memory_resize(*p, bigger * size)))
        return problem_no_memory(why);
    *p = q;
    *room = bigger;
    return 0;
}

static int grow_units(struct plain *p, size_t want, struct problem *why)
{
    void *u = p->u;
    int rc = grow(&u, sizeof *p->u, &p->room, want, why);

    p->u = u;
    return rc;
}

static int grow_places(struct plain *p, size_t want, struct problem *why)
{
    void *from = p->from, *to = p->to;
    size_t room = p->places_room;
    int rc = grow(&from, sizeof *p->from, &room, want, why);

    p->from = from;
    if (rc == 0) {
        room = p->places_room;
        rc = grow(&to, sizeof *p->to, &room, want, why);
        p->to = to;
    }
    if (rc == 0)
        p->places_room = room;
    return rc;
}

static int grow_raw(struct plain *p, size_t want, struct problem *why)
{
    void *raw = p->raw, *from = p->raw_from;
    int rc = grow(&raw, sizeof *p->raw, &p->raw_room, want, why);

    p->raw = raw;
    if (rc == 0)
        rc = grow(&from, sizeof *p->raw_from, &p->raw_places_room, want, why);
    p->raw_from = from;
    return rc;
}

/* ASCII needs no table: this is what NFKC_Casefold makes of it. */
static size_t ascii_prefix(struct cs_span text, UChar *out)
{
    size_t i = 0;

    for (; i < text.n && text.p[i] < 0x80; i++)
        out[i] = (UChar)(text.p[i] >= 'A' && text.p[i] <= 'Z' ? text.p[i] + 32 : text.p[i]);
    return i;
}

/*
 * What NFKC would turn into something that is read otherwise: the sign for a trademark would become
 * letters of the word before it; the non-joiner, which parts Persian words from their endings, would
 * vanish.
 */
static UChar32 before_folding(UChar32 c, UChar32 previous)
{
    UErrorCode error = U_ZERO_ERROR;

    if (c == 0x2122 || c == 0x2120)
        return ' ';
    if (c == 0x200C && uscript_getScript(previous, &error) == USCRIPT_ARABIC)
        return '-';
    return c;
}

static size_t decode(struct plain *p, struct cs_span text)
{
    UChar32 previous = 0;
    size_t n = 0;

    for (size_t i = 0; i < text.n;) {
        size_t at = i;
        UChar32 c;
        U8_NEXT_OR_FFFD(text.p, i, text.n, c);
        c = before_folding(c, previous);
        previous = c;
        p->raw_from[n] = (uint32_t)at;
        if (U_IS_SUPPLEMENTARY(c)) {
            p->raw[n++] = U16_LEAD(c);
            p->raw_from[n] = (uint32_t)at;
            p->raw[n++] = U16_TRAIL(c);
        } else {
            p->raw[n++] = (UChar)c;
        }
    }
    p->raw_from[n] = (uint32_t)text.n;
    return n;
}

/* Folds raw[from, to) to the end of p->u. */
static int fold_part(struct plain *p, const UNormalizer2 *folding, size_t from, size_t to,
                     struct problem *why)
{
    UErrorCode error = U_ZERO_ERROR;
    int32_t n = unorm2_normalize(folding, p->raw + from, (int32_t)(to - from), p->u + p->n,
                                 (int32_t)(p->room - p->n), &error);

    if (error == U_BUFFER_OVERFLOW_ERROR) {
        if (grow_units(p, p->n + (size_t)n + 1, why))
            return -1;
        error = U_ZERO_ERROR;
        n = unorm2_normalize(folding, p->raw + from, (int32_t)(to - from), p->u + p->n,
                             (int32_t)(p->room - p->n), &error);
    }
    if (U_FAILURE(error))
        return problem_no_memory(why);
    p->n += (size_t)n;
    return 0;
}

/* Piece by piece, cut where folding can't reach across, so that each unit knows its bytes. */
static int fold_places(struct plain *p, const UNormalizer2 *folding, size_t raw,
                       struct problem *why)
{
    for (size_t from = 0, to; from < raw; from = to) {
        size_t was = p->n;
        UChar32 c;
        to = from;
        U16_FWD_1(p->raw, to, raw);
        while (to < raw) {
            size_t next = to;
            U16_NEXT(p->raw, next, raw, c);
            if (unorm2_hasBoundaryBefore(folding, c))
                break;
            to = next;
        }
        if (grow_units(p, p->n + (to - from) * EXPANSION_MAX + 1, why) ||
            fold_part(p, folding, from, to, why) || grow_places(p, p->n + 1, why))
            return -1;
        for (size_t i = was; i < p->n; i++) {
            p->from[i] = p->raw_from[from];
            p->to[i] = p->raw_from[to];
        }
    }
    return 0;
}

/* NFKC parts the Thai and Lao letter am, which the dictionaries of their words know only as one. */
static void join_am(struct plain *p, bool places)
{
    size_t n = 0;

    for (size_t i = 0; i < p->n; i++, n++) {
        bool thai = p->u[i] == 0x0E4D && i + 1 < p->n && p->u[i + 1] == 0x0E32;
        bool lao = p->u[i] == 0x0ECD && i + 1 < p->n && p->u[i + 1] == 0x0EB2;

        p->u[n] = thai ? 0x0E33 : lao ? 0x0EB3 : p->u[i];
        if (places)
            p->from[n] = p->from[i];
        i += thai || lao;
        if (places)
            p->to[n] = p->to[i];
    }
    p->n = n;
}

int plain_read(struct plain *p, struct cs_span text, bool places, struct problem *why)
{
    UErrorCode error = U_ZERO_ERROR;
    const UNormalizer2 *folding;
    size_t raw;

    p->n = 0;
    p->identity = true;
    if (text.n > INT32_MAX / 4)
        text.n = INT32_MAX / 4;
    if (grow_units(p, text.n + 1, why))
        return -1;
    if ((p->n = ascii_prefix(text, p->u)) == text.n)
        return 0;
    p->n = 0;
    p->identity = false;
    folding = unorm2_getNFKCCasefoldInstance(&error);
    if (U_FAILURE(error))
        return problem_set(why, "icu_data",
                           _("ICU's data files can't be read. Nothing was "
                             "changed. Install libicu again."));
    if (grow_raw(p, text.n + 1, why))
        return -1;
    raw = decode(p, text);
    if (places ? fold_places(p, folding, raw, why) : fold_part(p, folding, 0, raw, why))
        return -1;
    join_am(p, places);
    return 0;
}

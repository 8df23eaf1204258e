/*
 * Chains of keysets: their steps, and where two of them part.
 */
#include <commonshelf/chain.h>

#define SIGNATURE_START "\xe2\x80\x94 " /* the em dash that begins each signature line */

bool cs_chain_next(struct cs_span *rest, struct cs_span *note)
{
    static const size_t mark = sizeof(SIGNATURE_START) - 1;
    const unsigned char *start = rest->p, *end, *p = start;

    if (rest->n == 0) /* its bytes may be nowhere */
        return false;
    end = start + rest->n;
    while (end - p >= 2 && !(p[0] == '\n' && p[1] == '\n'))
        p++;
    if (end - p < 2)
        return false;
    p += 2;
    while ((size_t)(end - p) > mark && memcmp(p, SIGNATURE_START, mark) == 0) {
        const unsigned char *lf = memchr(p, '\n', (size_t)(end - p));

        if (!lf)
            return false;
        p = lf + 1;
    }
    *note = cs_span_make(start, (size_t)(p - start));
    *rest = cs_span_make(p, (size_t)(end - p));
    return true;
}

static enum cs_status read_genesis(const struct cs_keyset *genesis, const struct cs_node_id *node)
{
    struct cs_node_id id;
    enum cs_status status = cs_keyset_node_id(genesis, &id);

    if (status)
        return status;
    return cs_node_id_equal(&id, node) ? CS_OK : CS_WRONG_ORIGIN;
}

enum cs_status cs_chain_read(struct cs_span chain, const struct cs_node_id *node,
                             struct cs_keyset *newest, size_t *count)
{
    struct cs_keyset next;
    struct cs_span note;
    enum cs_status status;

    for (*count = 0; chain.n > 0; ++*count) {
        if (*count == CS_KEYSET_CHAIN_MAX)
            return CS_TOO_LARGE;
        if (!cs_chain_next(&chain, &note))
            return CS_MALFORMED;
        status = cs_keyset_read(note, &next);
        if (status == CS_OK)
            status =
                *count == 0 ? read_genesis(&next, node) : cs_keyset_follows(newest, note, &next);
        /* All retire lines of a keyset name one node. */
        if (status == CS_OK && next.retires > 0 &&
            memcmp(next.retired[0].origin, node->s, CS_NODE_ID_LEN) != 0)
            status = CS_WRONG_ORIGIN;
        if (status)
            return status;
        *newest = next;
    }
    return *count > 0 ? CS_OK : CS_MALFORMED;
}

/* Two steps behind `base`, of which one has to go. */
static enum cs_status judge(const struct cs_keyset *base, const struct cs_keyset *held,
                            struct cs_span held_note, struct cs_span offered_note, uint64_t now,
                            enum cs_chain_relation *relation)
{
    size_t first, second;
    enum cs_status status = cs_keyset_rank(base, held_note, &first);

    if (status == CS_OK)
        status = cs_keyset_rank(base, offered_note, &second);
    if (status)
        return status;
    if (first < second)
        *relation = CS_CHAIN_OVERRIDDEN;
    else if (second < first && now <= held->issued + CS_KEYSET_OVERRIDE)
        *relation = CS_CHAIN_OVERRIDES;
    else
        *relation = CS_CHAIN_CONTRADICTS;
    return CS_OK;
}

enum cs_status cs_chain_compare(struct cs_span held, struct cs_span offered, uint64_t now,
                                enum cs_chain_relation *relation, uint64_t *version,
                                struct cs_span *held_note, struct cs_span *offered_note)
{
    struct cs_keyset base, a, b;
    struct cs_span first, second;
    enum cs_status status;

    memset(&base, 0, sizeof(base));
    while (held.n > 0 && offered.n > 0) {
        if (!cs_chain_next(&held, &first) || !cs_chain_next(&offered, &second))
            return CS_MALFORMED;
        if ((status = cs_keyset_read(first, &a)) != CS_OK ||
            (status = cs_keyset_read(second, &b)) != CS_OK)
            return status;
        if (memcmp(a.text_hash.b, b.text_hash.b, CS_HASH) != 0) {
            if (version)
                *version = a.version;
            if (held_note)
                *held_note = first;
            if (offered_note)
                *offered_note = second;
            return a.version == 1 ? CS_WRONG_ORIGIN
                                  : judge(&base, &a, first, second, now, relation);
        }
        base = a;
    }
    if (held.n == 0 && offered.n == 0)
        *relation = CS_CHAIN_SAME;
    else
        *relation = held.n == 0 ? CS_CHAIN_CONTINUES : CS_CHAIN_OLDER;
    return CS_OK;
}

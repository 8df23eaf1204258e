/*
 * Taking this institution's own published history back: what its log says of each record becomes what
 * the database says. For a home that is older than what it once signed.
 */
#include "store/internal.h"

/* A record that is not in a later epoch was withdrawn by an entry that nobody has any more: what it says next
 * must count above that one. */
#define REVISIONS_UNKNOWN (1 << 20)

static int find_or_add(struct transaction *t, row_id sid, const char *source,
                       const struct cs_uuid *id, row_id *rid, uint64_t *rev, struct problem *why)
{
    struct cs_span uid = cs_span_make(id->b, sizeof id->b);
    sqlite3_stmt *s;
    int rc = statement_first(writer_of(t), why, &s,
                             "SELECT rid,rev FROM record WHERE nid=1 AND uid=?", "b", uid);

    *rev = 0;
    if (rc < 0)
        return -1;
    if (rc == 1) {
        *rid = sqlite3_column_int64(s, 0);
        *rev = column_u64(s, 1);
        statement_end(s);
        return 0;
    }
    if (statement_run(writer_of(t), why,
                      "INSERT INTO record(nid,uid,sid,soid)"
                      " VALUES(1,?,?,(SELECT soid FROM source WHERE name=?))",
                      "bit", uid, sid, source))
        return -1;
    *rid = sqlite3_last_insert_rowid(writer_of(t)->db);
    return 0;
}

/* A version only where the newest live one says something else. */
static int make_live(struct transaction *t, row_id bid, row_id rid, const struct own_entry *entry,
                     struct problem *why)
{
    struct cs_span none = cs_span_make(NULL, 0);
    bool gone = entry->op != CS_OP_PUT;

    return statement_run(
        writer_of(t), why,
        "INSERT INTO version(rid,bid,hash,body) SELECT ?1,?2,?3,?4"
        " WHERE (SELECT v.hash FROM version v JOIN batch b ON b.bid=v.bid WHERE v.rid=?1"
        " AND (b.state=1 OR b.bid=?2) ORDER BY v.vid DESC LIMIT 1) IS NOT ?3",
        "iibb", rid, bid, gone ? none : cs_span_make(entry->body_hash.b, CS_HASH),
        gone ? none : entry->body);
}

#define EPOCH_OF_SHELF                                                                             \
    "coalesce((SELECT l.epoch FROM log l JOIN shelf s ON s.lid=l.lid WHERE s.sid=?1),1)"

int store_own_adopt(struct transaction *t, row_id bid, row_id sid, const char *source,
                    const struct own_entry *entry, bool *changed, struct problem *why)
{
    bool put = entry->op == CS_OP_PUT;
    uint64_t rev;
    row_id rid;

    *changed = false;
    if (find_or_add(t, sid, source, &entry->id, &rid, &rev, why))
        return -1;
    /* What it says already may stand in a later epoch now. */
    if (entry->rev == rev && put)
        return statement_run(writer_of(t), why,
                             "UPDATE record SET idx=?2,epoch=" EPOCH_OF_SHELF
                             " WHERE rid=?3 AND published=1",
                             "iii", sid, (int64_t)entry->index, rid);
    if (entry->rev <= rev)
        return 0;
    *changed = true;
    if (statement_run(writer_of(t), why,
                      "UPDATE record SET sid=?,rev=?,published=?,pubhash=?,idx=?,"
                      "epoch=" EPOCH_OF_SHELF " WHERE rid=?",
                      "iiibii", sid, (int64_t)entry->rev, (int64_t)(put ? 1 : 2),
                      put ? cs_span_make(entry->body_hash.b, CS_HASH) : cs_span_make(NULL, 0),
                      (int64_t)entry->index, rid) ||
        statement_run(writer_of(t), why, "DELETE FROM pending WHERE rid=?", "i", rid))
        return -1;
    return make_live(t, bid, rid, entry, why);
}

#define LEFT " WHERE nid=1 AND sid=?1 AND published=1 AND epoch<" EPOCH_OF_SHELF

int store_own_left(struct transaction *t, row_id bid, row_id sid, int64_t *withdrawn,
                   struct problem *why)
{
    struct database *c = writer_of(t);

    if (statement_number(c, why, withdrawn, "SELECT count(*) FROM record" LEFT, "i", sid))
        return -1;
    if (*withdrawn == 0)
        return 0;
    return statement_run(c, why,
                         "INSERT INTO version(rid,bid,hash,body)"
                         " SELECT rid,?2,NULL,NULL FROM record" LEFT,
                         "ii", sid, bid) ||
                   statement_run(c, why,
                                 "DELETE FROM pending WHERE rid IN(SELECT rid FROM record" LEFT ")",
                                 "i", sid) ||
                   statement_run(c, why,
                                 "UPDATE record SET published=2,pubhash=NULL,rev=rev+?2" LEFT, "ii",
                                 sid, (int64_t)REVISIONS_UNKNOWN)
               ? -1
               : 0;
}

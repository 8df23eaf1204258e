#include "store/internal.h"

int store_redaction_add(struct transaction *t, row_id lid, uint64_t index, bool say,
                        struct problem *why)
{
    unsigned char salt[CS_SALT];
    struct cs_span value = cs_span_make(NULL, 0);

    if (say) {
        random_bytes(salt, sizeof salt);
        value = cs_span_make(salt, sizeof salt);
    }
    return statement_run(writer_of(t), why,
                         "INSERT INTO redaction(lid,idx,salt) VALUES(?,?,?)"
                         " ON CONFLICT DO UPDATE SET salt=CASE WHEN excluded.salt IS NULL THEN NULL"
                         " ELSE salt END",
                         "iib", lid, (int64_t)index, value);
}

int store_redaction_done(struct transaction *t, row_id lid, uint64_t index, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE redaction SET done=1 WHERE lid=? AND idx=?",
                         "ii", lid, (int64_t)index);
}

int store_redaction_list(struct reader *r, row_id lid, uint64_t from, bool open, uint64_t *index,
                         size_t max, size_t *n, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = open ? statement_first(&r->c, why, &s,
                                    "SELECT idx FROM redaction WHERE lid=? AND idx>=? AND done=0"
                                    " ORDER BY idx LIMIT ?",
                                    "iii", lid, (int64_t)from, (int64_t)max)
                  : statement_first(&r->c, why, &s,
                                    "SELECT idx FROM redaction WHERE lid=? AND idx>=?"
                                    " ORDER BY idx LIMIT ?",
                                    "iii", lid, (int64_t)from, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why))
        index[(*n)++] = column_u64(s, 0);
    return rc;
}

int store_redaction_next(struct reader *r, row_id lid, uint64_t from, uint64_t *index,
                         unsigned char salt[CS_SALT], bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT idx,salt FROM redaction WHERE lid=? AND idx>=?"
                             " AND salt IS NOT NULL ORDER BY idx LIMIT 1",
                             "ii", lid, (int64_t)from);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    *index = column_u64(s, 0);
    rc = column_bytes(s, 1, salt, CS_SALT) ? 0 : store_damaged(why, "redaction.salt");
    statement_end(s);
    return rc;
}

int store_redaction_count(struct reader *r, row_id lid, struct redaction_counts *out,
                          struct problem *why)
{
    int64_t all, open, waiting;

    if (statement_number(&r->c, why, &all, "SELECT count(*) FROM redaction WHERE lid=?", "i",
                         lid) ||
        statement_number(&r->c, why, &open, "SELECT count(*) FROM redaction WHERE lid=? AND done=0",
                         "i", lid) ||
        statement_number(&r->c, why, &waiting,
                         "SELECT count(*) FROM redaction WHERE lid=? AND salt IS NOT NULL", "i",
                         lid))
        return -1;
    *out = (struct redaction_counts){(uint64_t)all, (uint64_t)open, (uint64_t)waiting};
    return 0;
}

int store_record_redact(struct transaction *t, row_id bid, row_id rid, uint64_t now,
                        struct problem *why)
{
    struct database *c = writer_of(t);

    if (statement_run(c, why, "DELETE FROM version WHERE rid=?", "i", rid) ||
        statement_run(c, why, "INSERT INTO version(rid,bid) VALUES(?,?)", "ii", rid, bid))
        return -1;
    return statement_run(c, why, "UPDATE record SET redacted=? WHERE rid=?", "ii", (int64_t)now,
                         rid);
}

int store_place_redact(struct transaction *t, row_id bid, row_id sid, uint64_t epoch,
                       uint64_t index, uint64_t now, struct problem *why)
{
    row_id rid;

    if (statement_number(writer_of(t), why, &rid,
                         "SELECT rid FROM record WHERE nid=1 AND sid=? AND epoch=? AND idx=?"
                         " AND published=1",
                         "iii", sid, (int64_t)epoch, (int64_t)index))
        return -1;
    return rid ? store_record_redact(t, bid, rid, now, why) : 0;
}

int store_record_allow(struct transaction *t, row_id rid, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE record SET redacted=0 WHERE rid=?", "i", rid);
}

int store_mirror_forget(struct transaction *t, row_id nid, row_id lid, const struct cs_uuid *id,
                        uint64_t rev, struct problem *why)
{
    struct database *c = writer_of(t);
    row_id rid;

    if (statement_number(c, why, &rid,
                         "SELECT rid FROM record WHERE nid=? AND uid=? AND lid=? AND rev=?"
                         " AND published=1",
                         "ibii", nid, cs_span_make(id->b, sizeof id->b), lid, (int64_t)rev))
        return -1;
    if (rid == 0)
        return 0;
    if (statement_run(c, why, "UPDATE record SET published=2,body=x'' WHERE rid=?", "i", rid) ||
        transaction_count(t, lid, -1, why))
        return -1;
    return statement_run(c, why, "INSERT INTO change(rid,bid) VALUES(?,0)", "i", rid);
}

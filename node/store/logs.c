#include "store/internal.h"

int transaction_flush_count(struct transaction *t, struct problem *why)
{
    int64_t delta = t->delta;

    t->delta = 0;
    if (delta == 0)
        return 0;
    return statement_run(writer_of(t), why, "UPDATE log SET records=records+? WHERE lid=?", "ii",
                         delta, t->counted);
}

int transaction_count(struct transaction *t, row_id lid, int64_t delta, struct problem *why)
{
    if (t->counted != lid) {
        if (transaction_flush_count(t, why))
            return -1;
        t->counted = lid;
    }
    t->delta += delta;
    return 0;
}

static int log_from(sqlite3_stmt *s, struct log_row *out, struct problem *why)
{
    out->lid = sqlite3_column_int64(s, 0);
    out->nid = sqlite3_column_int64(s, 1);
    column_text(s, 2, out->shelf, sizeof out->shelf);
    out->epoch = column_u64(s, 3);
    column_text(s, 4, out->origin, sizeof out->origin);
    out->state = (enum log_state)sqlite3_column_int(s, 5);
    if (cs_range_read(column_u64(s, 6), column_span(s, 7), &out->range) != CS_OK)
        return store_damaged(why, "log.range");
    out->checkpoint_size = column_u64(s, 8);
    out->as_of = column_u64(s, 9);
    column_text(s, 10, out->etag, sizeof out->etag);
    out->previous_size = column_u64(s, 11);
    out->gossiped = column_u64(s, 12);
    out->ahead = column_u64(s, 13);
    out->ahead_time = column_u64(s, 14);
    out->superseded = column_u64(s, 15);
    out->audience = audience_of(sqlite3_column_int(s, 16));
    column_text(s, 17, out->title, sizeof out->title);
    out->blanks = sqlite3_column_int(s, 18) != 0;
    return 0;
}

#define LOG_COLUMNS                                                                                \
    "SELECT lid,nid,shelf,epoch,origin,state,size,range,checkpoint_size,as_of,etag,"               \
    "coalesce((SELECT max(c.size) FROM checkpoint c WHERE c.lid=log.lid"                           \
    " AND c.size<log.checkpoint_size),0),gossiped,ahead,ahead_time,superseded,"                    \
    "CASE WHEN nid=1 THEN coalesce((SELECT s.audience FROM shelf s"                                \
    " WHERE coalesce(s.path,s.name)=log.shelf),1) ELSE audience END,title,"                        \
    "EXISTS(SELECT 1 FROM blank b WHERE b.lid=log.lid) FROM log"

static int log_row(sqlite3_stmt *s, int rc, struct log_row *out, bool *found, struct problem *why)
{
    *found = rc == 1;
    if (rc != 1)
        return rc;
    rc = log_from(s, out, why);
    statement_end(s);
    return rc;
}

int store_log_add(struct transaction *t, row_id nid, const char *shelf, uint64_t epoch, row_id *lid,
                  struct problem *why)
{
    char origin[CS_ORIGIN_MAX + 1];
    struct node_row node;
    bool found;

    if (store_node_get(t->reader, nid, &node, &found, why))
        return -1;
    if (!found)
        return store_damaged(why, "log without a node");
    cs_origin_write(&node.id, shelf, epoch, origin);
    if (statement_run(writer_of(t), why, "INSERT INTO log(nid,shelf,epoch,origin) VALUES(?,?,?,?)",
                      "itit", nid, shelf, (int64_t)epoch, origin))
        return -1;
    *lid = sqlite3_last_insert_rowid(writer_of(t)->db);
    if (nid != STORE_SELF)
        return 0;
    return statement_run(writer_of(t), why, "UPDATE shelf SET lid=? WHERE coalesce(path,name)=?",
                         "it", *lid, shelf);
}

int store_log_restrict(struct transaction *t, row_id lid, enum audience audience, const char *title,
                       struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE log SET audience=?,title=? WHERE lid=?", "iti",
                         (int64_t)audience, title, lid);
}

int store_log_any_restricted(struct reader *r, row_id nid, bool *any, struct problem *why)
{
    int64_t found;

    if (statement_number(&r->c, why, &found,
                         "SELECT EXISTS(SELECT 1 FROM log WHERE nid=? AND audience<>0)", "i", nid))
        return -1;
    *any = found != 0;
    return 0;
}

int store_log_get(struct reader *r, row_id lid, struct log_row *out, bool *found,
                  struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, LOG_COLUMNS " WHERE lid=?", "i", lid);

    return log_row(s, rc, out, found, why);
}

int store_log_of_shelf(struct reader *r, row_id sid, struct log_row *out, bool *found,
                       struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(
        &r->c, why, &s, LOG_COLUMNS " WHERE lid=(SELECT lid FROM shelf WHERE sid=?)", "i", sid);

    return log_row(s, rc, out, found, why);
}

int store_log_find(struct reader *r, row_id nid, const char *shelf, uint64_t epoch,
                   struct log_row *out, bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, LOG_COLUMNS " WHERE nid=? AND shelf=? AND epoch=?",
                             "iti", nid, shelf, (int64_t)epoch);

    return log_row(s, rc, out, found, why);
}

int store_log_by_origin(struct reader *r, const char *origin, struct log_row *out, bool *found,
                        struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, LOG_COLUMNS " WHERE origin=?", "t", origin);

    return log_row(s, rc, out, found, why);
}

int store_log_current(struct reader *r, row_id nid, const char *shelf, struct log_row *out,
                      bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             LOG_COLUMNS " WHERE nid=? AND shelf=? AND superseded=0"
                                         " ORDER BY epoch DESC LIMIT 1",
                             "it", nid, shelf);

    return log_row(s, rc, out, found, why);
}

int store_log_list(struct reader *r, row_id nid, struct log_row *rows, size_t max, size_t *n,
                   struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, LOG_COLUMNS " WHERE nid=? ORDER BY lid LIMIT ?", "ii",
                             nid, (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why)) {
        if (log_from(s, &rows[*n], why)) {
            statement_end(s);
            return -1;
        }
        ++*n;
    }
    return rc;
}

int store_log_checkpoint(struct reader *r, row_id lid, struct cs_buffer *note, bool *found,
                         struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, "SELECT checkpoint FROM log WHERE lid=?", "i", lid);

    *found = rc == 1 && sqlite3_column_type(s, 0) != SQLITE_NULL;
    if (rc != 1)
        return rc;
    if (*found)
        cs_buffer_add_span(note, column_span(s, 0));
    statement_end(s);
    return note->failed ? problem_no_memory(why) : 0;
}

static int set_checkpoint(struct transaction *t, row_id lid, const struct cs_checkpoint *checkpoint,
                          struct cs_span note, struct problem *why)
{
    if (statement_run(writer_of(t), why,
                      "INSERT INTO checkpoint(lid,size,root,time,note) VALUES(?,?,?,?,?)"
                      " ON CONFLICT DO UPDATE SET time=excluded.time,note=excluded.note",
                      "iibib", lid, (int64_t)checkpoint->size,
                      cs_span_make(checkpoint->root.b, CS_HASH), (int64_t)checkpoint->time, note))
        return -1;
    return statement_run(writer_of(t), why,
                         "UPDATE log SET checkpoint_size=?,checkpoint=?,as_of=? WHERE lid=?",
                         "ibii", (int64_t)checkpoint->size, note, (int64_t)checkpoint->time, lid);
}

static int set_range(struct transaction *t, row_id lid, const struct cs_range *range,
                     struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE log SET size=?,range=? WHERE lid=?", "ibi",
                         (int64_t)range->size,
                         cs_span_make(range->hash[0].b, range->n * sizeof range->hash[0]), lid);
}

int store_log_publish(struct transaction *t, row_id lid, const struct cs_range *range,
                      const struct cs_checkpoint *checkpoint, struct cs_span note,
                      struct problem *why)
{
    struct database *c = writer_of(t);
    int64_t size;

    if (statement_number(c, why, &size, "SELECT size FROM log WHERE lid=?", "i", lid) ||
        statement_run(
            c, why,
            "UPDATE record SET rev=p.rev,published=CASE p.op WHEN 80 THEN 1 ELSE 2 END,"
            "pubhash=p.hash,lid=NULL,idx=p.idx,"
            "epoch=(SELECT epoch FROM log WHERE lid=?1) FROM (SELECT q.rid,q.rev,q.op,v.hash,"
            "row_number() OVER (ORDER BY q.rid)-1+?2 AS idx FROM pending q"
            " LEFT JOIN version v ON v.vid=q.vid WHERE q.lid=?1) p"
            " WHERE record.rid=p.rid",
            "ii", lid, size) ||
        statement_run(c, why, "DELETE FROM pending WHERE lid=?", "i", lid) ||
        statement_run(c, why, "UPDATE redaction SET salt=NULL WHERE lid=? AND salt IS NOT NULL",
                      "i", lid) ||
        set_range(t, lid, range, why))
        return -1;
    return set_checkpoint(t, lid, checkpoint, note, why);
}

int store_log_adopt(struct transaction *t, row_id lid, const struct cs_range *range,
                    const struct cs_checkpoint *checkpoint, struct cs_span note,
                    struct problem *why)
{
    struct database *c = writer_of(t);

    if (statement_run(c, why, "DELETE FROM pending WHERE lid=?", "i", lid) ||
        statement_run(c, why,
                      "UPDATE batch SET todo=1,cursor=0 WHERE state=1"
                      " AND sid=(SELECT sid FROM shelf WHERE lid=?)",
                      "i", lid) ||
        set_range(t, lid, range, why))
        return -1;
    return set_checkpoint(t, lid, checkpoint, note, why);
}

int store_log_refresh(struct transaction *t, row_id lid, const struct cs_checkpoint *checkpoint,
                      struct cs_span note, struct problem *why)
{
    return set_checkpoint(t, lid, checkpoint, note, why);
}

int store_mirror_checkpoint(struct transaction *t, row_id lid,
                            const struct cs_checkpoint *checkpoint, struct cs_span note,
                            const char *etag, struct problem *why)
{
    if (set_checkpoint(t, lid, checkpoint, note, why))
        return -1;
    return statement_run(writer_of(t), why, "UPDATE log SET etag=? WHERE lid=?", "ti", etag, lid);
}

int store_mirror_advance(struct transaction *t, row_id lid, const struct cs_range *range,
                         struct problem *why)
{
    return set_range(t, lid, range, why);
}

int store_mirror_state(struct transaction *t, row_id lid, enum log_state state, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE log SET state=? WHERE lid=?", "ii",
                         (int64_t)state, lid);
}

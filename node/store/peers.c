#include "store/internal.h"

#define PEER_COLUMNS                                                                               \
    "SELECT "                                                                                      \
    "n.nid,n.id,n.name,n.place,n.url,n.profile_version,n.profile_expires,p.state,p.network,"       \
    "p.since,p.last_seen,p.last_sync,p.last_try,p.failures,p.problem_code,p.problem,"              \
    "(SELECT coalesce(sum(records),0) FROM log WHERE log.nid=n.nid AND log.audience=0),"           \
    "p.profile_checked,n.keyset_expires,n.frozen,"                                                 \
    "(SELECT coalesce(min(k),0) FROM (SELECT (SELECT count(*) FROM cosigned c"                     \
    " WHERE c.lid=log.lid) AS k FROM log WHERE log.nid=n.nid AND log.checkpoint_size>0"            \
    " AND log.audience=0)),"                                                                       \
    "(SELECT coalesce(sum(records),0) FROM log WHERE log.nid=n.nid AND log.audience<>0),"          \
    "n.vias,p.through,p.relay,w.id,w.name,p.relay_for,p.met"                                       \
    " FROM peer p JOIN node n ON n.nid=p.nid"                                                      \
    " LEFT JOIN node w ON w.nid=CASE WHEN p.relay>0 THEN p.relay ELSE p.through END"

static int peer_from(sqlite3_stmt *s, struct peer_row *out, struct problem *why)
{
    struct cs_span id = cs_span_make(sqlite3_column_text(s, 1), (size_t)sqlite3_column_bytes(s, 1));

    memset(out, 0, sizeof *out);
    out->node.nid = sqlite3_column_int64(s, 0);
    if (cs_node_id_read(id, &out->node.id) != CS_OK)
        return store_damaged(why, "node.id");
    column_text(s, 2, out->node.name, sizeof out->node.name);
    column_text(s, 3, out->node.place, sizeof out->node.place);
    column_text(s, 4, out->node.url, sizeof out->node.url);
    out->node.profile_version = column_u64(s, 5);
    out->node.profile_expires = column_u64(s, 6);
    out->state = sqlite3_column_int(s, 7) == PEER_BLOCKED ? PEER_BLOCKED : PEER_ACTIVE;
    column_text(s, 8, out->network, sizeof out->network);
    out->since = column_u64(s, 9);
    out->last_seen = column_u64(s, 10);
    out->last_sync = column_u64(s, 11);
    out->last_try = column_u64(s, 12);
    out->failures = (unsigned)sqlite3_column_int(s, 13);
    column_text(s, 14, out->problem_code, sizeof out->problem_code);
    column_text(s, 15, out->problem, sizeof out->problem);
    out->records = sqlite3_column_int64(s, 16);
    out->profile_checked = column_u64(s, 17);
    out->node.keyset_expires = column_u64(s, 18);
    out->node.frozen = column_u64(s, 19);
    out->witnesses = sqlite3_column_int64(s, 20);
    out->restricted = sqlite3_column_int64(s, 21);
    out->node.vias = (unsigned)sqlite3_column_int(s, 22);
    out->through = sqlite3_column_int64(s, 23);
    out->relay = sqlite3_column_int64(s, 24);
    id = cs_span_make(sqlite3_column_text(s, 25), (size_t)sqlite3_column_bytes(s, 25));
    if (id.n > 0 && cs_node_id_read(id, &out->way.id) != CS_OK)
        return store_damaged(why, "node.id");
    column_text(s, 26, out->way.name, sizeof out->way.name);
    out->relay_for = sqlite3_column_int(s, 27) != 0;
    out->met = column_u64(s, 28);
    return 0;
}

int store_peer_put(struct transaction *t, row_id nid, enum peer_state state, const char *network,
                   uint64_t now, struct problem *why)
{
    /* Its records appear or vanish with its state: the index has to look at them again. */
    if (statement_run(writer_of(t), why,
                      "INSERT INTO change(rid,bid) SELECT r.rid,0 FROM record r JOIN peer p"
                      " ON p.nid=r.nid WHERE r.nid=? AND p.state<>?",
                      "ii", nid, (int64_t)state))
        return -1;
    return statement_run(writer_of(t), why,
                         "INSERT INTO peer(nid,state,network,since) VALUES(?,?,?,?)"
                         " ON CONFLICT DO UPDATE SET state=excluded.state,network=excluded.network",
                         "iiti", nid, (int64_t)state, network, (int64_t)now);
}

int store_peer_get(struct reader *r, row_id nid, struct peer_row *out, bool *found,
                   struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, PEER_COLUMNS " WHERE p.nid=?", "i", nid);

    *found = rc == 1;
    if (rc != 1)
        return rc;
    rc = peer_from(s, out, why);
    statement_end(s);
    return rc;
}

int store_peer_list(struct reader *r, struct peer_row *rows, size_t max, size_t *n,
                    struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s, PEER_COLUMNS " ORDER BY n.name,n.id LIMIT ?", "i",
                             (int64_t)max);

    for (*n = 0; rc == 1; rc = statement_step(&r->c, s, why)) {
        if (peer_from(s, &rows[*n], why)) {
            statement_end(s);
            return -1;
        }
        ++*n;
    }
    return rc;
}

int store_peer_checked(struct transaction *t, row_id nid, uint64_t now, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE peer SET profile_checked=? WHERE nid=?", "ii",
                         (int64_t)now, nid);
}

int store_peer_through(struct transaction *t, row_id nid, row_id through, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE peer SET through=?,relay=0 WHERE nid=?", "ii",
                         through, nid);
}

int store_peer_relay(struct transaction *t, row_id nid, row_id relay, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE peer SET relay=? WHERE nid=?", "ii", relay,
                         nid);
}

int store_peer_result(struct transaction *t, row_id nid, uint64_t now, bool synced,
                      const struct problem *why_failed, struct problem *why)
{
    if (why_failed)
        return statement_run(
            writer_of(t), why,
            "UPDATE peer SET last_try=?,failures=failures+1,problem_code=?,problem=?"
            " WHERE nid=?",
            "itti", (int64_t)now, why_failed->code ? why_failed->code : "failed",
            why_failed->message, nid);
    return statement_run(
        writer_of(t), why,
        "UPDATE peer SET last_try=?1,last_seen=?1,failures=0,problem_code='',"
        "problem='',last_sync=CASE WHEN ?2 THEN ?1 ELSE last_sync END WHERE nid=?3",
        "iii", (int64_t)now, (int64_t)synced, nid);
}

int store_peer_met(struct transaction *t, row_id nid, uint64_t now, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE peer SET met=?,relay=0 WHERE nid=?", "ii",
                         (int64_t)now, nid);
}

int store_peer_tried(struct transaction *t, row_id nid, uint64_t now, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE peer SET last_try=? WHERE nid=?", "ii",
                         (int64_t)now, nid);
}

int store_peer_empty(struct transaction *t, row_id nid, struct problem *why)
{
    struct database *c = writer_of(t);

    return statement_run(c, why, "INSERT INTO change(rid,bid) SELECT rid,0 FROM record WHERE nid=?",
                         "i", nid) ||
                   statement_run(c, why, "DELETE FROM record WHERE nid=?", "i", nid) ||
                   statement_run(c, why, "DELETE FROM log WHERE nid=?", "i", nid)
               ? -1
               : 0;
}

int store_peer_remove(struct transaction *t, row_id nid, struct problem *why)
{
    struct database *c = writer_of(t);

    if (store_peer_empty(t, nid, why) ||
        statement_run(c, why, "DELETE FROM evidence WHERE nid=?", "i", nid) ||
        statement_run(c, why,
                      "DELETE FROM keyset WHERE nid=?1 AND version>1"
                      " AND (SELECT frozen FROM node WHERE nid=?1)>0",
                      "i", nid) ||
        /* A profile under keys that are not believed any more is none. */
        statement_run(c, why,
                      "UPDATE node SET frozen=0,profile=NULL,profile_version=0 WHERE nid=?"
                      " AND frozen>0",
                      "i", nid))
        return -1;
    return statement_run(c, why, "DELETE FROM deposit WHERE nid=?", "i", nid) ||
                   statement_run(c, why, "DELETE FROM peer WHERE nid=?", "i", nid)
               ? -1
               : 0;
}

#include "store/internal.h"

int store_deposit_get(struct reader *r, const char *origin, row_id relay, struct deposit_row *out,
                      bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT size,time,profile,at FROM deposit WHERE origin=? AND nid=?",
                             "ti", origin, relay);

    memset(out, 0, sizeof *out);
    *found = rc == 1;
    if (rc != 1)
        return rc;
    out->size = column_u64(s, 0);
    out->time = column_u64(s, 1);
    out->profile = column_u64(s, 2);
    out->at = column_u64(s, 3);
    statement_end(s);
    return 0;
}

int store_deposit_put(struct transaction *t, const char *origin, row_id relay,
                      const struct deposit_row *row, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT INTO deposit(origin,nid,size,time,profile,at)"
                         " VALUES(?,?,?,?,?,?) ON CONFLICT DO UPDATE SET size=excluded.size,"
                         "time=excluded.time,profile=excluded.profile,at=excluded.at",
                         "tiiiii", origin, relay, (int64_t)row->size, (int64_t)row->time,
                         (int64_t)row->profile, (int64_t)row->at);
}

int store_deposit_result(struct transaction *t, row_id relay, const char *problem,
                         struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE peer SET deposit_problem=? WHERE nid=?", "ti",
                         problem, relay);
}

int store_deposit_last(struct reader *r, row_id relay, uint64_t *at, char *problem, size_t room,
                       struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT (SELECT coalesce(max(at),0) FROM deposit d WHERE d.nid=p.nid),"
                             "deposit_problem FROM peer p WHERE p.nid=?",
                             "i", relay);

    *at = 0;
    *problem = '\0';
    if (rc != 1)
        return rc;
    *at = column_u64(s, 0);
    column_text(s, 1, problem, room);
    statement_end(s);
    return 0;
}

int store_peer_relay_for(struct transaction *t, row_id nid, bool relay_for, struct problem *why)
{
    return statement_run(writer_of(t), why, "UPDATE peer SET relay_for=? WHERE nid=?", "ii",
                         (int64_t)relay_for, nid);
}

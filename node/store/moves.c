#include "store/internal.h"

int store_move_begin(struct transaction *t, row_id rid, row_id sid, struct problem *why)
{
    return statement_run(writer_of(t), why,
                         "INSERT OR REPLACE INTO move(rid,sid,vid) SELECT ?1,?2,v.vid"
                         " FROM version v JOIN batch b ON b.bid=v.bid WHERE v.rid=?1 AND b.state=1"
                         " ORDER BY v.vid DESC LIMIT 1",
                         "ii", rid, sid);
}

int store_move_next(struct reader *r, struct move_row *out, bool *found, struct problem *why)
{
    sqlite3_stmt *s;
    int rc = statement_first(&r->c, why, &s,
                             "SELECT m.rid,m.sid,r.sid,r.published FROM move m JOIN record r"
                             " ON r.rid=m.rid ORDER BY m.rid LIMIT 1",
                             "");

    *found = rc == 1;
    if (rc != 1)
        return rc;
    out->rid = sqlite3_column_int64(s, 0);
    out->to = sqlite3_column_int64(s, 1);
    out->from = sqlite3_column_int64(s, 2);
    out->published = sqlite3_column_int(s, 3) == 1;
    statement_end(s);
    return 0;
}

int store_move_finish(struct transaction *t, row_id bid, row_id rid, struct problem *why)
{
    struct database *c = writer_of(t);

    /* What waited for the old shelf's log waits for it no more. */
    if (statement_run(c, why, "DELETE FROM pending WHERE rid=?", "i", rid) ||
        statement_run(c, why,
                      "UPDATE record SET sid=(SELECT sid FROM move WHERE rid=?1) WHERE rid=?1", "i",
                      rid) ||
        statement_run(c, why,
                      "INSERT INTO version(rid,bid,hash,body,original) SELECT v.rid,?2,v.hash,"
                      "v.body,v.original FROM move m JOIN version v ON v.vid=m.vid WHERE m.rid=?1",
                      "ii", rid, bid))
        return -1;
    return statement_run(c, why, "DELETE FROM move WHERE rid=?", "i", rid);
}

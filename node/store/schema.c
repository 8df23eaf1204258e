#include <stdio.h>

#include "store/internal.h"

/*
 * The tables. Truth is here and in the log files that `log` and `checkpoint` commit.
 *
 * node      every node ever met; 1 is this institution. Its identity outlives being a peer.
 * record    identity of a record: (nid, uid). Own ones have sid and versions, mirrored ones lid, body.
 *           published: 0 nothing, 1 a P entry with pubhash, 2 a D entry; rev and idx are that entry's.
 * version   what an own record says, as of a batch. body NULL: withdrawn.
 * batch     state 0 staging, 1 live, 2 undone. todo 1: may hold records that differ from what is
 *           published; cursor: the last one looked at.
 * kept      records that the source of a batch still has, while it is staged.
 * pending   entries of a publication that has not reached its checkpoint, in order of rid.
 * change    what the search index has still to look at.
 */
static const char schema_1[] =
    "CREATE TABLE meta(key TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;"
    "CREATE TABLE node(nid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL "
    "DEFAULT '',"
    " place TEXT NOT NULL DEFAULT '', url TEXT NOT NULL DEFAULT '', profile BLOB,"
    " profile_version INTEGER NOT NULL DEFAULT 0, profile_expires INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE keyset(nid INTEGER NOT NULL REFERENCES node, version INTEGER NOT NULL,"
    " note BLOB NOT NULL, PRIMARY KEY(nid,version)) WITHOUT ROWID;"
    "CREATE TABLE peer(nid INTEGER PRIMARY KEY REFERENCES node, state INTEGER NOT NULL,"
    " network TEXT NOT NULL, since INTEGER NOT NULL, last_seen INTEGER NOT NULL DEFAULT 0,"
    " last_sync INTEGER NOT NULL DEFAULT 0, last_try INTEGER NOT NULL DEFAULT 0,"
    " profile_checked INTEGER NOT NULL DEFAULT 0,"
    " failures INTEGER NOT NULL DEFAULT 0, problem_code TEXT NOT NULL DEFAULT '',"
    " problem TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE invite(name BLOB PRIMARY KEY, secret BLOB NOT NULL, created INTEGER NOT NULL,"
    " expires INTEGER NOT NULL, used_by TEXT, mac BLOB, answer BLOB) WITHOUT ROWID;"
    "CREATE TABLE joining(name BLOB PRIMARY KEY, body BLOB NOT NULL, created INTEGER NOT NULL)"
    " WITHOUT ROWID;"
    "CREATE TABLE evidence(eid INTEGER PRIMARY KEY, nid INTEGER NOT NULL REFERENCES node,"
    " kind TEXT NOT NULL, time INTEGER NOT NULL, note_a BLOB, note_b BLOB);"
    "CREATE TABLE log(lid INTEGER PRIMARY KEY, nid INTEGER NOT NULL REFERENCES node,"
    " shelf TEXT NOT NULL, epoch INTEGER NOT NULL, origin TEXT NOT NULL UNIQUE,"
    " state INTEGER NOT NULL DEFAULT 0, size INTEGER NOT NULL DEFAULT 0,"
    " range BLOB NOT NULL DEFAULT x'', records INTEGER NOT NULL DEFAULT 0,"
    " checkpoint_size INTEGER NOT NULL DEFAULT 0, checkpoint BLOB, as_of INTEGER NOT NULL DEFAULT "
    "0,"
    " etag TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE checkpoint(lid INTEGER NOT NULL REFERENCES log ON DELETE CASCADE,"
    " size INTEGER NOT NULL, root BLOB NOT NULL, time INTEGER NOT NULL, note BLOB NOT NULL,"
    " PRIMARY KEY(lid,size)) WITHOUT ROWID;"
    "CREATE TABLE shelf(sid INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,"
    " audience INTEGER NOT NULL, lid INTEGER REFERENCES log);"
    "CREATE TABLE source(soid INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE record(rid INTEGER PRIMARY KEY, nid INTEGER NOT NULL REFERENCES node,"
    " uid BLOB NOT NULL, sid INTEGER REFERENCES shelf, soid INTEGER REFERENCES source,"
    " lid INTEGER REFERENCES log, rev INTEGER NOT NULL DEFAULT 0, idx INTEGER NOT NULL DEFAULT 0,"
    " published INTEGER NOT NULL DEFAULT 0, pubhash BLOB, body BLOB);"
    "CREATE UNIQUE INDEX record_uid ON record(nid,uid);"
    "CREATE INDEX record_source ON record(soid) WHERE soid IS NOT NULL;"
    "CREATE TABLE batch(bid INTEGER PRIMARY KEY AUTOINCREMENT, sid INTEGER NOT NULL REFERENCES "
    "shelf,"
    " source TEXT NOT NULL, file TEXT NOT NULL, created INTEGER NOT NULL, state INTEGER NOT NULL,"
    " todo INTEGER NOT NULL DEFAULT 0, cursor INTEGER NOT NULL DEFAULT 0,"
    " added INTEGER NOT NULL DEFAULT 0, updated INTEGER NOT NULL DEFAULT 0,"
    " withdrawn INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX batch_todo ON batch(sid) WHERE todo=1;"
    "CREATE TABLE version(vid INTEGER PRIMARY KEY AUTOINCREMENT, rid INTEGER NOT NULL,"
    " bid INTEGER NOT NULL, hash BLOB, body BLOB, original BLOB);"
    "CREATE INDEX version_rid ON version(rid,vid);"
    "CREATE INDEX version_bid ON version(bid,rid);"
    "CREATE TABLE row_id(soid INTEGER NOT NULL, hash BLOB NOT NULL, uid BLOB NOT NULL,"
    " PRIMARY KEY(soid,hash)) WITHOUT ROWID;"
    "CREATE TABLE kept(bid INTEGER NOT NULL, rid INTEGER NOT NULL, PRIMARY KEY(bid,rid))"
    " WITHOUT ROWID;"
    "CREATE TABLE pending(lid INTEGER NOT NULL, rid INTEGER NOT NULL, op INTEGER NOT NULL,"
    " salt BLOB NOT NULL, vid INTEGER NOT NULL, rev INTEGER NOT NULL, PRIMARY KEY(lid,rid))"
    " WITHOUT ROWID;"
    "CREATE TABLE change(seq INTEGER PRIMARY KEY AUTOINCREMENT, rid INTEGER NOT NULL,"
    " bid INTEGER NOT NULL);";

/*
 * node.frozen: the version at which two keysets of this identity contradict each other; 0: none do.
 * node.keyset_expires: the newest keyset's; 0: not known. log.retired: the size at which a keyset ended
 * the log.
 */
static const char schema_keys[] =
    "ALTER TABLE node ADD COLUMN frozen INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE node ADD COLUMN keyset_expires INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE node ADD COLUMN successor INTEGER REFERENCES node;"
    "ALTER TABLE log ADD COLUMN retired INTEGER;";

/*
 * seen      what this node's witness key cosigned, of others' logs: one row for each origin, which outlives
 *           the peer, because a witness never forgets. hex: SHA-256 of the origin. note: with all lines.
 */
static const char schema_seen[] =
    "CREATE TABLE seen(origin TEXT PRIMARY KEY, hex TEXT NOT NULL UNIQUE, size INTEGER NOT NULL,"
    " root BLOB NOT NULL, time INTEGER NOT NULL, note BLOB NOT NULL) WITHOUT ROWID;"
    "CREATE INDEX seen_time ON seen(time,origin);";

/*
 * log.gossiped    when other nodes were last asked what they saw of it
 * log.ahead       size of a larger checkpoint that another node has; ahead_time: its publisher's time
 * cosigned        whose cosignature of a log's checkpoint was verified, and fits the tree that is here
 * evidence.proof  hashes that lead from the larger tree to its root at the smaller one's size
 */
static const char schema_gossip[] =
    "ALTER TABLE evidence ADD COLUMN proof BLOB;"
    "ALTER TABLE log ADD COLUMN gossiped INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE log ADD COLUMN ahead INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE log ADD COLUMN ahead_time INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE cosigned(lid INTEGER NOT NULL REFERENCES log ON DELETE CASCADE,"
    " nid INTEGER NOT NULL REFERENCES node, size INTEGER NOT NULL, time INTEGER NOT NULL,"
    " PRIMARY KEY(lid,nid)) WITHOUT ROWID;";

/*
 * redaction every entry of a log that was, or is to be, taken back: `salt` until the R that says so
 *           stands in the own log (the R's salt); done 1 once no file of the log holds its bytes.
 * record.redacted: when an own record was taken back; imports do not bring it again.
 */
static const char schema_redaction[] =
    "CREATE TABLE redaction(lid INTEGER NOT NULL REFERENCES log ON DELETE CASCADE,"
    " idx INTEGER NOT NULL, salt BLOB, done INTEGER NOT NULL DEFAULT 0, PRIMARY KEY(lid,idx))"
    " WITHOUT ROWID;"
    "CREATE INDEX redaction_waiting ON redaction(lid,idx) WHERE salt IS NOT NULL;"
    "CREATE INDEX redaction_open ON redaction(lid,idx) WHERE done=0;"
    "ALTER TABLE record ADD COLUMN redacted INTEGER NOT NULL DEFAULT 0;";

/*
 * A log's row is its shelf's current epoch, whichever that is: records need not be told of a new one.
 * Own epochs that were followed by another go on as rows of their own while they are served.
 * log.superseded: when that happened. next_salt: of the E of an epoch that is being made.
 * leaving   logs whose files are to be removed.
 */
static const char schema_epochs[] =
    "ALTER TABLE log ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE log ADD COLUMN next_salt BLOB;"
    "CREATE TABLE leaving(origin TEXT PRIMARY KEY) WITHOUT ROWID;";

/*
 * receipt       what another node says, under its signature, that it has applied of an own log: `applied`
 *               entries of `epoch`, which it had seen at `seen`; heard here at `heard`. It outlives the
 *               partnership. asked: when that node was last asked.
 * record.epoch  the one that idx counts in, of own records
 */
static const char schema_receipts[] =
    "CREATE TABLE receipt(lid INTEGER NOT NULL REFERENCES log ON DELETE CASCADE,"
    " nid INTEGER NOT NULL REFERENCES node, epoch INTEGER NOT NULL DEFAULT 0,"
    " applied INTEGER NOT NULL DEFAULT 0, seen INTEGER NOT NULL DEFAULT 0,"
    " heard INTEGER NOT NULL DEFAULT 0, asked INTEGER NOT NULL DEFAULT 0,"
    " PRIMARY KEY(lid,nid)) WITHOUT ROWID;"
    "ALTER TABLE record ADD COLUMN epoch INTEGER NOT NULL DEFAULT 1;";

/*
 * charter        a network that this node follows, as its newest charter says; confirmed: when that was last
 *                known to be the newest. frozen: the version at which two charters contradict each other, the
 *                second being `other`.
 * charter_note   every version of it, and the hash of its text, by which the next one names it
 * charter_member who is in it by the newest one; node: the node ID, whether it is known here or not
 */
static const char schema_charters[] =
    "CREATE TABLE charter(chid INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL,"
    " version INTEGER NOT NULL, issued INTEGER NOT NULL, expires INTEGER NOT NULL,"
    " since INTEGER NOT NULL, confirmed INTEGER NOT NULL, frozen INTEGER NOT NULL DEFAULT 0,"
    " other BLOB);"
    "CREATE TABLE charter_note(chid INTEGER NOT NULL REFERENCES charter ON DELETE CASCADE,"
    " version INTEGER NOT NULL, hash BLOB NOT NULL UNIQUE, note BLOB NOT NULL,"
    " UNIQUE(chid,version));"
    "CREATE TABLE charter_member(chid INTEGER NOT NULL REFERENCES charter ON DELETE CASCADE,"
    " node TEXT NOT NULL, roles INTEGER NOT NULL, PRIMARY KEY(chid,node)) WITHOUT ROWID;";

/*
 * shelf.path      the name of the shelf's log where it is not the shelf's own: that of a restricted shelf
 * shelf.charter   the network whose members may read it; shelf_reader: the nodes that may
 * log.audience    of a mirrored log: as shelf.audience. title: its shelf's name for people
 * move            own records on their way to another shelf: from when they are withdrawn on the one until they
 *                 stand on the other. vid: what they said
 */
static const char schema_restricted[] =
    "ALTER TABLE shelf ADD COLUMN path TEXT;"
    "ALTER TABLE shelf ADD COLUMN charter TEXT;"
    "CREATE UNIQUE INDEX shelf_path ON shelf(coalesce(path,name));"
    "CREATE TABLE shelf_reader(sid INTEGER NOT NULL REFERENCES shelf ON DELETE CASCADE,"
    " node TEXT NOT NULL, PRIMARY KEY(sid,node)) WITHOUT ROWID;"
    "ALTER TABLE log ADD COLUMN audience INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE log ADD COLUMN title TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE move(rid INTEGER PRIMARY KEY, sid INTEGER NOT NULL, vid INTEGER NOT NULL);";

/*
 * peer.through  the peer from whose relay it is followed, because a person said so: only read, never spoken
 *               to. 0: it is a peer by an invite or a file.
 * peer.relay    whose copy the last pull took, since the node itself can't be asked or was not; 0: its own
 * node.vias     how many nodes its profile names that relay for it
 */
static const char schema_through[] =
    "ALTER TABLE peer ADD COLUMN through INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE peer ADD COLUMN relay INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE node ADD COLUMN vias INTEGER NOT NULL DEFAULT 0;";

/*
 * peer.relay_for        it may deposit its own logs here. deposit_problem: what hindered the last own deposit
 *                       there
 * deposit               what a relay has taken of an own log: size and time of the checkpoint, version of the
 *                       profile, and when that was
 */
static const char schema_deposits[] =
    "ALTER TABLE peer ADD COLUMN relay_for INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE peer ADD COLUMN deposit_problem TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE deposit(origin TEXT NOT NULL, nid INTEGER NOT NULL REFERENCES node,"
    " size INTEGER NOT NULL, time INTEGER NOT NULL, profile INTEGER NOT NULL,"
    " at INTEGER NOT NULL, PRIMARY KEY(origin,nid)) WITHOUT ROWID;";

/* peer.met: when it was last visited itself, of one that names relays to be asked in its place */
static const char schema_met[] = "ALTER TABLE peer ADD COLUMN met INTEGER NOT NULL DEFAULT 0;";

/*
 * blank   places of a mirrored log that are held as a hash without an R that names them: a bit for each of a
 *         bundle's 256
 *
 * What was withdrawn in a home that is older than record.epoch may have been so in any epoch: it counts as said at
 * the end of what is published now, so that nobody is taken to have hid it before saying so.
 */
static const char schema_blanks[] =
    "CREATE TABLE blank(lid INTEGER NOT NULL REFERENCES log ON DELETE CASCADE,"
    " bundle INTEGER NOT NULL, bits BLOB NOT NULL, PRIMARY KEY(lid,bundle)) WITHOUT ROWID;"
    "UPDATE record SET epoch=l.epoch,idx=max(l.size-1,0) FROM shelf s JOIN log l ON l.lid=s.lid"
    " WHERE s.sid=record.sid AND record.nid=1 AND record.published=2 AND record.epoch=1"
    " AND l.epoch>1;";

/* Step n brings a database of version n to n + 1. A step that homes have gone through never changes. */
static const char *const steps[] = {
    schema_1,        schema_keys,     schema_seen,     schema_gossip,     schema_redaction,
    schema_epochs,   schema_receipts, schema_charters, schema_restricted, schema_through,
    schema_deposits, schema_met,      schema_blanks,
};
const int schema_newest = sizeof steps / sizeof *steps;

int schema_version(struct database *c, int64_t *version, struct problem *why)
{
    return statement_number(c, why, version, "PRAGMA user_version", "");
}

int schema_migrate(struct database *c, struct problem *why)
{
    int64_t version;

    if (schema_version(c, &version, why))
        return -1;
    for (; version < schema_newest; version++) {
        char mark[64];
        int rc;

        snprintf(mark, sizeof mark, "PRAGMA user_version=%d", (int)version + 1);
        rc = sqlite3_exec(c->db, "BEGIN IMMEDIATE", NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_exec(c->db, steps[version], NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_exec(c->db, mark, NULL, NULL, NULL);
        if (rc == SQLITE_OK)
            rc = sqlite3_exec(c->db, "COMMIT", NULL, NULL, NULL);
        if (rc != SQLITE_OK) {
            database_problem(c, rc, why);
            sqlite3_exec(c->db, "ROLLBACK", NULL, NULL, NULL);
            return -1;
        }
    }
    return 0;
}

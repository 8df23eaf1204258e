#include "store/internal.h"

#include <assert.h>
#include <stdarg.h>

int database_problem(struct database *c, int result, struct problem *why)
{
    /* A page that is not as it was written is damage, not a failing read. */
    switch (result == SQLITE_IOERR_DATA ? SQLITE_CORRUPT : result & 0xff) {
    case SQLITE_NOMEM:
        problem_no_memory(why);
        break;
    case SQLITE_FULL:
        problem_set(why, "disk_full",
                    _("The disk is full. Nothing of this step was kept; what was there before is "
                      "safe. Make room and do it again."));
        break;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        problem_set(why, "database_busy",
                    _("Another program is using the database for longer than this one waits. "
                      "Nothing was changed. End it, then try again."));
        break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        problem_set(why, "database_damaged",
                    _("The database node.db is damaged. Nothing was written to it. Keep a copy of "
                      "the home, then run \"commonshelf doctor\"."));
        break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
        problem_set(
            why, "permission",
            _("The database node.db can't be opened for writing. Nothing was changed. Check "
              "who owns the home and that its disk is not read-only."));
        break;
    case SQLITE_IOERR:
        problem_set(why, "io",
                    _("The disk reported an error. What was committed before is safe. Check the "
                      "disk before you go on."));
        break;
    default:
        problem_set(why, "database",
                    _("The database refused a step that should have worked. "
                      "Nothing of it was kept."));
        break;
    }
    problem_detail(why, "sqlite %d: %s", result, c->db ? sqlite3_errmsg(c->db) : "not open");
    return -1;
}

int store_damaged(struct problem *why, const char *what)
{
    problem_set(why, "database_damaged",
                _("The database holds a row that can't be right. Nothing was changed. Run "
                  "\"commonshelf doctor\"."));
    problem_detail(why, "%s", what);
    return -1;
}

/* Statements live as long as their connection; the SQL's address names them. */
static sqlite3_stmt *prepare(struct database *c, const char *sql, struct problem *why)
{
    size_t i = ((uintptr_t)sql >> 3) * 0x9E3779B97F4A7C15u >> 40 & (STATEMENT_SLOTS - 1);
    size_t tries = 0;

    while (c->slot[i].sql && c->slot[i].sql != sql && tries++ < STATEMENT_SLOTS)
        i = (i + 1) & (STATEMENT_SLOTS - 1);
    assert(tries < STATEMENT_SLOTS);
    if (!c->slot[i].sql) {
        int rc = sqlite3_prepare_v3(c->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
                                    &c->slot[i].statement, NULL);
        if (rc != SQLITE_OK) {
            database_problem(c, rc, why);
            problem_detail(why, "%s", sql);
            return NULL;
        }
        c->slot[i].sql = sql;
    }
    /* A statement that is still running belongs to a caller further up. */
    assert(!sqlite3_stmt_busy(c->slot[i].statement));
    return c->slot[i].statement;
}

static int bind_all(sqlite3_stmt *s, const char *types, va_list args)
{
    int rc = SQLITE_OK;

    for (int i = 1; *types && rc == SQLITE_OK; types++, i++) {
        switch (*types) {
        case 'i':
            rc = sqlite3_bind_int64(s, i, va_arg(args, int64_t));
            break;
        case 't':
            rc = sqlite3_bind_text(s, i, va_arg(args, const char *), -1, SQLITE_STATIC);
            break;
        case 'b': {
            struct cs_span b = va_arg(args, struct cs_span);
            if (!b.p)
                rc = sqlite3_bind_null(s, i);
            else
                rc = sqlite3_bind_blob64(s, i, b.p, b.n, SQLITE_STATIC);
            break;
        }
        case 'f':
            rc = sqlite3_bind_double(s, i, va_arg(args, double));
            break;
        case 'z':
            rc = sqlite3_bind_null(s, i);
            break;
        default:
            assert(types == NULL); /* no such letter */
        }
    }
    return rc;
}

static sqlite3_stmt *start(struct database *c, struct problem *why, const char *sql,
                           const char *types, va_list args)
{
    sqlite3_stmt *s = prepare(c, sql, why);
    int rc;

    if (!s)
        return NULL;
    assert((int)strlen(types) == sqlite3_bind_parameter_count(s));
    if ((rc = bind_all(s, types, args)) != SQLITE_OK) {
        database_problem(c, rc, why);
        return NULL;
    }
    return s;
}

sqlite3_stmt *statement_start(struct database *c, struct problem *why, const char *sql,
                              const char *types, ...)
{
    va_list args;
    sqlite3_stmt *s;

    va_start(args, types);
    s = start(c, why, sql, types, args);
    va_end(args);
    return s;
}

void statement_end(sqlite3_stmt *s)
{
    if (s) {
        sqlite3_reset(s);
        sqlite3_clear_bindings(s);
    }
}

int statement_step(struct database *c, sqlite3_stmt *s, struct problem *why)
{
    int rc = sqlite3_step(s);

    if (rc == SQLITE_ROW)
        return 1;
    if (rc != SQLITE_DONE)
        database_problem(c, sqlite3_extended_errcode(c->db), why);
    statement_end(s);
    return rc == SQLITE_DONE ? 0 : -1;
}

int statement_run(struct database *c, struct problem *why, const char *sql, const char *types, ...)
{
    va_list args;
    sqlite3_stmt *s;
    int rc;

    va_start(args, types);
    s = start(c, why, sql, types, args);
    va_end(args);
    if (!s)
        return -1;
    while ((rc = statement_step(c, s, why)) == 1)
        ;
    return rc;
}

int statement_first(struct database *c, struct problem *why, sqlite3_stmt **s, const char *sql,
                    const char *types, ...)
{
    va_list args;

    va_start(args, types);
    *s = start(c, why, sql, types, args);
    va_end(args);
    return *s ? statement_step(c, *s, why) : -1;
}

int statement_number(struct database *c, struct problem *why, int64_t *out, const char *sql,
                     const char *types, ...)
{
    va_list args;
    sqlite3_stmt *s;
    int rc;

    va_start(args, types);
    s = start(c, why, sql, types, args);
    va_end(args);
    *out = 0;
    if (!s || (rc = statement_step(c, s, why)) < 0)
        return -1;
    if (rc == 1) {
        *out = sqlite3_column_int64(s, 0);
        statement_end(s);
    }
    return 0;
}

struct cs_span column_span(sqlite3_stmt *s, int column)
{
    const void *p = sqlite3_column_blob(s, column);
    int n = sqlite3_column_bytes(s, column);

    return cs_span_make(p, (size_t)n);
}

void column_text(sqlite3_stmt *s, int column, char *out, size_t room)
{
    const unsigned char *p = sqlite3_column_text(s, column);
    size_t n = p ? (size_t)sqlite3_column_bytes(s, column) : 0;

    if (n >= room) {
        n = room - 1;
        while (n > 0 && (p[n] & 0xC0) == 0x80)
            n--;
    }
    if (n > 0)
        memcpy(out, p, n);
    out[n] = '\0';
}

bool column_bytes(sqlite3_stmt *s, int column, void *out, size_t n)
{
    struct cs_span b = column_span(s, column);

    if (b.n != n)
        return false;
    memcpy(out, b.p, n);
    return true;
}

/*
 * The stylesheet, from style.css at build time, under a name made of its content.
 */
#include <pthread.h>

#include "site/internal.h"

static const unsigned char style[] = {
#include "site/style_css.h"
};

static char path[sizeof "/style-.css" + 16];

static void make_path(void)
{
    static const char hex[] = "0123456789abcdef", before[] = "/style-", behind[] = ".css";
    char *p = path + sizeof before - 1;
    struct cs_hash hash;

    memcpy(path, before, sizeof before - 1);
    cs_sha256(style_text(), &hash);
    for (size_t i = 0; i < 8; i++) {
        *p++ = hex[hash.b[i] >> 4];
        *p++ = hex[hash.b[i] & 15];
    }
    memcpy(p, behind, sizeof behind);
}

const char *style_path(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_path);
    return path;
}

struct cs_span style_text(void)
{
    return cs_span_make(style, sizeof style);
}

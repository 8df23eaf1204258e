#include "support/terminal.h"

#include <assert.h>
#include <stdio.h>

/* Decodes the character at the front; 0 if it is not well-formed UTF-8 (RFC 3629). */
static size_t decode(struct cs_span s, uint32_t *out)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char c = s.p[0];
    size_t n = c < 0x80 ? 1 : c < 0xc2 ? 0 : c < 0xe0 ? 2 : c < 0xf0 ? 3 : c < 0xf5 ? 4 : 0;
    uint32_t u = n == 1 ? c : c & (0x7fu >> n);

    if (n == 0 || n > s.n)
        return 0;
    for (size_t i = 1; i < n; i++) {
        if ((s.p[i] & 0xc0) != 0x80)
            return 0;
        u = u << 6 | (s.p[i] & 0x3fu);
    }
    if (u < least[n] || (u >= 0xd800 && u < 0xe000) || u > 0x10ffff)
        return 0;
    *out = u;
    return n;
}

static bool moves_terminal(uint32_t u)
{
    return u < 0x20 || (u >= 0x7f && u < 0xa0) /* C0, DEL, C1 */
           || (u >= 0x202a && u <= 0x202e) /* embeddings and overrides of direction */
           || (u >= 0x2066 && u <= 0x2069) || u == 0x2028 || u == 0x2029; /* isolates, line ends */
}

size_t terminal_text(char *out, size_t room, struct cs_span text)
{
    size_t used = 0;

    assert(room > 0);
    while (text.n) {
        char escape[16];
        uint32_t u = 0;
        size_t taken = decode(text, &u), n = taken;
        const char *shown = (const char *)text.p;

        if (!taken || moves_terminal(u)) {
            if (!taken)
                n = (size_t)snprintf(escape, sizeof escape, "\\x%02x", text.p[0]);
            else
                n = (size_t)snprintf(escape, sizeof escape, u < 0x100 ? "\\x%02x" : "\\u%04x", u);
            shown = escape;
            taken = taken ? taken : 1;
        }
        if (n >= room - used)
            break;
        memcpy(out + used, shown, n);
        used += n;
        text.p += taken;
        text.n -= taken;
    }
    out[used] = '\0';
    return used;
}

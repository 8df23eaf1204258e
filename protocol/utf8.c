/*
 * Whether bytes are UTF-8. Nothing is decoded or repaired here.
 */
#include <commonshelf/encode.h>

/* The bytes a multi-byte character takes, or 0. `low` and `high` bound its second byte: that is
 * where surrogates, overlong forms and code points over U+10FFFF are told apart (RFC 3629 §4). */
static size_t lead_byte(unsigned char c, unsigned char *low, unsigned char *high)
{
    *low = 0x80;
    *high = 0xbf;
    if (c >= 0xc2 && c <= 0xdf)
        return 2;
    if (c >= 0xe0 && c <= 0xef) {
        if (c == 0xe0)
            *low = 0xa0;
        if (c == 0xed)
            *high = 0x9f;
        return 3;
    }
    if (c >= 0xf0 && c <= 0xf4) {
        if (c == 0xf0)
            *low = 0x90;
        if (c == 0xf4)
            *high = 0x8f;
        return 4;
    }
    return 0;
}

bool cs_utf8_valid(struct cs_span text)
{
    size_t i = 0;

    while (i < text.n) {
        unsigned char low, high;
        uint64_t eight;
        size_t n;

        if (text.n - i >= sizeof(eight)) {
            memcpy(&eight, text.p + i, sizeof(eight));
            if ((eight & UINT64_C(0x8080808080808080)) == 0) {
                i += sizeof(eight);
                continue;
            }
        }
        if (text.p[i] < 0x80) {
            i++;
            continue;
        }
        n = lead_byte(text.p[i], &low, &high);
        if (n == 0 || text.n - i < n || text.p[i + 1] < low || text.p[i + 1] > high)
            return false;
        for (size_t k = 2; k < n; k++) {
            if ((text.p[i + k] & 0xc0) != 0x80)
                return false;
        }
        i += n;
    }
    return true;
}

#include "support/qr.h"

#include <errno.h>
#include <qrencode.h>
#include <string.h>

#include "support/language.h"

#define QUIET 4 /* modules of light around the code, as its standard wants */
#define DARK 1 /* the bit of a module that says so */

static bool is_dark(const QRcode *code, int x, int y)
{
    if (x < 0 || y < 0 || x >= code->width || y >= code->width)
        return false;
    return code->data[y * code->width + x] & DARK;
}

static const char *half_blocks(bool upper, bool lower)
{
    if (upper)
        return lower ? "\u2588" : "\u2580";
    return lower ? "\u2584" : " ";
}

static void draw(const QRcode *code, enum qr_for what, struct cs_buffer *out)
{
    bool inverse = what == QR_FOR_SCREEN;

    for (int y = -QUIET; y < code->width + QUIET; y += 2) {
        for (int x = -QUIET; x < code->width + QUIET; x++)
            cs_buffer_add_text(out, half_blocks(is_dark(code, x, y) != inverse,
                                                is_dark(code, x, y + 1) != inverse));
        cs_buffer_add_byte(out, '\n');
    }
}

int qr_write(const char *text, enum qr_for what, struct cs_buffer *out, struct problem *why)
{
    QRcode *code = QRcode_encodeString(text, 0, QR_ECLEVEL_M, QR_MODE_8, 1);

    if (!code && errno == ENOMEM)
        return problem_no_memory(why);
    if (!code)
        return problem_set(why, "too_large", "%s",
                           _("This is too long for a QR code. Nothing was changed."));
    draw(code, what, out);
    explicit_bzero(code->data, (size_t)(code->width * code->width));
    QRcode_free(code);
    return out->failed ? problem_no_memory(why) : 0;
}

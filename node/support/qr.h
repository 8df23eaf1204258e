/*
 * A QR code as text: two rows of modules in a line of half blocks. It makes codes; reading one is a phone's
 * or a scanner's.
 */
#ifndef SUPPORT_QR_H
#define SUPPORT_QR_H

#include <commonshelf/base.h>

#include "support/problem.h"

enum qr_for {
    QR_FOR_PAPER, /* ink where the code is dark */
    QR_FOR_SCREEN, /* light where the code is light, on a dark ground */
};
/* Appends the code of `text`, with the quiet zone around it. "too_large" for what no code holds. */
CS_MUST_USE int qr_write(const char *text, enum qr_for what, struct cs_buffer *out,
                         struct problem *why);

#endif

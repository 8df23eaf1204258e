#include "search/index/score.h"

#include <math.h>

static const double weight[SCORE_FIELDS] = {4, 3, 2, 1};

#define EXACT 16 /* lengths below it are their own byte */
#define STEPS 8 /* bytes to a doubling above it */

unsigned char score_length_byte(uint32_t length)
{
    unsigned top;

    if (length < EXACT)
        return (unsigned char)length;
    top = 31 - (unsigned)__builtin_clz(length);
    return (unsigned char)(EXACT + (top - 4) * STEPS + ((length >> (top - 3)) & (STEPS - 1)));
}

uint32_t score_length(unsigned char byte)
{
    unsigned top, step;
    uint64_t length;

    if (byte < EXACT)
        return byte;
    top = 4 + (unsigned)(byte - EXACT) / STEPS;
    step = (unsigned)(byte - EXACT) % STEPS;
    length = (uint64_t)(STEPS + step) << (top - 3);
    return length > UINT32_MAX ? UINT32_MAX : (uint32_t)length;
}

void score_basis_of(struct score_basis *out, double documents, const uint64_t length[SCORE_FIELDS])
{
    out->documents = documents;
    for (unsigned f = 0; f < SCORE_FIELDS; f++)
        out->average[f] = documents > 0 ? (double)length[f] / documents : 0;
}

/* Where no document has the field, any average will do, as long as it is the same everywhere. */
static double average(const struct score_basis *basis, unsigned f)
{
    return basis->average[f] > 0 ? basis->average[f] : 1;
}

void score_table_make(struct score_table *t, const struct score_basis *basis)
{
    for (unsigned f = 0; f < SCORE_FIELDS; f++)
        for (unsigned byte = 0; byte < 256; byte++) {
            double ratio = score_length((unsigned char)byte) / average(basis, f);

            t->part[f][byte] = (float)(weight[f] / (1 - SCORE_B + SCORE_B * ratio));
        }
}

double score_idf(double documents, double df)
{
    if (df > documents)
        df = documents;
    return log(1 + (documents - df + 0.5) / (df + 0.5));
}

/* Sixteen steps to a doubling, from 2^-5: a word once in a field 30 times as long as the average. */
#define MAX_STEPS 16
#define MAX_LEAST (-5)

unsigned char score_max_byte(float x)
{
    double step;

    if (!(x > 0))
        return 0;
    step = ceil((log2(x) - MAX_LEAST) * MAX_STEPS);
    /* Rounding in log2 must not make the bound smaller than what it bounds. */
    while (step < 255 && step >= 0 && score_max((unsigned char)step) < x)
        step++;
    return (unsigned char)(step < 1 ? 1 : step > 255 ? 255 : step);
}

float score_max(unsigned char byte)
{
    static const float step[MAX_STEPS] = {1.0f,        1.04427378f, 1.09050773f, 1.13878863f,
                                          1.18920712f, 1.24185781f, 1.29683955f, 1.35425555f,
                                          1.41421356f, 1.47682615f, 1.54221083f, 1.61049033f,
                                          1.68179283f, 1.75625216f, 1.83400809f, 1.91520656f};

    if (byte == 0)
        return 0;
    if (byte == 255)
        return INFINITY;
    return step[byte % MAX_STEPS] * (float)(1u << byte / MAX_STEPS) / (1u << -MAX_LEAST);
}

float score_slack(const struct score_basis *written, const struct score_basis *asked)
{
    double slack = 1;

    for (unsigned f = 0; f < SCORE_FIELDS; f++)
        if (average(asked, f) > average(written, f) * slack)
            slack = average(asked, f) / average(written, f);
    /* What rounding to float may add on either side. */
    return (float)(slack * (1 + 1e-6));
}

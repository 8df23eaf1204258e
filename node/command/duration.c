#include "command/duration.h"

#include <commonshelf/encode.h>

int duration_read(const char *text, uint64_t max, uint64_t *seconds)
{
    static const struct {
        char letter;
        uint64_t seconds;
    } unit[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}};
    size_t n = strlen(text);
    uint64_t number;

    for (size_t i = 0; n > 1 && i < sizeof unit / sizeof unit[0]; i++) {
        if (text[n - 1] != unit[i].letter)
            continue;
        if (cs_decimal_read(cs_span_make(text, n - 1), max / unit[i].seconds, &number) != CS_OK ||
            number == 0)
            return -1;
        *seconds = number * unit[i].seconds;
        return 0;
    }
    return -1;
}

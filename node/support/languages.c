#include "support/language_table.h"

/* No translation is finished yet: everything is shown in English. */
const struct language_table *const languages[] = {NULL};
const size_t languages_count = 0;

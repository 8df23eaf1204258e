/*
 * The checksum that each page of a database file carries in its last bytes. SQLite has none of its own:
 * without it a flipped bit in a title would be shown, and one in a count believed.
 */
#ifndef STORE_PAGE_SUM_H
#define STORE_PAGE_SUM_H

#include <stdbool.h>
#include <stdint.h>

#define PAGE_BYTES 4096 /* of every database that this program makes; set before its first page */
#define PAGE_SUM 8 /* reserved at the end of each page */

/*
 * Writes the checksum of page `number` (from 1) into its last PAGE_SUM bytes. Every change within one
 * aligned word of eight bytes is found for certain, any other but for one in 2^64; so is a page that
 * stands in another's place. Not against a person: who can write the file can write the checksum.
 */
void page_sum_set(unsigned char page[PAGE_BYTES], uint64_t number);
/* True if the page is as it was written. A page of zero bytes is one that was never written: true. */
bool page_sum_right(const unsigned char page[PAGE_BYTES], uint64_t number);

#endif

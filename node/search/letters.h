/*
 * What a character is to the analysis. Inside search/ only.
 */
#ifndef SEARCH_LETTERS_H
#define SEARCH_LETTERS_H

#include <stdbool.h>
#include <unicode/utypes.h>

enum letter {
    LETTER_NONE, /* parts words */
    LETTER_WORD, /* a letter or digit of a script that parts words by spaces */
    LETTER_MARK, /* belongs to what is before it */
    LETTER_CONNECTOR, /* apostrophe, hyphen, point …: may join two words to one */
    LETTER_HAN, /* Han, Hiragana, Katakana: words by dictionary, and pairs */
    LETTER_HANGUL, /* words by spaces, and pairs */
    LETTER_DICTIONARY, /* Thai, Lao, Khmer, Myanmar: words by dictionary */
};

enum letter letter_of(UChar32 c);
/* Whether connector c joins the word that ends with `before` to the one that starts with `after`. */
bool letter_connects(UChar32 c, UChar32 before, UChar32 after);
bool letter_is_digit(UChar32 c);

#endif

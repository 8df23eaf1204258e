#include "search/letters.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

bool letter_is_digit(UChar32 c)
{
    return c < 0x80 ? c >= '0' && c <= '9' : u_charType(c) == U_DECIMAL_DIGIT_NUMBER;
}

/* Unicode's word boundaries (UAX #29) keep most of these inside words: MidLetter, MidNum, MidNumLet,
 * ExtendNumLet; the hyphens are ours. */
static bool is_connector(UChar32 c)
{
    switch (c) {
    case '\'':
    case '-':
    case '.':
    case ',':
    case '_':
    case '&':
    case '"':
    case 0x00B7: /* middle dot: Catalan l·l */
    case 0x02BB: /* okina */
    case 0x02BC: /* modifier apostrophe */
    case 0x05F3: /* geresh */
    case 0x05F4: /* gershayim */
    case 0x066B: /* Arabic decimal point */
    case 0x066C: /* Arabic thousands mark */
    case 0x2010: /* hyphen; the non-breaking one folds to it */
    case 0x2018:
    case 0x2019:
    case 0x2027: /* hyphenation point */
        return true;
    default:
        return false;
    }
}

static bool is_hebrew(UChar32 c)
{
    return c >= 0x05D0 && c <= 0x05F2;
}

bool letter_connects(UChar32 c, UChar32 before, UChar32 after)
{
    switch (c) {
    case '"':
    case 0x05F4:
        return is_hebrew(before) && is_hebrew(after);
    case ',':
    case 0x066B:
    case 0x066C:
        return letter_is_digit(before) && letter_is_digit(after);
    default:
        return true;
    }
}

static enum letter script_letter(UChar32 c)
{
    UErrorCode error = U_ZERO_ERROR;

    switch (uscript_getScript(c, &error)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
        return LETTER_HAN;
    case USCRIPT_HANGUL:
        return LETTER_HANGUL;
    default:
        if (c == 0x30FC) /* the long vowel mark of both Kana */
            return LETTER_HAN;
        return u_getIntPropertyValue(c, UCHAR_LINE_BREAK) == U_LB_COMPLEX_CONTEXT
                   ? LETTER_DICTIONARY
                   : LETTER_WORD;
    }
}

enum letter letter_of(UChar32 c)
{
    uint32_t type;

    if (c < 0x80) {
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'))
            return LETTER_WORD;
        return is_connector(c) ? LETTER_CONNECTOR : LETTER_NONE;
    }
    if (is_connector(c))
        return LETTER_CONNECTOR;
    type = U_MASK(u_charType(c));
    if (type & (U_GC_MN_MASK | U_GC_MC_MASK | U_GC_ME_MASK))
        return LETTER_MARK;
    if (!(type & (U_GC_L_MASK | U_GC_ND_MASK | U_GC_NL_MASK)))
        return LETTER_NONE;
    return c < 0x0E00 ? LETTER_WORD : script_letter(c);
}

/* domain/reading/wordcount.c - see wordcount.h; what a letter is comes from utf8proc. */
#include "domain/reading/wordcount.h"

#include <stdint.h>
#include <string.h>
#include <utf8proc.h>

#include "base/text.h"

enum kind { SIGN, IDEOGRAPH, DIGIT, LETTER };

static bool ideograph(int32_t cp)
{
    return (cp >= 0x3005 && cp <= 0x3007) || (cp >= 0x3040 && cp <= 0x30FF) ||
           (cp >= 0x3400 && cp <= 0x9FFF) || (cp >= 0xF900 && cp <= 0xFAFF) ||
           (cp >= 0x20000 && cp <= 0x3FFFF);
}

static enum kind kind_of(int32_t cp)
{
    if (cp < 0)
        return SIGN;
    if (ideograph(cp))
        return IDEOGRAPH;
    switch (utf8proc_category(cp)) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
        return LETTER;
    case UTF8PROC_CATEGORY_ND:
    case UTF8PROC_CATEGORY_NL:
    case UTF8PROC_CATEGORY_NO:
        return DIGIT;
    default:
        return SIGN;
    }
}

static enum kind read_at(const char *s, size_t n, size_t *bytes)
{
    unsigned char c = (unsigned char)s[0];
    int32_t cp = c;

    *bytes = 1;
    if (c >= 0x80)
        *bytes = bd_text_next(s, n, &cp);
    else if (c >= '0' && c <= '9')
        return DIGIT;
    else
        return (c | 0x20U) >= 'a' && (c | 0x20U) <= 'z' ? LETTER : SIGN;
    return kind_of(cp);
}

/* A mark that joins what stands on both sides of it; a comma only digits. */
static bool joins(const char *s, size_t n, enum kind before)
{
    size_t bytes;
    enum kind next;

    if (n < 2 || !s[0] || !strchr("'-._,", s[0]))
        return false;
    next = read_at(s + 1, n - 1, &bytes);
    return s[0] == ',' ? before == DIGIT && next == DIGIT
                       : next == DIGIT || next == LETTER;
}

/* Bytes of the word that begins at s, in which letters are told. */
static size_t word_at(const char *s, size_t n, bool *letters)
{
    enum kind last = SIGN;
    size_t i = 0, bytes = 0;

    while (i < n) {
        enum kind k = read_at(s + i, n - i, &bytes);

        if (k != DIGIT && k != LETTER && !(i > 0 && joins(s + i, n - i, last)))
            break;
        *letters |= k == LETTER;
        last = k;
        i += bytes;
    }
    return i;
}

/* Bytes of an address behind its scheme, 0 if none begins at s. */
static size_t address_at(const char *s, size_t n)
{
    size_t i = 3;

    if (n < 3 || memcmp(s, "://", 3) != 0)
        return 0;
    while (i < n && s[i] > ' ' && !strchr(")>]|\"", s[i]))
        i++;
    return i;
}

size_t bd_wordcount(const char *s, size_t n, bool *letters)
{
    size_t count = 0, bytes, address;
    bool any = false;

    for (size_t i = 0; i < n; i += bytes) {
        enum kind k = read_at(s + i, n - i, &bytes);
        bool word = k == IDEOGRAPH;

        if (k == SIGN)
            continue;
        if (k != IDEOGRAPH)
            bytes = word_at(s + i, n - i, &word);
        address = address_at(s + i + bytes, n - i - bytes);
        bytes += address;
        count += !address;
        any |= word && !address;
    }
    if (letters)
        *letters = any;
    return count;
}

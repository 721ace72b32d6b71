/* domain/reading/punycode.c - see punycode.h; libidn2 does the work. */
#include "domain/reading/punycode.h"

#include <idn2.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { LABEL_BYTES = 63, MOST_BYTES = 4 * LABEL_BYTES };

bool bd_punycode_label(const char *s, size_t n, char out[64])
{
    uint8_t *ascii = NULL;
    char label[MOST_BYTES + 1];
    bool fits;

    if (n == 0 || n > MOST_BYTES || memchr(s, '\0', n))
        return false;
    snprintf(label, sizeof(label), "%.*s", (int)n, s);
    if (idn2_lookup_u8((const uint8_t *)label, &ascii,
                       IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK)
        return false;
    fits = *ascii && strlen((const char *)ascii) <= LABEL_BYTES;
    if (fits)
        snprintf(out, LABEL_BYTES + 1, "%s", (const char *)ascii);
    idn2_free(ascii);
    return fits;
}

/* sim/gzip.c - gzip without compression.
 *
 * A client cannot tell it from any other gzip, and each piece can be decoded as soon as
 * it has come, as a server does that flushes after every event. Formats: RFC 1952 for
 * the frame, RFC 1951 section 3.2.4 for stored blocks. */
#include "sim/body.h"

#define BLOCK_MAX 65535 /* bytes of a stored block */

static uint32_t crc32(uint32_t crc, const char *s, size_t n)
{
    crc = ~crc;
    for (size_t i = 0; i < n; i++) {
        crc ^= (unsigned char)s[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc & 1 ? crc >> 1 ^ 0xedb88320u : crc >> 1;
    }
    return ~crc;
}

static void add_little(struct bd_buf *out, uint32_t v, int bytes)
{
    for (; bytes > 0; bytes--, v >>= 8) {
        char c = (char)(v & 0xff);

        (void)bd_buf_append(out, &c, 1);
    }
}

static void add_block(struct bd_buf *out, const char *s, size_t n, bool last)
{
    add_little(out, last, 1); /* no compression */
    add_little(out, (uint32_t)n, 2);
    add_little(out, (uint32_t)~n & 0xffff, 2);
    (void)bd_buf_append(out, s, n);
}

void sim_gzip_body(struct sim_plan *body)
{
    struct sim_plan old = *body;
    size_t at = 0;

    sim_plan_init(body);
    (void)bd_buf_append(&body->bytes, "\x1f\x8b\x08\0\0\0\0\0\0\xff", 10);
    for (size_t i = 0; i < old.n; i++) {
        for (size_t k; at < old.due[i].end; at += k) {
            k = old.due[i].end - at < BLOCK_MAX ? old.due[i].end - at : BLOCK_MAX;
            add_block(&body->bytes, old.bytes.data + at, k, false);
        }
        if (i + 1 == old.n) {
            add_block(&body->bytes, "", 0, true);
            add_little(&body->bytes, crc32(0, old.bytes.data, at), 4);
            add_little(&body->bytes, (uint32_t)at, 4);
        }
        sim_plan_due(body, old.due[i].at_ms);
    }
    sim_plan_free(&old);
}

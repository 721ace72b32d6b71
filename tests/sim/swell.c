/* sim/swell.c - replies that are far too large.
 *
 * What makes them so is one block of 64 KiB that the server sends again and again: the
 * simulator stays small. All of them end well, so a client without limits would find a
 * proper answer at the end (but for the bomb, whose end nobody waits for). */
#include <stdio.h>
#include <string.h>

#include "sim/body.h"

#define BLOCK ((size_t)65536)
#define GIB   (((size_t)1 << 30) / BLOCK)
#define MIB   (((size_t)1 << 20) / BLOCK)

struct filling {
    const char *before,
        *after; /* of the blocks, as a chunk each where there are chunks */
    struct bd_buf block;
    size_t blocks;
};

static void add_part(struct bd_buf *out, const char *s, bool chunk)
{
    if (!chunk)
        (void)bd_buf_add(out, s);
    else if (*s)
        (void)bd_buf_addf(out, "%zx\r\n%s\r\n", strlen(s), s);
}

/* s again and again, for as long as it fits; a chunk, if so wanted. */
static void fill_block(struct bd_buf *out, const char *s, bool chunk)
{
    size_t n = strlen(s), all = BLOCK / n * n;

    bd_buf_init(out, 2 * BLOCK);
    if (chunk)
        (void)bd_buf_addf(out, "%zx\r\n", all);
    for (size_t i = 0; i < all; i += n)
        (void)bd_buf_add(out, s);
    if (chunk)
        (void)bd_buf_add(out, "\r\n");
}

/* Puts the filling at that place of the plan; frees its block. */
static void put(struct sim_making *m, size_t at, struct filling *f, bool chunks)
{
    struct sim_plan *p = m->p;
    struct bd_buf whole;

    bd_buf_init(&whole, p->bytes.limit);
    (void)bd_buf_append(&whole, p->bytes.data, at);
    add_part(&whole, f->before, chunks);
    p->beat = whole.n;
    (void)bd_buf_append(&whole, f->block.data, f->block.n);
    p->beat_end = whole.n;
    add_part(&whole, f->after, chunks);
    (void)bd_buf_append(&whole, p->bytes.data + at, p->bytes.n - at);
    bd_buf_free(&p->bytes);
    p->bytes = whole;
    p->n = 0;
    p->bytes.n = p->beat; /* sim_plan_due() takes the end from there */
    sim_plan_due(p, m->first_ms);
    p->bytes.n = whole.n;
    p->beats = (uint32_t)f->blocks;
    p->ending = SIM_END_SWELL;
    bd_buf_free(&f->block);
}

/* A member that nobody knows, events that say nothing, or blanks before the JSON. */
static void swell_body(struct sim_making *m, size_t head)
{
    bool line = m->act->kind == SIM_HUGE_LINE;
    struct filling f = {.before = "", .after = "", .blocks = line ? 16 * MIB : GIB};

    if (m->stream && line) {
        f.before = "data: {\"choices\":[],\"padding\":\"";
        f.after = "\"}\n\n";
        fill_block(&f.block, "x", true);
    } else if (m->stream) {
        fill_block(&f.block,
                   "data: {\"choices\":[],\"padding\":\"xxxxxxxxxxxxxxxx\"}\n\n", true);
    } else {
        fill_block(&f.block, " ", true);
    }
    put(m, head, &f, true);
}

static void swell_head(struct sim_making *m, size_t head)
{
    bool many = m->act->kind == SIM_MANY_HEADERS;
    struct filling f = {.before = many ? "" : "X-Filler: ",
                        .after = many ? "" : "\r\n",
                        .blocks = many ? 100 : GIB};

    if (many) {
        bd_buf_init(&f.block, 2 * BLOCK);
        for (int i = 0; i < 1000; i++)
            (void)bd_buf_addf(&f.block, "X-Filler-%03d: x\r\n", i);
    } else {
        fill_block(&f.block, "x", false);
    }
    put(m, head - 2, &f, false);
}

/* One Huffman block of zlib's making, in which each pair of 0 bits stands for 258 times
 * the letter before: zero bytes are 1032 letters each, for as long as they come. Before
 * it, so that it looks like an answer: {"choices":[{"message":{"content":" */
static const unsigned char gzip_start[] = {
    0x1f, 0x8b, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0xaa, 0x56, 0x4a, 0xce,
    0xc8, 0xcf, 0x4c, 0x4e, 0x2d, 0x56, 0xb2, 0x8a, 0xae, 0x56, 0xca, 0x4d, 0x2d, 0x2e,
    0x4e, 0x4c, 0x4f, 0x55, 0xb2, 0xaa, 0x56, 0x4a, 0xce, 0xcf, 0x2b, 0x49, 0xcd, 0x2b,
    0x51, 0xb2, 0x52, 0x02, 0x00, 0x00, 0x00, 0xff, 0xff, 0xed, 0xc1, 0x31, 0x01, 0x00,
    0x00, 0x00, 0xc2, 0xa0, 0xac, 0xeb, 0x5f, 0xc2, 0x10, 0xbe, 0x40, 0x01};

/* RFC 8878: magic number, a window of 128 KiB, and a raw block with the same text. Then
 * blocks of four bytes that each stand for 128 KiB of one letter. */
static const char zstd_start[] = "\x28\xb5\x2f\xfd\x00\x38\x18\x01\x00"
                                 "{\"choices\":[{\"message\":{\"content\":\"";
static const char zstd_block[] = "\x02\x00\x10"
                                 "a";

static void swell_zip(struct sim_making *m, size_t head)
{
    bool zstd = m->act->kind == SIM_ZSTD_BOMB;
    const void *start = zstd ? (const void *)zstd_start : gzip_start;
    size_t n = zstd ? sizeof(zstd_start) - 1 : sizeof(gzip_start);
    struct filling f = {.before = "", .after = "", .blocks = zstd ? 8 : MIB};

    sim_plan_cut(m->p, head);
    (void)bd_buf_append(&m->p->bytes, start, n);
    bd_buf_init(&f.block, 2 * BLOCK);
    for (size_t i = 0; i < (zstd ? 1024 : BLOCK / 4); i++)
        (void)bd_buf_append(&f.block, zstd ? zstd_block : "\0\0\0\0", 4);
    put(m, head + n, &f, false);
}

void sim_swell(struct sim_making *m, size_t head)
{
    switch (m->act->kind) {
    case SIM_HUGE_BODY:
    case SIM_HUGE_LINE:
        swell_body(m, head);
        break;
    case SIM_HUGE_HEADER:
    case SIM_MANY_HEADERS:
        swell_head(m, head);
        break;
    case SIM_GZIP_BOMB:
    case SIM_ZSTD_BOMB:
        swell_zip(m, head);
        break;
    default:
        break;
    }
}

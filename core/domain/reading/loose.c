/* domain/reading/loose.c - see loose.h. The stack holds borrowed references: every
 * container is owned by the one it stands in, the root by the result. */
#include "domain/reading/loose.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "domain/reading/scan.h"

enum { DEPTH = 64, KEY_BYTES = 64 };

struct level {
    json_t *box;
    char key[KEY_BYTES + 1]; /* under which the next value goes; "" = none read */
};

struct parse {
    struct bd_scan in;
    struct level stack[DEPTH];
    int depth;
    bool cut;
};

static json_t *bare_value(const char *w, size_t n)
{
    static const struct {
        const char *word;
        int value;
    } literals[] = {{"true", 1},       {"True", 1},  {"TRUE", 1},  {"false", 0},
                    {"False", 0},      {"FALSE", 0}, {"null", -1}, {"None", -1},
                    {"undefined", -1}, {"NaN", -1}};
    double v;

    for (size_t i = 0; i < sizeof(literals) / sizeof(literals[0]); i++)
        if (strlen(literals[i].word) == n && memcmp(literals[i].word, w, n) == 0)
            return literals[i].value < 0 ? json_null() : json_boolean(literals[i].value);
    return bd_scan_number(w, n, &v) ? json_real(v) : bd_json_string(w, n);
}

static int store(struct parse *p, json_t *v)
{
    struct level *top = &p->stack[p->depth - 1];
    int rc = json_is_array(top->box)
                 ? json_array_append_new(top->box, v)
                 : json_object_set_new(top->box, top->key[0] ? top->key : "", v);

    top->key[0] = '\0';
    return rc;
}

static int open_box(struct parse *p, json_t *box)
{
    if (p->depth == DEPTH) {
        json_decref(box);
        return -1;
    }
    if (p->depth > 0 && store(p, box) < 0)
        return -1;
    p->stack[p->depth].box = box;
    p->stack[p->depth++].key[0] = '\0';
    return 0;
}

/* A key and its colon. False: this is no object. */
static bool read_key(struct parse *p, int c)
{
    struct level *top = &p->stack[p->depth - 1];
    size_t k;

    if (c == '"' || c == '\'') {
        if (!bd_scan_string(&p->in, c, KEY_BYTES) && p->in.at < p->in.n)
            return false;
    } else {
        bd_scan_bare(&p->in, KEY_BYTES);
    }
    if (p->in.word.n == 0 || p->in.word.n > KEY_BYTES ||
        !bd_text_valid(p->in.word.data, p->in.word.n))
        return p->in.at >= p->in.n;
    if (bd_scan_next(&p->in, &k) == ':')
        p->in.at += k;
    else if (p->in.at < p->in.n)
        return false;
    memcpy(top->key, p->in.word.data, p->in.word.n);
    top->key[p->in.word.n] = '\0';
    return strlen(top->key) == p->in.word.n;
}

/* A string, number or word. */
static int read_scalar(struct parse *p, int c)
{
    if (c == '"' || c == '\'') {
        if (!bd_scan_string(&p->in, c, p->in.n)) {
            p->cut = true;
            return 0;
        }
        return store(p, bd_json_string(p->in.word.data, p->in.word.n));
    }
    bd_scan_bare(&p->in, p->in.n);
    if (p->in.at >= p->in.n) { /* "1" may have been the beginning of 10 */
        p->cut = true;
        return 0;
    }
    return p->in.word.n == 0 ? -1 : store(p, bare_value(p->in.word.data, p->in.word.n));
}

/* One sign of structure or one value; -1: this is no JSON. */
static int step(struct parse *p)
{
    size_t k;
    int c = bd_scan_next(&p->in, &k);
    struct level *top = &p->stack[p->depth - 1];
    bool object = json_is_object(top->box);

    if (c == BD_SCAN_END) {
        p->cut = true;
        return 0;
    }
    if (c == ',') {
        p->in.at += k;
        return 0;
    }
    if (c == '}' || c == ']') { /* a wrong closer closes what is open */
        p->in.at += k;
        p->depth--;
        return 0;
    }
    if (object && !top->key[0])
        return read_key(p, c) ? 0 : -1;
    if (c == '{' || c == '[') {
        p->in.at += k;
        return open_box(p, c == '{' ? json_object() : json_array());
    }
    return c == ':' ? -1 : read_scalar(p, c);
}

/* The text ended: an array element that is still open was not read to its end. */
static void drop_half_elements(struct parse *p)
{
    for (int i = 0; i + 1 < p->depth; i++)
        if (json_is_array(p->stack[i].box)) {
            json_array_remove(p->stack[i].box, json_array_size(p->stack[i].box) - 1);
            return;
        }
}

struct bd_loose bd_loose_read(const char *s, size_t n, size_t at)
{
    struct parse p = {.in = {.s = s, .n = n, .at = at}};
    struct bd_loose r = {0};
    size_t k;

    bd_buf_init(&p.in.word, n + 4);
    if (bd_scan_peek(&p.in, at, &k) == '{') {
        p.in.at += k;
        r.value = json_object();
        if (r.value && open_box(&p, r.value) == 0)
            while (p.depth > 0 && !p.cut)
                if (step(&p) < 0) {
                    json_decref(r.value);
                    r.value = NULL;
                    break;
                }
    }
    if (r.value && p.cut)
        drop_half_elements(&p);
    r.truncated = p.cut;
    r.end = p.in.at > at ? p.in.at : at + 1;
    bd_buf_free(&p.in.word);
    return r;
}

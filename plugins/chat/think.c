/* chat/think.c - reasoning that comes inside the answer, between <think> tags.
 *
 * A tag may be cut anywhere between two events, so what could become one is held back
 * in the scratch memory until it is decided. */
#include <stddef.h>
#include <string.h>

#include "bd/plugin.h"
#include "bd/provider.h"
#include "chat/chat.h"

#define OPENING "<think>"
#define CLOSING "</think>"

enum place { AT_START, IN_THOUGHT, AFTER_THOUGHT, IN_TEXT };

struct memory { /* zeroed: nothing read yet */
    unsigned char place;
    unsigned char held;    /* AT_START: bytes in hold */
    unsigned char matched; /* IN_THOUGHT: bytes of CLOSING seen */
    char hold[40];         /* blanks and a beginning of OPENING */
};
_Static_assert(sizeof(struct memory) <= sizeof(((struct bd_answer *)0)->scratch) - 8,
               "the last bytes of scratch belong to answer.c");

static int is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

static int add_text(const struct bd_host *host, struct bd_answer *out, const char *s,
                    size_t n)
{
    return n ? host->append(host->ctx, out->text, s, n) : 0;
}

/* Is hold blanks and then a beginning of OPENING? 2: all of it. */
static int could_open(const struct memory *m)
{
    size_t i = 0, n;

    while (i < m->held && is_blank(m->hold[i]))
        i++;
    n = m->held - i;
    if (n > strlen(OPENING) || memcmp(m->hold + i, OPENING, n) != 0)
        return 0;
    return n == strlen(OPENING) ? 2 : 1;
}

static int release(const struct bd_host *host, struct memory *m, struct bd_answer *out)
{
    int rc = add_text(host, out, m->hold, m->held);

    m->held = 0;
    m->place = IN_TEXT;
    return rc;
}

/* Each of these reads from s and returns how much it took. */

static size_t read_start(const struct bd_host *host, struct memory *m, const char *s,
                         struct bd_answer *out, int *rc)
{
    int open;

    m->hold[m->held++] = *s;
    open = could_open(m);
    if (open == 2) {
        m->held = 0;
        m->place = IN_THOUGHT;
    } else if (!open || m->held == sizeof(m->hold)) {
        *rc = release(host, m, out);
    }
    return 1;
}

static void add_thought(const struct bd_host *host, struct bd_answer *out, const char *s,
                        size_t n)
{
    if (n) /* a chain of thought too long to keep costs nobody the answer */
        (void)host->append(host->ctx, out->reasoning, s, n);
}

/* '<' occurs only in front of CLOSING, so a failed match starts anew at most there. */
static size_t read_thought(const struct bd_host *host, struct memory *m, const char *s,
                           size_t n, struct bd_answer *out)
{
    const char *next;

    if (m->matched == 0) { /* plain thought up to the next possible tag */
        next = memchr(s, '<', n);
        add_thought(host, out, s, next ? (size_t)(next - s) : n);
        if (!next)
            return n;
        m->matched = 1;
        return (size_t)(next - s) + 1;
    }
    if (*s != CLOSING[m->matched]) {
        add_thought(host, out, CLOSING, m->matched);
        m->matched = 0;
        return 0;
    }
    if (++m->matched == strlen(CLOSING)) {
        m->matched = 0;
        m->place = AFTER_THOUGHT;
    }
    return 1;
}

int chat_think(const struct bd_host *host, const char *s, size_t n, struct bd_answer *out)
{
    struct memory m;
    size_t i = 0;
    int rc = 0;

    memcpy(&m, out->scratch, sizeof(m));
    while (i < n && rc == 0) {
        if (m.place == AT_START) {
            i += read_start(host, &m, s + i, out, &rc);
        } else if (m.place == IN_THOUGHT) {
            i += read_thought(host, &m, s + i, n - i, out);
        } else if (m.place == AFTER_THOUGHT && is_blank(s[i])) {
            i++;
        } else {
            m.place = IN_TEXT;
            rc = add_text(host, out, s + i, n - i);
            i = n;
        }
    }
    memcpy(out->scratch, &m, sizeof(m));
    return rc;
}

int chat_think_end(const struct bd_host *host, struct bd_answer *out)
{
    struct memory m;
    int rc;

    memcpy(&m, out->scratch, sizeof(m));
    if (m.place != AT_START || m.held == 0)
        return 0;
    rc = release(host, &m, out);
    memcpy(out->scratch, &m, sizeof(m));
    return rc;
}

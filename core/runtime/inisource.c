/* runtime/inisource.c - the lines of an INI file; see inisource.h. */
#include "runtime/inisource.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/fail.h"
#include "base/text.h"

#define SOURCE "config"
#define BOM    "\xef\xbb\xbf"

/* As inih's isspace() in the C locale. */
static bool blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static int refuse(const char *path, const char *why, struct bd_problems *problems,
                  struct bd_error *err)
{
    bd_problems_add(problems, path, "%s", why);
    return bd_fail(err, BD_ERR_CONFIG, 0, SOURCE, "%s: %s", path, why);
}

static int refuse_errno(const char *path, struct bd_problems *problems,
                        struct bd_error *err)
{
    struct bd_error e;

    if (errno == ENOENT)
        return refuse(path, "there is no such file; give another with --config", problems,
                      err);
    if (errno == EACCES)
        return refuse(path, "may not be read; allow this user to read it", problems, err);
    bd_fail_errno(&e, BD_ERR_CONFIG, SOURCE, "cannot be read");
    return refuse(path, e.message, problems, err);
}

/* NULL if the file behind fd may be read as a configuration. */
static const char *file_flaw(int fd)
{
    struct stat st;

    if (fstat(fd, &st) != 0)
        return "cannot be read";
    if (S_ISDIR(st.st_mode))
        return "is a directory; name the file in it";
    if (S_ISCHR(st.st_mode)) /* /dev/null: no configuration */
        return NULL;
    if (!S_ISREG(st.st_mode))
        return "is not a regular file";
    if (st.st_mode & S_IWOTH)
        return "may be written by every user of this machine, who could so load code "
               "into brandiag; run chmod o-w on it";
    return NULL;
}

int bd__ini_load(struct bd_buf *text, const char *path, struct bd_problems *problems,
                 struct bd_error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), rc = 0;
    char piece[8192];
    const char *flaw;
    ssize_t n = 0;

    if (fd < 0)
        return refuse_errno(path, problems, err);
    flaw = file_flaw(fd);
    while (!flaw && (n = read(fd, piece, sizeof(piece))) > 0)
        if (bd_buf_append(text, piece, (size_t)n) < 0)
            flaw = "is larger than 1 MiB; that is no configuration of brandiag";
    if (flaw)
        rc = refuse(path, flaw, problems, err);
    else if (n < 0)
        rc = refuse_errno(path, problems, err);
    close(fd);
    return rc;
}

void bd__ini_source_init(struct bd__ini_source *s, const char *path,
                         const struct bd_buf *text, struct bd_problems *problems)
{
    *s = (struct bd__ini_source){
        .path = path, .p = text->data, .end = text->data + text->n, .problems = problems};
}

void bd__ini_origin(const struct bd__ini_source *s, char out[BD__INI_ORIGIN])
{
    snprintf(out, BD__INI_ORIGIN, "%.480s:%d", s->path, s->line);
}

size_t bd__ini_uncommented(const char *s)
{
    size_t n = 0;

    while (s[n] && !(s[n] == ';' && n && blank(s[n - 1])))
        n++;
    while (n && blank(s[n - 1]))
        n--;
    return n;
}

bool bd__ini_taken(struct bd__ini_source *s)
{
    bool continues = s->continues;

    s->pending = s->continues = false;
    s->open_key = true;
    return continues;
}

static void complain(struct bd__ini_source *s, const char *what)
{
    char origin[BD__INI_ORIGIN];

    bd__ini_origin(s, origin);
    bd_problems_add(s->problems, origin, "%s", what);
}

/* What makes a line unfit for inih, NULL if nothing does. */
static const char *line_flaw(const char *p, size_t n)
{
    if (n && p[n - 1] == '\r')
        n--;
    if (n > BD__INI_LINE_MAX)
        return "the line is longer than 4000 bytes; shorten it";
    if (!bd_text_valid(p, n))
        return "the line is not UTF-8; save the file as UTF-8";
    return NULL;
}

/* h is "[name] ;comment": the name, or NULL and why. */
static const char *header_flaw(char *h, char name[BD__INI_SECTION_MAX + 1])
{
    char *close = strchr(h, ']');
    const char *rest;

    if (!close || bd__ini_uncommented(h) <= (size_t)(close - h))
        return "a section header without ']'";
    *close = '\0';
    for (rest = close + 1; blank(*rest); rest++)
        ;
    if (*rest && *rest != ';' && *rest != '#')
        return "text behind a section header; put it on a line of its own";
    if (!h[1] || blank(h[1]) || blank(close[-1]))
        return "a section header with no name, or blanks around it";
    if (strlen(h + 1) > BD__INI_SECTION_MAX)
        return "a section name longer than 49 bytes";
    memcpy(name, h + 1, strlen(h + 1) + 1);
    return NULL;
}

static void take_header(struct bd__ini_source *s, const char *text)
{
    char copy[BD__INI_LINE_MAX + 1], origin[BD__INI_ORIGIN];
    const char *flaw;

    snprintf(copy, sizeof(copy), "%s", text);
    s->open_key = false;
    flaw = header_flaw(copy, s->section);
    s->lost = flaw != NULL;
    if (flaw) {
        complain(s, flaw);
        return;
    }
    bd__ini_origin(s, origin);
    s->section_found(s->arg, s->section, origin);
}

/* Decides as inih will what a line is. */
static void classify(struct bd__ini_source *s, const char *line)
{
    const char *t = line;

    if (s->line == 1 && strncmp(t, BOM, 3) == 0)
        t += 3;
    while (blank(*t))
        t++;
    s->pending = s->continues = false;
    if (!*t || *t == ';' || *t == '#')
        return;
    if (s->open_key && t > line)
        s->continues = true;
    else if (*t == '[')
        take_header(s, t);
    else
        s->pending = true;
}

char *bd__ini_next(char *out, int size, void *arg)
{
    struct bd__ini_source *s = arg;
    size_t left = (size_t)(s->end - s->p), n;
    const char *lf, *flaw;

    assert(size > BD__INI_LINE_MAX + 2); /* inih would cut a line in two otherwise */
    if (s->pending)
        complain(s, "neither [section] nor key = value");
    s->pending = false;
    if (!left)
        return NULL;
    lf = memchr(s->p, '\n', left);
    n = lf ? (size_t)(lf - s->p) : left;
    s->line++;
    if (memchr(s->p, '\0', n)) { /* UTF-16 or no text at all: every line would be bad */
        complain(s, "the line holds NUL bytes; save the file as UTF-8 text");
        s->p = s->end;
        return NULL;
    }
    flaw = line_flaw(s->p, n);
    if (flaw)
        complain(s, flaw);
    snprintf(out, (size_t)size, "%.*s", flaw ? 0 : (int)n, s->p);
    s->p += n + (lf ? 1 : 0);
    classify(s, out);
    return out;
}

/* runtime/inisource.h - the lines of an INI file, looked at before inih sees them.
 *
 * inih tells the number of the first bad line only, cuts long lines and names, and
 * says nothing of sections without keys. So each line passes here first: what inih
 * would misread is reported and replaced by an empty line, headers are announced, and
 * a line that should have been a pair and was not taken is reported. [main] */
#ifndef BD_RUNTIME_INISOURCE_H
#define BD_RUNTIME_INISOURCE_H

#include <stdbool.h>

#include "runtime/ini.h"

#define BD__INI_LINE_MAX    4000 /* bytes, without the line's end */
#define BD__INI_SECTION_MAX 49   /* inih's limit; and of keys in --set */
#define BD__INI_FILE_MAX    ((size_t)1024 * 1024)
#define BD__INI_ORIGIN      512

struct bd__ini_source {
    const char *path, *p, *end;
    struct bd_problems *problems;
    void (*section_found)(void *arg, const char *name, const char *origin);
    void *arg;
    char section[BD__INI_SECTION_MAX + 1]; /* the one we are in, "" before the first */
    int line;
    bool lost;      /* below a bad header: nobody knows whose keys these are */
    bool pending;   /* this line must turn out to be a pair */
    bool continues; /* this line continues the value above */
    bool open_key;  /* an indented line would continue a value */
};

/* Appends the file to text. A file that is not there, not ours to read, writable by
 * everyone or too long is a problem and an error. */
int bd__ini_load(struct bd_buf *text, const char *path, struct bd_problems *problems,
                 struct bd_error *err) BD_MUST_CHECK;

/* text is lent for as long as the source is used. */
void bd__ini_source_init(struct bd__ini_source *s, const char *path,
                         const struct bd_buf *text, struct bd_problems *problems);
/* An ini_reader: arg is the source. */
char *bd__ini_next(char *out, int size, void *arg);
/* inih made a value of the current line: true if it continues the one above. */
bool bd__ini_taken(struct bd__ini_source *s);
/* "brandiag.ini:12" for the current line; a long path is cut. */
void bd__ini_origin(const struct bd__ini_source *s, char out[BD__INI_ORIGIN]);
/* Length of s up to an inline comment (" ;"), without blanks at the end. */
size_t bd__ini_uncommented(const char *s);

#endif

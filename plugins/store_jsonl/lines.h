/* lines.h - rows as lines of JSON and back. [store]
 *
 * One row is one line: {"diagnosis":{...}}, {"cell":{...}}, {"cache":{...}} or
 * {"remove":"id"}. A batch ends with {"commit":N,"check":"..."}: N lines came before it,
 * and check is the FNV-1a hash of their bytes. What no commit line follows was never
 * acknowledged. */
#ifndef BD_JSONL_LINES_H
#define BD_JSONL_LINES_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bd/storage.h"
#include "rows.h"

#define BD_LINES_HEADER  "{\"brandiag\":\"store_jsonl\",\"version\":1}\n"
#define BD_LINES_VERSION 1

/* 0, or -1: memory is short or, for rows, a string is not UTF-8 (*bad is its name). */
int bd_lines_batch(FILE *out, const struct bd_batch *batch, const char **bad);
int bd_lines_remove(FILE *out, const char *id);
/* The commit line for n bytes that hold `lines` lines. */
int bd_lines_commit(FILE *out, const char *bytes, size_t n, uint32_t lines);

enum bd_line { BD_LINE_ROW, BD_LINE_COMMIT, BD_LINE_BAD, BD_LINE_NO_MEMORY };

struct bd_commit {
    uint32_t lines;
    uint64_t check;
};

/* Reads one line of n bytes; a row is staged, a commit line fills *commit. */
enum bd_line bd_line_read(const char *line, size_t n, struct bd_stage *stage,
                          struct bd_commit *commit);

#define BD_CHECK_START UINT64_C(0xcbf29ce484222325)
uint64_t bd_lines_check(uint64_t check, const char *p, size_t n);

#endif

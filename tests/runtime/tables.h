/* tests/runtime/tables.h - the option tables of a generation's tests. */
#ifndef BD_TESTS_RUNTIME_TABLES_H
#define BD_TESTS_RUNTIME_TABLES_H

#include "runtime/generation.h"

static const struct bd_option engine[] = {
    {"plugin_dir", BD_OPTION_PATH, 0, NULL, "where plugins are", 0, 0},
    {"workers", BD_OPTION_INT, 0, "auto", "threads", 1, 64},
};
static const struct bd_option storage[] = {
    {"plugin", BD_OPTION_TEXT, 0, NULL, "which storage", 0, 0},
};
static const struct bd_option provider[] = {
    {"plugin", BD_OPTION_TEXT, 0, NULL, "its plugin", 0, 0},
    {"base_url", BD_OPTION_URL, 0, NULL, "where to ask", 0, 0},
    {"api_key_env", BD_OPTION_TEXT, 0, NULL, "variable with the key", 0, 0},
    {"api_key_file", BD_OPTION_PATH, 0, NULL, "file with the key", 0, 0},
    {"allow_private", BD_OPTION_BOOL, 0, "no", "own server", 0, 0},
    {"timeout_simple", BD_OPTION_DURATION, 0, NULL, "short questions", 1, 600000},
    {"timeout_normal", BD_OPTION_DURATION, 0, NULL, "questions", 1, 600000},
    {"timeout_complex", BD_OPTION_DURATION, 0, NULL, "long ones", 1, 600000},
};
#define TABLE(a)                                      \
    {                                                 \
        a, sizeof(a) / sizeof((a)[0]), sizeof((a)[0]) \
    }
static const struct bd_section_table sections[] = {{"engine", TABLE(engine), NULL},
                                                   {"storage", TABLE(storage), NULL}};

#endif

/* sim/corpus.h - answers to consumer questions, written for the simulator.
 *
 * An answer is a template (list, table, prose, disclaimer ...) whose slots are filled
 * with brands of the question's topic and what people say of them; Chinese questions
 * get Chinese answers, all others English ones. Where the prompt names a brand, about
 * three answers in four name it too. */
#ifndef SIM_CORPUS_H
#define SIM_CORPUS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "sim/random.h"

#define SIM_CORPUS_KINDS                                                                \
    "corpus list sections bullets table prose criteria disclaimer negative json short " \
    "brand-absent"

bool sim_corpus_has(const char *kind);

/* The brand and competitors a prompt names in lines such as "品牌：X" or
 * "Competitors: A, B". */
#define SIM_NAMES_MAX 12
struct sim_names {
    char of[SIM_NAMES_MAX][64]; /* the brand first, "" if there is none */
    size_t n;                   /* with the brand: 1 + competitors */
};

void sim_names_scan(struct sim_names *names, const char *prompt);

/* Appends an answer of that kind. */
void sim_corpus_write(struct bd_buf *out, const char *kind, const char *question,
                      const struct sim_names *names, struct sim_random *r);

/* What a model thinks before it answers: a sentence or two. */
void sim_corpus_think(struct bd_buf *out, const char *question, struct sim_random *r);

/* The text below is data: topics.c, answers_zh.c, answers_en.c. */
struct sim_brand {
    const char *name, *alias, *product, *good, *weak;
};

struct sim_topic {
    const char *words; /* one of these, space-separated, in the question; "" any */
    const char *noun;
    const struct sim_brand *brands;
    size_t n;
};

/* Slots: {A} to {F} brands, {Ae} alias, {Ap} product, {Ag} strength, {Aw} weakness,
 * {T} the topic's noun, {X} the brand that was asked about. */
struct sim_template {
    const char *kind;
    const char *text;
};

extern const struct sim_topic sim_topics_zh[],
    sim_topics_en[]; /* the last has words "" */
extern const struct sim_template sim_answers_zh[], sim_answers_en[];
extern const size_t sim_answers_zh_n, sim_answers_en_n;

#endif

/* domain/figures.h - the figures of a diagnosis, from its cells. [any] Pure.
 *
 * Visibility (mention, share of voice, rank, interception) counts neutral cells only:
 * naming a brand in the prompt makes the model mention it. Portrayal (sentiment)
 * counts both probes. Every figure carries its n; a figure with nothing under it is
 * NaN, printed as "-" and null, never 0. Formulas: GEO metrics 1, 3, 6, 7, 8, 9, 10,
 * 14 and the overall score; means over models weigh each model the same. */
#ifndef BD_DOMAIN_FIGURES_H
#define BD_DOMAIN_FIGURES_H

#include "domain/record.h"

struct bd_rate { /* hits of n; value NaN when n = 0 */
    double value;
    int hits, n;
};

struct bd_mean {
    double value; /* NaN when n = 0 */
    int n;
};

struct bd_brand_figures {
    struct bd_rate mention;        /* pooled over neutral cells with a known answer */
    double mention_macro;          /* mean over models of the models' own rates */
    struct bd_rate share_of_voice; /* hits = answers with b, n = sum over brands */
    struct bd_rate first_mention;
    struct bd_rate top1, top3;
    struct bd_mean rank;            /* explicit ranks only */
    struct bd_mean reciprocal_rank; /* absent = 0 */
    struct bd_mean sentiment;       /* over both probes */
    struct bd_rate negative;        /* mentions that advise against */
    double score;                   /* 0..100, NaN if there is nothing to score */
    double part_mention, part_rank, part_voice, part_sentiment; /* 0..1, NaN */
    char grade[3];    /* "A+" ... "D", "" without a score */
    bool provisional; /* fewer than 5 answers under it */
};

struct bd_interception { /* main brand absent, this competitor put forward */
    struct bd_rate rate;
};

struct bd_model_figures {                   /* one column: how one model did */
    int cells, answered, failed, skipped;   /* of both probes */
    int64_t latency_p50_ms, latency_max_ms; /* answered cells; -1 = none */
    struct bd_rate *mention;                /* per brand, neutral */
};

struct bd_figures {
    size_t brand_count, model_count;
    struct bd_brand_figures *brands;
    struct bd_interception *interceptions; /* per brand; [0] unused */
    struct bd_rate interception_any;
    struct bd_model_figures *models;
    int neutral_cells, neutral_known; /* excluded = the difference, by cause below */
    int by_status[BD_STATUS_COUNT];   /* all cells */
    int total, answered;
    int64_t tokens_in, tokens_out; /* told ones */
    double cost;                   /* NaN if no price is known */
    int calls;
};

int bd_figures_make(struct bd_figures *f, const struct bd_record *rec,
                    struct bd_error *err) BD_MUST_CHECK;
void bd_figures_free(struct bd_figures *f);

#endif

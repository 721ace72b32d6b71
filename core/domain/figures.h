/* domain/figures.h - the figures of a diagnosis, from its cells. [any] Pure.
 *
 * Visibility (mention, share of voice, rank, interception) counts neutral cells only:
 * naming a brand in the prompt makes the model mention it. Portrayal (sentiment)
 * counts both probes. Every figure carries its n; a figure with nothing under it is
 * NaN, printed as "-" and null, never 0. Formulas: GEO metrics 1, 3, 6, 7, 8, 9, 10,
 * 14 and the overall score; means over models weigh each model the same. */
#ifndef BD_DOMAIN_FIGURES_H
#define BD_DOMAIN_FIGURES_H

#include "domain/interval.h"
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
    struct bd_rate share_of_voice; /* hits = answers with b, n = sum over brands;
                                      NaN and n = 0 without competitors */
    struct bd_rate first_mention;
    struct bd_rate top1, top3;
    struct bd_mean rank;            /* explicit ranks only */
    struct bd_mean reciprocal_rank; /* no explicit rank = 0 */
    struct bd_mean sentiment;       /* over both probes */
    struct bd_rate negative;        /* mentions that advise against */
    double score;                   /* 0..100, NaN if there is nothing to score */
    double part_mention, part_rank, part_voice, part_sentiment; /* 0..1, NaN */
    char grade[3]; /* "A+" ... "D", "" without a score */
    /* 95 %, of mention.value, mention_macro and score; NaN before bd_bootstrap() */
    struct bd_interval mention_interval, macro_interval, score_interval;
    bool provisional; /* fewer than 5 answers under it */
};

/* The main brand and a competitor in the same neutral answers, where both are known. */
struct bd_versus {
    int both, only_main, only_other, neither;
    int outranked, placed; /* answers in which the other stands before it, of those in
                              which both are mentioned */
    double p;              /* McNemar's, exact */
};

struct bd_sureness { /* how the intervals were made; replicates 0: they were not */
    int replicates, clusters;
    unsigned seed;
    bool by_question; /* questions were drawn; else the answers of the only one */
};

struct bd_interception { /* main brand absent, this competitor recommended or listed */
    struct bd_rate rate; /* of the neutral answers in which both are known */
};

struct bd_model_figures { /* one column: how one model did */
    int cells;            /* of both probes; the sum of the next four */
    int answered, refused, failed, skipped;
    int64_t latency_p50_ms, latency_max_ms; /* answered, not cached; -1 = none */
    struct bd_rate *mention;                /* per brand, neutral */
};

struct bd_figures {
    size_t brand_count, model_count;
    struct bd_brand_figures *brands;
    struct bd_interception *interceptions; /* per brand; [0] unused */
    struct bd_versus *versus;              /* per brand; [0] unused */
    struct bd_sureness sure;
    int questions; /* asked neutrally: what a sample is made of */
    struct bd_rate interception_any;
    struct bd_model_figures *models;
    int neutral_cells, neutral_known; /* known: the main brand's presence is certain */
    int excluded[BD_STATUS_COUNT];    /* the other neutral cells by status; those of
                                         ok and truncated leave the brand uncertain */
    int by_status[BD_STATUS_COUNT];   /* all cells */
    int total, answered;
    int64_t tokens_in, tokens_out; /* of this run, the told ones; -1 = none told */
    double cost;                   /* of this run, the known ones; NaN = none known */
    int calls;                     /* HTTP calls, repeats included */
};

/* *f needs no init and is untouched on failure (memory). The observations of the cells
 * were made for the same request. */
int bd_figures_make(struct bd_figures *f, const struct bd_record *rec,
                    struct bd_error *err) BD_MUST_CHECK;
void bd_figures_free(struct bd_figures *f);

/* Are the answers drawn again for intervals, or is each its own (one model, one sample a
 * question: Wilson's will do)? False, too, where bd_bootstrap() was not called. */
bool bd_figures_drawn(const struct bd_figures *f);
/* What may be concluded from so many neutral questions: "none", "low_sample" (fewer than
 * 5 known answers), "thin" (fewer than 10 questions), "exploratory" (fewer than 50), "".
 */
const char *bd_figures_size(const struct bd_figures *f);

#endif

/* domain/figures/figures.h - the figures of a diagnosis, from its cells. [any] Pure.
 *
 * Visibility (mention, share of voice, rank, interception) counts neutral cells of
 * questions that name no brand of the request: naming one makes the model mention it.
 * Those are the cells that count (bd_figures_counts()). Portrayal (sentiment) takes every
 * answer. Every figure carries its n; a figure with nothing under it is NaN, printed as
 * "-" and null, never 0. Formulas: GEO metrics 1 to 21 and the overall scores; means over
 * models weigh each model the same. */
#ifndef BD_DOMAIN_FIGURES_H
#define BD_DOMAIN_FIGURES_H

#include "domain/figures/interval.h"
#include "domain/record.h"

enum {
    BD_MENTION_TYPES = BD_MENTION_ECHO + 1,
    BD_RANK_STEPS = 5,
    BD_ORIGINS = BD_ORIGIN_CLAIMED + 1
};

struct bd_rate { /* hits of n; value NaN when n = 0 */
    double value;
    int hits, n;
};

struct bd_mean {
    double value; /* NaN when n = 0 */
    int n;
};

struct bd_portion { /* of something that is measured, not counted */
    double value;   /* part / whole, NaN when whole = 0 */
    double part, whole;
    int n; /* answers under it */
};

struct bd_tones { /* mentions by tone, both probes; +-0.1 is even */
    int positive, even, negative;
    int none;   /* no word to tell it from */
    double net; /* (positive - negative) / (positive + even + negative), NaN without */
};

struct bd_places { /* what became of the brand in each cell that counts: their sum */
    int at[BD_RANK_STEPS]; /* rank 1, 2, 3, 4, 5 and more */
    int unranked;          /* mentioned, known by the order of the text only */
    int absent, unknown;
};

struct bd_spread { /* of the models' own mention rates */
    int models;    /* that have one; the rest is NaN with fewer than two */
    double low, high, range, deviation; /* range = high - low; divided by the number */
};

struct bd_legacy_score {     /* the earlier system's, see legacy_score.h */
    double score;            /* 0..100, NaN if there is nothing to score */
    double visibility, rank; /* parts, each 0..100, NaN */
    double voice, sentiment;
};

struct bd_brand_figures {
    struct bd_rate mention;        /* pooled over neutral cells with a known answer */
    double mention_macro;          /* mean over models of the models' own rates */
    struct bd_rate share_of_voice; /* hits = answers with b, n = sum over brands;
                                      NaN and n = 0 without competitors */
    struct bd_rate share_of_all;   /* the same, n = sum over tracked and found brands */
    struct bd_portion word_share;  /* words about it, of those about any brand, tracked or
                                      found (share.h); n answers are about some brand */
    struct bd_mean position_share; /* of answers' sentences, early ones weigh more; mean
                                      over known answers that are about some brand */
    struct bd_rate first_mention;
    struct bd_rate top1, top3;
    struct bd_rate recommended;     /* answers with a word for it, of mention.n */
    struct bd_rate coverage;        /* questions that some answer mentions it to, of those
                                       with an answer that tells */
    struct bd_mean rank;            /* explicit ranks only */
    struct bd_mean reciprocal_rank; /* no explicit rank = 0 */
    struct bd_places places;
    int types[BD_MENTION_TYPES];            /* the mention.n answers; [NONE] = absent */
    struct bd_mean sentiment;               /* over both probes */
    struct bd_rate negative;                /* mentions that advise against */
    struct bd_tones tones;                  /* its mentions = negative.n */
    struct bd_rate cited_share[BD_ORIGINS]; /* its sites' citations, of all citations of
                                               that origin; both probes */
    struct bd_rate cited_rate[BD_ORIGINS]; /* answers that cite one of its sites, of those
                                              with a citation of that origin */
    struct bd_spread spread;               /* over models, of mention */
    struct bd_rate branded;        /* mentions in neutral answers to questions that name a
                                      brand, of those that tell: no figure of visibility */
    int excluded[BD_STATUS_COUNT]; /* cells that count but do not tell whether it is
                                      there, by status; mention.n + these = all of them */
    double score;                  /* 0..100, NaN if there is nothing to score */
    double part_mention, part_rank, part_voice, part_sentiment; /* 0..1, NaN */
    char grade[3]; /* "A+" ... "D", "" without a score */
    struct bd_legacy_score legacy;
    /* 95 %, of mention.value, mention_macro and score; NaN before bd_bootstrap() */
    struct bd_interval mention_interval, macro_interval, score_interval;
    /* Ready to be shown: drawn where answers are (bd_figures_drawn()), else Wilson's;
     * of voice NaN before bd_bootstrap(), of coverage always Wilson's */
    struct bd_interval first_interval, top1_interval, top3_interval, recommended_interval,
        voice_interval, coverage_interval;
    char grade_low[3], grade_high[3]; /* of the ends of score_interval; "" without one */
    bool provisional; /* fewer than 5 answers under the score, or its interval crosses the
                         border of a grade */
};

/* The main brand and a competitor in the same neutral answers, where both are known. */
struct bd_versus {
    int both, only_main, only_other, neither;
    int unknown;           /* cells that count and do not tell of both */
    int outranked, placed; /* answers in which the other stands before it, of those in
                              which both are mentioned */
    double p;              /* McNemar's, exact */
};

struct bd_sureness { /* how the intervals were made; replicates 0: they were not */
    int replicates, clusters;
    int answers; /* how many answers were drawn from; 0: only questions were */
    unsigned seed;
    bool by_question; /* questions were drawn; else the answers of the only one */
};

struct bd_interception { /* main brand absent, this competitor recommended or listed */
    struct bd_rate rate; /* of the neutral answers in which both are known */
    struct bd_interval interval; /* ready to be shown, as those of brands */
};

struct bd_model_brand { /* one field of the map of brands and models; the mention rate
                           itself stands in bd_model_figures */
    struct bd_interval interval; /* of the mention rate: Wilson's for n_eff answers */
    double n_eff; /* answers that are worth as much as n to the same questions; NaN when
                     n = 0 */
    struct bd_rate first_mention;  /* n = that of the mention */
    struct bd_mean rank;           /* explicit ranks only */
    struct bd_mean sentiment;      /* over both probes */
    int excluded[BD_STATUS_COUNT]; /* as in bd_brand_figures */
};

struct bd_model_figures { /* one column: how one model did */
    int cells;            /* of both probes; the sum of the next four */
    int answered, refused, failed, skipped;
    int64_t latency_p50_ms, latency_max_ms; /* answered, not cached; -1 = none */
    int branded;                            /* neutral cells that do not count */
    struct bd_rate *mention;                /* per brand, neutral */
    struct bd_model_brand *brands;          /* per brand */
};

struct bd_apart { /* two models whose intervals of a brand's mention rate share nothing */
    int brand, low, high; /* the model that mentions it less, and more */
};

struct bd_rival { /* a brand that nobody tracks, found in answers that count */
    char *name;   /* as the first answer writes it; equal when folded is equal */
    int answers, models;
    int best_rank; /* 0 = it never has one */
    int first;     /* answers that name it before all others, tracked ones included */
};

struct bd_cited {           /* of one origin, in every answer of both probes */
    int citations, answers; /* pages, once for each answer; answers with any */
};

struct bd_source_site { /* one site that answers cite */
    char *domain;
    enum bd_category category; /* the strongest of its citations */
    int brand;                 /* OWNED, COMPETITOR: whose; -1 = none */
    int answers, models, citations;
    int origins[BD_ORIGINS]; /* answers in which it has that origin */
};

/* What a person should look at; it proves nothing (GEO metric 23). What models claim of
 * their sources is left out. */
enum bd_flag {
    BD_FLAG_ONE_SITE, /* all that is cited beside the brand is this site, the brand's own
                         or one that nobody knows */
    BD_FLAG_PRAISE    /* one model alone cites the site, nobody knows it, and all that
                         stands at its marks is praise of one brand (praise.h) */
};

enum { BD_FLAG_ANSWERS = 3 }; /* that ONE_SITE needs; one is enough for PRAISE */

struct bd_source_flag {
    enum bd_flag what;
    size_t site;   /* index into sites */
    int brand;     /* tracked: its index; -1 = nobody tracks it */
    char *name;    /* of the brand, as the first answer writes it */
    size_t *cells; /* the answers that put it forward and cite the site, in order */
    int answers, models;
};

/* How alike the answers of one model to the same question are: means over groups (a
 * question and a model with two whole answers or more), of means over pairs of them.
 * Pairs that lie more than BD_STABILITY_REACH samples apart are left out. */
struct bd_stability {
    double jaccard;    /* of the sets of brands, tracked and found; NaN without a group */
    double overlap;    /* rank-biased overlap of the ranked lists, p = 0.9; NaN */
    int groups, pairs; /* under jaccard: pairs that name any brand */
    int ranked_groups, ranked_pairs; /* under overlap: pairs that both rank brands */
};

enum { BD_STABILITY_REACH = 32, BD_STABILITY_DEPTH = 50 }; /* ranks of a list looked at */

struct bd_figures {
    size_t brand_count, model_count;
    struct bd_score_weights weights; /* of the request */
    struct bd_brand_figures *brands;
    struct bd_interception *interceptions; /* per brand; [0] unused */
    struct bd_versus *versus;              /* per brand; [0] unused */
    struct bd_sureness sure;
    int questions; /* asked neutrally and naming no brand: what a sample is made of */
    size_t question_count; /* all of the request */
    bool *branded;         /* per question: it names a brand (branded.h) */
    int branded_questions;
    struct bd_rate interception_any;
    struct bd_interval interception_any_interval;
    struct bd_model_figures *models;
    struct bd_apart *apart; /* by brand, then by model */
    size_t apart_count;
    struct bd_rival *rivals; /* by answers, models, best rank, first, name; all of them */
    size_t rival_count;
    int rival_answers; /* answers that count, none refused: what they were looked for in
                        */
    int voices, voices_of_all; /* answers times tracked brands in them; and found ones */
    struct bd_stability stability;
    struct bd_cited cited[BD_ORIGINS];
    struct bd_source_site *sites; /* by answers, models, citations, domain; all of them */
    size_t site_count;
    struct bd_source_flag *flags; /* by kind, answers, site, name; all of them */
    size_t flag_count;
    int source_answers; /* of both probes, none refused: what citations were looked for in
                         */
    int neutral_cells, neutral_known; /* known: the main brand's presence is certain */
    int branded_cells;                /* neutral cells that do not count, answered or not;
                                         neutral_cells = known + branded + excluded */
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
/* What became of the cells and what they cost, nothing else: total, answered, by_status,
 * calls, tokens, cost. Takes no memory; for bd_report_summary(). */
void bd_figures_count(struct bd_figures *f, const struct bd_record *rec);

/* Does the cell count in figures of visibility: neutral, to a question without a brand?
 */
bool bd_figures_counts(const struct bd_figures *f, const struct bd_cell *c);
const char *bd_flag_name(enum bd_flag what); /* "one_site", "praise_only" */
/* Are the answers drawn again for intervals, or is each its own (one model, one sample a
 * question: Wilson's will do)? False, too, where bd_bootstrap() was not called. */
bool bd_figures_drawn(const struct bd_figures *f);
/* How bad an interception is that lies above the border for sure: "high" where the lower
 * end of its interval is above .5, "medium" above .3, else "" (GEO metric 14). */
const char *bd_figures_interception(const struct bd_interval *i);
/* What may be concluded from so many neutral questions: "none", "low_sample" (fewer than
 * 5 known answers), "thin" (fewer than 10 questions), "exploratory" (fewer than 50), "".
 */
const char *bd_figures_size(const struct bd_figures *f);

#endif

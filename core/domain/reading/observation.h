/* domain/reading/observation.h - what was read in one answer.
 *
 * Observations can be made again from the stored text at any time (GEO: raw text is
 * immutable, analysis re-derivable). Unknown is a value: a brand that is not in an
 * answer which was cut is BD_UNKNOWN, never BD_NO. Offsets are bytes into the answer's
 * text as it was stored. [owner] */
#ifndef BD_DOMAIN_OBSERVATION_H
#define BD_DOMAIN_OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/json.h"
#include "domain/inquiry/inquiry.h"

enum bd_known { BD_UNKNOWN = -1, BD_NO = 0, BD_YES = 1 };

enum bd_mention {
    BD_MENTION_NONE = 0,
    BD_MENTION_RECOMMENDED,
    BD_MENTION_LISTED, /* in a list or in passing, no word for or against */
    BD_MENTION_COMPARED,
    BD_MENTION_NEGATIVE,   /* advised against */
    BD_MENTION_DISCLAIMED, /* "no information about X": the brand is not visible */
    BD_MENTION_ECHO        /* only where the question is repeated: not visible either */
};

enum bd_rank_source {
    BD_RANK_NONE = 0,
    BD_RANK_LIST, /* numbered or bulleted list, headings */
    BD_RANK_TABLE,
    BD_RANK_PHRASE, /* "first choice is X" */
    BD_RANK_JSON    /* self-reported, only where the text has no order of its own */
};

enum bd_tone_source {
    BD_TONE_NONE = 0,
    BD_TONE_LEXICON, /* words for and against, counted */
    BD_TONE_JSON     /* self-reported, only where the text says nothing */
};

enum { BD_TONE_PROOFS = 6 };

struct bd_span { /* bytes [start, end) of the text */
    size_t start, end;
};

struct bd_sighting { /* one brand in one answer, by index into the request's brands */
    enum bd_known mentioned; /* visible: mentioned and not disclaimed */
    enum bd_mention type;
    int count;           /* mentions */
    size_t first_offset; /* of the first visible mention; 0 if none */
    int order;           /* 1 = first visible brand of the tracked, 0 = none */
    int rank;            /* 0 = none */
    int section_rank;    /* within its own list, 0 = none */
    enum bd_rank_source rank_source;
    double sentiment;  /* -1..1, NaN = nothing to tell from */
    double words;      /* about it, of those of the answer (share.h) */
    double pos_share;  /* 0..1, of all brands of the answer; NaN = not known */
    double first_part; /* 0..1: how much of the answer stands before its first
                          visible mention, by words; NaN = not visible */
    enum bd_tone_source tone_source;
    struct bd_span rank_proof; /* what gave the rank (proof.h); empty = none */
    struct bd_span tone_proof[BD_TONE_PROOFS]; /* what gave the sentiment, in order */
    int tone_count;
    struct bd_span *evidence; /* mentions, at most 20 */
    size_t evidence_count;
};

struct bd_choice { /* somebody whom the answer puts forward (domain/reading/offer.h) */
    char *name;    /* as the answer writes it there */
    struct bd_span where;
    int brand; /* index of a tracked brand, -1 = nobody tracks it */
};

struct bd_discovery { /* a brand that nobody tracks and that is put forward */
    char *name;       /* as written there */
    struct bd_span where;
    int rank, section_rank;  /* 0 = no list gives it one */
    int order;               /* among all that are visible, tracked ones included */
    double words, pos_share; /* as of a tracked one */
};

enum bd_list_kind {
    BD_LIST_NONE,
    BD_LIST_NUMBERED,
    BD_LIST_BULLETS,
    BD_LIST_TABLE,
    BD_LIST_HEADINGS
};

struct bd_source { /* a source the answer names itself; never a verified one */
    char *url, *site, *attitude; /* "" if not told */
};

enum bd_origin {
    BD_ORIGIN_PROVIDER, /* returned beside the answer by the provider's search */
    BD_ORIGIN_TEXT,     /* a link, note or address in the prose */
    BD_ORIGIN_CLAIMED   /* in JSON that the answer holds about itself */
};

enum bd_category { /* of a site (site.h) */
                   BD_CATEGORY_UNKNOWN = 0,
                   BD_CATEGORY_OWNED,      /* the main brand's */
                   BD_CATEGORY_COMPETITOR, /* a tracked competitor's */
                   BD_CATEGORY_MEDIA,
                   BD_CATEGORY_UGC,      /* written by anybody */
                   BD_CATEGORY_REFERENCE /* encyclopedias and the like */
};

enum { BD_CITATIONS = 100, BD_CITATION_NEAR = 8, BD_CITATION_SPANS = 8 };

struct bd_citation {    /* one page, once for each origin (citation.h) */
    char *url, *domain; /* as link.h spells it; the registered part of its host */
    char *title, *site; /* of the page; what the site is called; "" if not told */
    char *attitude;     /* CLAIMED: towards the main brand; "" if not told */
    char *marker;       /* "1" "^3" "ref_2"; "" if none */
    enum bd_origin origin;
    enum bd_category category;
    int brand;                  /* OWNED, COMPETITOR: whose; -1 = none */
    int near[BD_CITATION_NEAR]; /* brands that it stands behind: index, or brand_count +
                                   index into found */
    int near_count;
    enum bd_known praise; /* YES: all that stands at its marks is praise (praise.h);
                             UNKNOWN: no mark */
    struct bd_span spans[BD_CITATION_SPANS]; /* its marks and links, in order */
    int span_count;
};

struct bd_claims { /* the legacy GEO JSON, if the answer holds one */
    bool found;
    enum bd_known mentioned;
    int rank;           /* 0 = none or not usable */
    double sentiment;   /* NaN = none */
    char *interception; /* "" if none */
    struct bd_source *sources;
    size_t source_count;
    bool truncated;   /* the JSON was cut and closed by us */
    unsigned repairs; /* 1 << enum bd_repair (repair.h), or-ed */
    bool conflict;    /* text and claim disagree about the mention */
};

struct bd_observation {
    struct bd_sighting *brands; /* as many as the request has */
    size_t brand_count;
    struct bd_discovery *found; /* each name once, in order of the text */
    size_t found_count;
    struct bd_choice *offers; /* each brand and name once, in order of the text */
    size_t offer_count;
    enum bd_list_kind list;
    int list_items;            /* brand items seen */
    int list_promised;         /* "five brands": 5; 0 = not said */
    bool complete;             /* the answer, and its list, seem whole */
    bool refused;              /* the answer declines to answer */
    enum bd_known intercepted; /* main absent while a competitor is put forward */
    int *intercepted_by;       /* brand indices, in order of appearance */
    size_t intercepted_count;
    int words;       /* of the answer: without thinking, JSON and addresses */
    int first_brand; /* index of the first visible, not negative; -1 none */
    struct bd_claims claims;
    struct bd_citation *citations; /* by origin, then in order of the text */
    size_t citation_count;
    char **warnings; /* short words: "conflict:json_mentioned_text_absent" */
    size_t warning_count;
};

void bd_observation_free(struct bd_observation *o); /* NULL is fine; frees o itself */

/* Which of all that are visible, tracked or not, begins at that offset: 1 for the first.
 */
int bd_observation_place(const struct bd_observation *o, size_t offset);

/* The "geo" object of a cell (docs/report.md), with the legacy view "geo_analysis" for
 * the main brand: rank -1 when none, interception = the first name. text: what was read,
 * which the evidence quotes. */
json_t *bd_observation_json(const struct bd_observation *o, const struct bd_inquiry *r,
                            const char *text, size_t bytes);

/* The "citations" of a cell (docs/report.md). */
json_t *bd_citations_json(const struct bd_observation *o, const struct bd_inquiry *r,
                          const char *text, size_t bytes);

const char *bd_origin_name(enum bd_origin o);
const char *bd_category_name(enum bd_category c);
const char *bd_mention_name(enum bd_mention m);
const char *bd_rank_source_name(enum bd_rank_source s);

#endif

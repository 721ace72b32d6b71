/* domain/inquiry/inquiry.h - what a diagnosis asks: brands, questions, models, probes.
 *
 * The order of everything here is the order of the report. [owner] */
#ifndef BD_DOMAIN_INQUIRY_H
#define BD_DOMAIN_INQUIRY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/fail.h"
#include "base/json.h"

/* Limits of one request; past them it is refused, never cut. */
enum {
    BD_INQUIRY_BRANDS = 32,      /* main brand and competitors */
    BD_INQUIRY_ALIASES = 32,     /* of one brand; also of its deny and require words */
    BD_INQUIRY_NAME_BYTES = 200, /* of a brand, alias, provider or model */
    BD_INQUIRY_QUESTIONS = 1000,
    BD_INQUIRY_QUESTION_BYTES = 8000,
    BD_INQUIRY_MODELS = 64,
    BD_INQUIRY_SAMPLES = 10000
};

enum bd_probe { BD_PROBE_MATRIX = 1, BD_PROBE_NEUTRAL = 2 }; /* or-ed in a request */

struct bd_words { /* owned */
    char **at;
    size_t count;
};

struct bd_brand {
    char *name;     /* as shown */
    char **aliases; /* other spellings, without the name */
    size_t alias_count;
    struct bd_words deny; /* phrases in which the name means something else: 小米粥 */
    struct bd_words require; /* one must stand near, or the brand is not meant */
};

struct bd_model {   /* one column of the report */
    char *provider; /* the section's name in the INI */
    char *model;    /* as the provider calls it; NULL = the section's own */
};

/* How much each part of the score weighs, relative to their sum (figures/score.h); all 0:
 * as the configuration or the default says. */
struct bd_score_weights {
    int mention, rank, share_of_voice, sentiment;
};

enum { BD_SCORE_WEIGHT = 1000 }; /* at most */

struct bd_inquiry {
    struct bd_brand *brands; /* [0] is the main brand, the rest are competitors */
    size_t brand_count;
    char **questions; /* never split, never changed */
    size_t question_count;
    struct bd_model *models;
    size_t model_count;
    unsigned probes; /* enum bd_probe, or-ed */
    int samples;     /* neutral: times each question is asked of each model */
    int deadline_ms; /* 0 = the configuration's */
    struct bd_score_weights weights;
    bool search;  /* with web search, of those who can */
    char lang[4]; /* "zh" or "en": of the report */
};

/* Empty, both probes, one sample, zh. */
void bd_inquiry_init(struct bd_inquiry *r);
void bd_inquiry_free(struct bd_inquiry *r);

/* "name" or "name=alias,alias,-deny,+require"; the first one added is the main brand.
 * Full-width comma and equals sign are taken as well; blanks around are dropped. */
int bd_inquiry_add_brand(struct bd_inquiry *r, const char *spec,
                         struct bd_error *err) BD_MUST_CHECK;
/* Kept byte by byte; refused if it is blank or not UTF-8. */
int bd_inquiry_add_question(struct bd_inquiry *r, const char *question,
                            struct bd_error *err) BD_MUST_CHECK;
/* "provider" or "provider/model"; a model may hold slashes. */
int bd_inquiry_add_model(struct bd_inquiry *r, const char *spec,
                         struct bd_error *err) BD_MUST_CHECK;

/* Complete and without doubles? (a brand, at least one question, model and probe; no
 * two brands sharing a name or alias after folding, no question or model twice;
 * unreplaced {{...}} in a question is refused). BD_ERR_INVALID_REQUEST with what to
 * change. */
int bd_inquiry_check(const struct bd_inquiry *r, struct bd_error *err) BD_MUST_CHECK;

/* Tasks it will make: matrix = brands x questions x models, neutral = questions x
 * models x samples. */
size_t bd_inquiry_task_count(const struct bd_inquiry *r);

/* As JSON, for the storage, and back (also `run --from`); members:
 * {"brand":"B" or {"name","aliases","deny","require"}, "competitors":[...],
 * "questions":[...], "models":["provider/model"], "probes":["matrix","neutral"],
 * "samples":1, "deadline_ms":20000, "search":false, "lang":"zh",
 * "score_weights":{"mention","rank","share_of_voice","sentiment"}}; an unknown member is
 * refused by name, a missing one is as after init. from_json() starts with an init of its
 * own, leaves *r empty on failure, and does not look whether the request is complete:
 * bd_inquiry_check() does. */
json_t *bd_inquiry_to_json(const struct bd_inquiry *r);
int bd_inquiry_from_json(struct bd_inquiry *r, const json_t *o,
                         struct bd_error *err) BD_MUST_CHECK;

#endif

/* domain/figures/score.c - see score.h. */
#include "domain/figures/score.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

double bd_score_ladder(bool mentioned, int rank)
{
    static const double steps[] = {0.3, 1.0, 0.8, 0.6, 0.4};

    if (!mentioned)
        return 0;
    return rank >= 0 && rank <= 4 ? steps[rank] : 0.2;
}

static void make_parts(struct bd_brand_figures *b, double ladder, size_t brand_count)
{
    bool never = b->mention.hits == 0;

    b->part_mention = b->mention_macro;
    b->part_rank = ladder;
    b->part_voice = brand_count < 2 ? NAN : 0;
    b->part_sentiment = never ? 0 : b->mention_macro * (b->sentiment.value + 1) / 2;
    if (!never && brand_count >= 2)
        b->part_voice = fmin(1, b->share_of_voice.value * (double)brand_count / 2);
}

/* The score is shown with one digit, so the grade is that of the number shown. */
static const char *grade_of(double score)
{
    static const struct {
        double from;
        const char *grade;
    } grades[] = {{90, "A+"}, {80, "A"}, {70, "B"}, {60, "C"}};
    double shown = round(score * 10) / 10;

    for (size_t i = 0; i < sizeof(grades) / sizeof(grades[0]); i++)
        if (shown >= grades[i].from)
            return grades[i].grade;
    return "D";
}

double bd_score_weight(const struct bd_score_weights *w, enum bd_score_part part)
{
    static const struct bd_score_weights usual = {40, 25, 20, 15};
    int sum = w->mention + w->rank + w->share_of_voice + w->sentiment;

    if (sum == 0)
        return bd_score_weight(&usual, part);
    switch (part) {
    case BD_SCORE_MENTION:
        return (double)w->mention / sum;
    case BD_SCORE_RANK:
        return (double)w->rank / sum;
    case BD_SCORE_VOICE:
        return (double)w->share_of_voice / sum;
    default:
        return (double)w->sentiment / sum;
    }
}

void bd_score_make(struct bd_brand_figures *b, double ladder, size_t brand_count,
                   const struct bd_score_weights *w)
{
    const double none = b->mention.n == 0 ? NAN : 0;
    double sum = 0, weights = 0;

    b->part_mention = b->part_rank = b->part_voice = b->part_sentiment = NAN;
    b->score = none;
    b->grade[0] = '\0';
    b->provisional = b->mention.n < BD_SCORE_SURE;
    if (b->mention.n == 0)
        return;
    make_parts(b, ladder, brand_count);
    const double parts[][2] = {
        {b->part_mention, bd_score_weight(w, BD_SCORE_MENTION)},
        {b->part_rank, bd_score_weight(w, BD_SCORE_RANK)},
        {b->part_voice, bd_score_weight(w, BD_SCORE_VOICE)},
        {b->part_sentiment, bd_score_weight(w, BD_SCORE_SENTIMENT)}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        if (isnan(parts[i][0]))
            continue;
        sum += parts[i][0] * parts[i][1];
        weights += parts[i][1];
    }
    b->score = 100 * sum / weights;
    snprintf(b->grade, sizeof(b->grade), "%s", grade_of(b->score));
}

void bd_score_doubt(struct bd_brand_figures *b)
{
    b->grade_low[0] = b->grade_high[0] = '\0';
    if (isnan(b->score) || isnan(b->score_interval.low))
        return;
    snprintf(b->grade_low, sizeof(b->grade_low), "%s", grade_of(b->score_interval.low));
    snprintf(b->grade_high, sizeof(b->grade_high), "%s",
             grade_of(b->score_interval.high));
    if (strcmp(b->grade_low, b->grade_high) != 0)
        b->provisional = true;
}

/* domain/figures/legacy_score.c - see legacy_score.h. */
#include "domain/figures/legacy_score.h"

#include <math.h>

double bd_legacy_visibility(double first_part, double words)
{
    double early = first_part < 0.3 ? 20 : first_part < 0.7 ? 10 : 0;
    double much = words >= 200 ? 20 : words >= 100 ? 10 : 0;

    return 60 + early + much;
}

double bd_legacy_rank(int rank)
{
    if (rank <= 0)
        return 0;
    return rank < 5 ? 120 - 20 * rank : 20;
}

double bd_legacy_voice(double share)
{
    static const double from[] = {0.4, 0.3, 0.2, 0.1};

    for (int i = 0; i < 4; i++)
        if (share >= from[i])
            return 100 - 20 * i;
    return 20;
}

double bd_legacy_sentiment(double mean)
{
    double fifth = floor((mean + 1) / 2 * 5);

    return 20 + 20 * fmin(4, fmax(0, fifth));
}

void bd_legacy_score_make(struct bd_brand_figures *b, double visibility, double rank)
{
    struct bd_legacy_score s = {NAN, visibility, rank, NAN, NAN};
    double sum = 0, weights = 0;

    if (!isnan(b->share_of_voice.value))
        s.voice = bd_legacy_voice(b->share_of_voice.value);
    if (b->mention.n && !isnan(b->sentiment.value))
        s.sentiment = bd_legacy_sentiment(b->sentiment.value);
    const double parts[][2] = {{s.visibility, BD_LEGACY_VISIBILITY},
                               {s.rank, BD_LEGACY_RANK},
                               {s.voice, BD_LEGACY_VOICE},
                               {s.sentiment, BD_LEGACY_SENTIMENT}};
    for (int i = 0; i < 4 && b->mention.n > 0; i++) {
        if (isnan(parts[i][0]))
            continue;
        sum += parts[i][0] * parts[i][1];
        weights += parts[i][1];
    }
    if (weights > 0)
        s.score = sum / weights;
    b->legacy = s;
}

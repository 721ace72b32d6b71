/* domain/figures/interval.c - see interval.h. */
#include "domain/figures/interval.h"

#include <math.h>

#define Z 1.959964

struct bd_interval bd_interval_wilson_of(double p, double n)
{
    double middle, half, scale;

    if (isnan(n) || n <= 0)
        return (struct bd_interval){NAN, NAN};
    scale = 1 + Z * Z / n;
    middle = p + Z * Z / (2.0 * n);
    half = Z * sqrt(p * (1 - p) / n + Z * Z / (4.0 * n * n));
    return (struct bd_interval){fmax(0, (middle - half) / scale),
                                fmin(1, (middle + half) / scale)};
}

struct bd_interval bd_interval_wilson(int hits, int n)
{
    return bd_interval_wilson_of(n > 0 ? (double)hits / n : NAN, n);
}

double bd_mcnemar(int only_a, int only_b)
{
    int n = only_a + only_b, k = only_a < only_b ? only_a : only_b;
    double term = -n * log(2),
           sum = 0; /* in logarithms: 2^-n is too small for n > 1074 */

    for (int i = 0; i <= k; i++) {
        sum += exp(term);
        term += log(n - i) - log(i + 1);
    }
    return fmin(1, 2 * sum);
}

bool bd_interval_overlap(const struct bd_interval *a, const struct bd_interval *b)
{
    return !(a->high < b->low || b->high < a->low);
}

/* domain/figures/interval.h - how sure a figure is. [any] Pure.
 *
 * 95 % throughout, z = 1.959964. */
#ifndef BD_DOMAIN_INTERVAL_H
#define BD_DOMAIN_INTERVAL_H

#include <stdbool.h>

struct bd_interval { /* NaN, NaN where there is nothing to tell from */
    double low, high;
};

/* Of a rate, by Wilson: (p + z2/2n -+ z sqrt(p(1-p)/n + z2/4n2)) / (1 + z2/n). n 0: NaN.
 */
struct bd_interval bd_interval_wilson(int hits, int n);

/* The same of p and an n that need not be whole: answers that resemble each other are
 * worth fewer. n NaN or 0: NaN. */
struct bd_interval bd_interval_wilson_of(double p, double n);

/* McNemar's exact test, two-sided: how likely it is that answers which name only one of
 * two brands are split so unevenly, or more, if neither is named more often: 2 times the
 * lower tail of Bin(a + b, 1/2), 1 at most; 1 if there are none. */
double bd_mcnemar(int only_a, int only_b);

/* Do they share a value? Where one is not known, nothing says that they do not. */
bool bd_interval_overlap(const struct bd_interval *a, const struct bd_interval *b);

#endif

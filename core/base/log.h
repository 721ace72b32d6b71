/* base/log.h - one line for the operator, on stderr. [any]
 *
 * Only engine and faces log, each failure once. A line is written with one write(), so
 * lines of several threads never mix; what others wrote (answers, plugin messages) is
 * cleaned, so a line stays a line. */
#ifndef BD_BASE_LOG_H
#define BD_BASE_LOG_H

#include "bd/plugin.h"

enum bd_log_level { BD_LOG_DEBUG, BD_LOG_INFO, BD_LOG_WARNING, BD_LOG_ERROR, BD_LOG_OFF };

/* [main] json: one JSON object a line instead of text. */
void bd_log_setup(int level, int json);

/* Keys must not be passed: nothing is redacted here. */
void bd_log(int level, const char *source, const char *fmt, ...) BD_PRINTF(3, 4);
int bd_log_enabled(int level);

#endif

/* hot.c - a provider whose answers begin with its version, -DHOT_VERSION: for tests of
 * reloads. It is the sample of the manual, tests/plugins/outside/echo, with another
 * reply.
 */
#include <stdio.h>

#include "bd/provider.h"

#undef BD_PLUGIN_ENTRY
#define BD_PLUGIN_ENTRY echo_entry
static bd_plugin_entry_fn echo_entry;
#include "outside/echo/echo.c"

static int hot_reply(void *self, const struct bd_reply *reply, struct bd_answer *out,
                     struct bd_error *err)
{
    const struct bd_host *host = ((struct echo *)self)->host;

    if (put(host, out->text, "v" HOT_VERSION ": ") != 0)
        return host->fail(host->ctx, err, BD_ERR_TOO_LARGE, 0, "no room for an answer");
    return echo_reply(self, reply, out, err);
}

static struct bd_provider hot; /* filled before anybody sees it */

bd_plugin_entry_fn bd_plugin_v1 BD_EXPORT;

const struct bd_plugin *bd_plugin_v1(void)
{
    const struct bd_plugin *base = echo_entry();

    if (!hot.base.magic) {
        hot = *(const struct bd_provider *)(const void *)base;
        hot.base.name = "hot";
        hot.base.version = HOT_VERSION;
        hot.reply = hot_reply;
    }
    return &hot.base;
}

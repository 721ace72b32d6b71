/* tests/plugins/fake_host.h - a provider plugin loaded as the engine would, without it.
 */
#ifndef TESTS_PLUGINS_FAKE_HOST_H
#define TESTS_PLUGINS_FAKE_HOST_H

#include "bd/plugin.h"
#include "bd/provider.h"

struct fake_plugin {
    void *handle;
    const struct bd_provider *provider;
    void *self;
    struct bd_host host;
    const char *const *settings;
};

/* Loads <build>/plugins/<name>.so and opens it. settings: name, value, ... NULL; what is
 * missing has the plugin's default. f stays where it is until the close. 0 or -1. */
int fake_plugin_open(struct fake_plugin *f, const char *name, const char *const *settings,
                     struct bd_error *err);
void fake_plugin_close(struct fake_plugin *f);

#endif

/* base/json.h - small helpers around jansson. [owner]
 *
 * Getters never fail: a missing member or one of another type is the default. All
 * returned pointers are lent by the object. */
#ifndef BD_BASE_JSON_H
#define BD_BASE_JSON_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"

/* Parses n bytes of JSON, any value at the top. NULL and *err (BD_ERR_PROTOCOL, with
 * the position) on failure. Nesting deeper than jansson's 2048 fails. */
json_t *bd_json_parse(const char *s, size_t n, const char *source, struct bd_error *err);

const char *bd_json_text(const json_t *o, const char *key, const char *otherwise);
int64_t bd_json_int(const json_t *o, const char *key, int64_t otherwise);
double bd_json_real(const json_t *o, const char *key, double otherwise);
bool bd_json_bool(const json_t *o, const char *key, bool otherwise);

/* A JSON string of any bytes: invalid UTF-8 becomes U+FFFD, where json_string() would
 * give NULL and take the whole object with it. NULL only when memory is short. */
json_t *bd_json_string(const char *s, size_t n);
/* A number, or null if v is NaN or infinite. */
json_t *bd_json_number(double v);

/* The error struct as an object and back. null <-> type NONE. */
json_t *bd_json_from_error(const struct bd_error *err);
void bd_json_to_error(const json_t *o, struct bd_error *err);

/* Appends o as text: compact, or indented by 2; keys stay in the order of insertion.
 * -1 when out is full. */
int bd_json_write(struct bd_buf *out, const json_t *o, bool indented);

#endif

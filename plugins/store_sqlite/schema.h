/* schema.h - the tables, and the way there from every older version. [store] */
#ifndef BD_SQLITE_SCHEMA_H
#define BD_SQLITE_SCHEMA_H

#include "bd/storage.h"
#include "database.h"

#define BD_APPLICATION_ID 0x62644442 /* "bdDB", in the file's header */

/* Reads only. Refuses another program's file and a schema newer than ours. */
int bd_schema_check(struct bd_database *db, struct bd_error *err);
/* Takes the steps that are missing, all in one transaction. */
int bd_schema_migrate(struct bd_database *db, struct bd_error *err);

#endif

/* domain/record.c - see record.h. */
#include "domain/record.h"

#include <stdlib.h>

void bd_record_init(struct bd_record *rec)
{
    *rec = (struct bd_record){0};
    bd_inquiry_init(&rec->inquiry);
}

void bd_record_free(struct bd_record *rec)
{
    for (size_t i = 0; i < rec->cell_count; i++)
        bd_cell_free(&rec->cells[i]);
    free(rec->cells);
    free(rec->states);
    bd_inquiry_free(&rec->inquiry);
    bd_record_init(rec);
}

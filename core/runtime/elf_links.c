/* runtime/elf_links.c - what the dynamic linker will link; see elf_links.h. */
#define _GNU_SOURCE /* ElfW */
#include "runtime/elf_links.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SOURCE     "module"
#define DAMAGED    "the file is damaged; build or copy it again"
#define MAX_CHAIN  1024 /* records of versions; real files have about 10 */
#define HIDDEN_BIT 0x8000u

#if UINTPTR_MAX > UINT32_MAX
#define SYMBOL_OF(info) ELF64_R_SYM(info)
#define TYPE_OF(info)   ELF64_R_TYPE(info)
#else
#define SYMBOL_OF(info) ELF32_R_SYM(info)
#define TYPE_OF(info)   ELF32_R_TYPE(info)
#endif

/* All that is read is copied out first: nothing need be aligned. */
struct links {
    const char *p;
    size_t size;
    ElfW(Ehdr) head;
    uint64_t symbols, strings, string_bytes; /* addresses, and a size */
    uint64_t versions, needed, defined;      /* addresses; 0 = not there */
    uint64_t rela, rela_bytes, plt, plt_bytes;
    unsigned top; /* the highest version there is */
};

static int refuse(struct bd_error *err)
{
    return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE, "%s", DAMAGED);
}

static ElfW(Phdr) segment(const struct links *m, unsigned i)
{
    ElfW(Phdr) h;

    memcpy(&h, m->p + m->head.e_phoff + i * sizeof(h), sizeof(h));
    return h;
}

/* n bytes at an address, from the file. */
static bool fetch(const struct links *m, uint64_t address, void *out, size_t n)
{
    for (unsigned i = 0; i < m->head.e_phnum; i++) {
        ElfW(Phdr) h = segment(m, i);
        uint64_t at = address - h.p_vaddr;

        if (h.p_type != PT_LOAD || address < h.p_vaddr || at >= h.p_filesz ||
            n > h.p_filesz - at)
            continue;
        memcpy(out, m->p + h.p_offset + at, n); /* segments lie in the file: elf.c */
        return true;
    }
    return false;
}

static bool writable(const struct links *m, uint64_t address, size_t n)
{
    for (unsigned i = 0; i < m->head.e_phnum; i++) {
        ElfW(Phdr) h = segment(m, i);
        uint64_t at = address - h.p_vaddr;

        if (h.p_type == PT_LOAD && h.p_flags & PF_W && address >= h.p_vaddr &&
            at < h.p_memsz && n <= h.p_memsz - at)
            return true;
    }
    return false;
}

static void take_entry(struct links *m, const ElfW(Dyn) * d)
{
    const struct {
        int64_t tag;
        uint64_t *to;
    } wanted[] = {{DT_SYMTAB, &m->symbols},     {DT_STRTAB, &m->strings},
                  {DT_STRSZ, &m->string_bytes}, {DT_VERSYM, &m->versions},
                  {DT_VERNEED, &m->needed},     {DT_VERDEF, &m->defined},
                  {DT_RELA, &m->rela},          {DT_RELASZ, &m->rela_bytes},
                  {DT_JMPREL, &m->plt},         {DT_PLTRELSZ, &m->plt_bytes}};

    for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
        if (d->d_tag == wanted[i].tag)
            *wanted[i].to = d->d_un.d_ptr;
}

static void read_dynamic(struct links *m)
{
    ElfW(Dyn) d = {.d_tag = DT_NULL};

    for (unsigned i = 0; i < m->head.e_phnum; i++) {
        ElfW(Phdr) h = segment(m, i);

        if (h.p_type != PT_DYNAMIC)
            continue;
        for (size_t n = 0; (n + 1) * sizeof(d) <= h.p_filesz; n++) {
            memcpy(&d, m->p + h.p_offset + n * sizeof(d), sizeof(d));
            if (d.d_tag == DT_NULL)
                break;
            take_entry(m, &d);
        }
    }
}

static void raise_top(struct links *m, unsigned version)
{
    version &= ~HIDDEN_BIT;
    if (version > m->top)
        m->top = version;
}

/* The versions of one library that is needed. */
static int read_needed(struct links *m, uint64_t at, unsigned count, struct bd_error *err)
{
    ElfW(Vernaux) aux = {.vna_next = 1};

    for (unsigned i = 0; i < count && i < MAX_CHAIN && aux.vna_next; i++) {
        if (!fetch(m, at, &aux, sizeof(aux)))
            return refuse(err);
        raise_top(m, aux.vna_other);
        at += aux.vna_next;
    }
    return 0;
}

static int read_versions(struct links *m, struct bd_error *err)
{
    ElfW(Verneed) need = {.vn_next = 1};
    ElfW(Verdef) def = {.vd_next = 1};
    uint64_t at = m->needed;

    m->top = 1; /* 0 and 1: local and global, without a version */
    for (unsigned i = 0; m->needed && i < MAX_CHAIN && need.vn_next; i++) {
        if (!fetch(m, at, &need, sizeof(need)) ||
            read_needed(m, at + need.vn_aux, need.vn_cnt, err) < 0)
            return refuse(err);
        at += need.vn_next;
    }
    at = m->defined;
    for (unsigned i = 0; m->defined && i < MAX_CHAIN && def.vd_next; i++) {
        if (!fetch(m, at, &def, sizeof(def)))
            return refuse(err);
        raise_top(m, def.vd_ndx);
        at += def.vd_next;
    }
    return 0;
}

static bool symbol_is_right(const struct links *m, uint64_t i)
{
    uint16_t version = 0;
    ElfW(Sym) s;

    if (!fetch(m, m->symbols + i * sizeof(s), &s, sizeof(s)) ||
        s.st_name >= m->string_bytes)
        return false;
    if (m->versions &&
        !fetch(m, m->versions + i * sizeof(version), &version, sizeof(version)))
        return false;
    return (version & ~HIDDEN_BIT) <= m->top;
}

static int check_relocations(const struct links *m, uint64_t table, uint64_t bytes,
                             struct bd_error *err)
{
    ElfW(Rela) r;

    if (bytes > m->size)
        return refuse(err);
    for (uint64_t at = 0; at + sizeof(r) <= bytes; at += sizeof(r)) {
        if (!fetch(m, table + at, &r, sizeof(r)))
            return refuse(err);
        if (TYPE_OF(r.r_info) == 0)
            continue; /* none, on every machine */
        if (!writable(m, r.r_offset, sizeof(uintptr_t)) ||
            (SYMBOL_OF(r.r_info) && !symbol_is_right(m, SYMBOL_OF(r.r_info))))
            return refuse(err);
    }
    return 0;
}

int bd__elf_links_check(const void *image, size_t size, struct bd_error *err)
{
    struct links m = {.p = image, .size = size};
    char last = 1;

    memcpy(&m.head, image, sizeof(m.head));
    read_dynamic(&m);
    if (!fetch(&m, m.strings + m.string_bytes - 1, &last, 1) || last != '\0')
        return refuse(err); /* a name would not end */
    if (read_versions(&m, err) < 0 ||
        check_relocations(&m, m.rela, m.rela_bytes, err) < 0)
        return -1;
    return check_relocations(&m, m.plt, m.plt_bytes, err);
}

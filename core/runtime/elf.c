/* runtime/elf.c - looking into a shared object; see elf.h. */
#define _GNU_SOURCE /* ElfW */
#include "runtime/elf.h"

#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "bd/plugin.h"

#define SOURCE "module"

#if UINTPTR_MAX > UINT32_MAX
#define OUR_CLASS ELFCLASS64
#else
#define OUR_CLASS ELFCLASS32
#endif

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define OUR_DATA ELFDATA2LSB
#else
#define OUR_DATA ELFDATA2MSB
#endif

#if defined(__x86_64__)
#define OUR_MACHINE EM_X86_64
#elif defined(__aarch64__)
#define OUR_MACHINE EM_AARCH64
#elif defined(__i386__)
#define OUR_MACHINE EM_386
#elif defined(__arm__)
#define OUR_MACHINE EM_ARM
#elif defined(__riscv)
#define OUR_MACHINE EM_RISCV
#elif defined(__powerpc64__)
#define OUR_MACHINE EM_PPC64
#elif defined(__s390x__)
#define OUR_MACHINE EM_S390
#elif defined(__loongarch__)
#define OUR_MACHINE 258 /* EM_LOONGARCH, not in older elf.h */
#else
#error "add this machine's EM_ constant"
#endif

#define MAX_DYNAMIC 4096 /* entries; real files have about 30 */
#define CUT         "the file is cut or damaged; build or copy it again"

struct image {
    const char *p;
    size_t size;
    ElfW(Ehdr) head;
    uint64_t strings, string_bytes; /* of the dynamic section, as file offsets */
};

static int refuse(struct bd_error *err, const char *why)
{
    return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE, "%s", why);
}

static bool inside(const struct image *m, uint64_t at, uint64_t n)
{
    return at <= m->size && n <= m->size - at;
}

/* The NUL-terminated string at a file offset, NULL if it does not end in the file. */
static const char *string_at(const struct image *m, uint64_t at)
{
    if (at >= m->size || !memchr(m->p + at, '\0', m->size - at))
        return NULL;
    return m->p + at;
}

static int check_head(struct image *m, struct bd_error *err)
{
    if (m->size == 0)
        return refuse(err, "the file is empty; build or copy it again");
    if (m->size < SELFMAG || memcmp(m->p, ELFMAG, SELFMAG) != 0)
        return refuse(err, "not a shared object (no ELF header); plugins are .so files "
                           "made by a linker");
    if (m->size < sizeof(m->head))
        return refuse(err, CUT);
    memcpy(&m->head, m->p, sizeof(m->head));
    if (m->head.e_ident[EI_CLASS] != OUR_CLASS || m->head.e_ident[EI_DATA] != OUR_DATA ||
        m->head.e_machine != OUR_MACHINE)
        return bd_fail(err, BD_ERR_PLUGIN, m->head.e_machine, SOURCE,
                       "made for another machine (ELF machine %u, here %u); build it on "
                       "this one",
                       (unsigned)m->head.e_machine, (unsigned)OUR_MACHINE);
    if (m->head.e_type != ET_DYN)
        return refuse(err, "not a shared object but another kind of ELF file; link it "
                           "with -shared");
    if (m->head.e_phentsize != sizeof(ElfW(Phdr)) || m->head.e_phnum == 0 ||
        !inside(m, m->head.e_phoff, (uint64_t)m->head.e_phnum * sizeof(ElfW(Phdr))))
        return refuse(err, CUT);
    if (m->head.e_shentsize != sizeof(ElfW(Shdr)) ||
        !inside(m, m->head.e_shoff, (uint64_t)m->head.e_shnum * sizeof(ElfW(Shdr))))
        return refuse(err, CUT);
    return 0;
}

static ElfW(Phdr) segment(const struct image *m, unsigned i)
{
    ElfW(Phdr) h;

    memcpy(&h, m->p + m->head.e_phoff + i * sizeof(h), sizeof(h));
    return h;
}

/* Where in the file the loaded address is. */
static bool offset_of(const struct image *m, uint64_t address, uint64_t *at)
{
    for (unsigned i = 0; i < m->head.e_phnum; i++) {
        ElfW(Phdr) h = segment(m, i);

        if (h.p_type == PT_LOAD && address >= h.p_vaddr &&
            address - h.p_vaddr < h.p_filesz) {
            *at = h.p_offset + (address - h.p_vaddr);
            return true;
        }
    }
    return false;
}

static int check_path(const struct image *m, uint64_t name, struct bd_error *err)
{
    const char *s = string_at(m, m->strings + name);

    if (!s)
        return refuse(err, CUT);
    if (strstr(s, "ORIGIN"))
        return refuse(err, "searches libraries beside itself ($ORIGIN), which a private "
                           "copy cannot; link them into it or install them");
    return 0;
}

static int check_dynamic_entry(const struct image *m, const ElfW(Dyn) * d,
                               struct bd_error *err)
{
    uint64_t value = d->d_un.d_val;

    if (d->d_tag == DT_FLAGS && value & DF_STATIC_TLS)
        return refuse(err, "uses static thread storage, which soon runs out on reloads; "
                           "build it without -ftls-model=initial-exec");
    if (d->d_tag == DT_FLAGS_1 && value & DF_1_NODELETE)
        return refuse(err, "could never be unloaded; link it without -z nodelete");
    if (d->d_tag == DT_RPATH || d->d_tag == DT_RUNPATH)
        return check_path(m, value, err);
    return 0;
}

static int check_dynamic(struct image *m, const ElfW(Phdr) * h, struct bd_error *err)
{
    size_t n = h->p_filesz / sizeof(ElfW(Dyn));
    uint64_t strings = 0;
    ElfW(Dyn) d;

    if (n > MAX_DYNAMIC)
        return refuse(err, CUT);
    for (size_t i = 0; i < n; i++) {
        memcpy(&d, m->p + h->p_offset + i * sizeof(d), sizeof(d));
        if (d.d_tag == DT_NULL)
            n = i;
        if (d.d_tag == DT_STRTAB)
            strings = d.d_un.d_ptr;
    }
    if (!offset_of(m, strings, &m->strings))
        return refuse(err, CUT);
    for (size_t i = 0; i < n; i++) {
        memcpy(&d, m->p + h->p_offset + i * sizeof(d), sizeof(d));
        if (check_dynamic_entry(m, &d, err) < 0)
            return -1;
    }
    return 0;
}

static int check_segments(struct image *m, struct bd_error *err)
{
    bool dynamic = false;

    for (unsigned i = 0; i < m->head.e_phnum; i++) {
        ElfW(Phdr) h = segment(m, i);

        if ((h.p_type == PT_LOAD || h.p_type == PT_DYNAMIC) &&
            !inside(m, h.p_offset, h.p_filesz)) /* touching it would be SIGBUS */
            return refuse(err, CUT);
        if (h.p_type == PT_GNU_STACK && h.p_flags & PF_X)
            return refuse(err, "wants an executable stack; link it with "
                               "-z noexecstack");
    }
    for (unsigned i = 0; i < m->head.e_phnum; i++) {
        ElfW(Phdr) h = segment(m, i);

        if (h.p_type != PT_DYNAMIC)
            continue;
        dynamic = true;
        if (check_dynamic(m, &h, err) < 0)
            return -1;
    }
    return dynamic ? 0 : refuse(err, CUT);
}

struct found {
    bool entry, unique;
    char other[32]; /* an entry of another major */
};

static void look_at_symbol(const struct image *m, const ElfW(Sym) * s, uint64_t strings,
                           struct found *f)
{
    const char *name = string_at(m, strings + s->st_name);

    if (!name || s->st_shndx == SHN_UNDEF)
        return;
    if (ELF64_ST_BIND(s->st_info) == STB_GNU_UNIQUE)
        f->unique = true;
    if (strcmp(name, BD_PLUGIN_ENTRY_NAME) == 0)
        f->entry = true;
    else if (strncmp(name, "bd_plugin_v", 11) == 0 && strlen(name) < sizeof(f->other))
        memcpy(f->other, name, strlen(name) + 1);
}

static int look_at_symbols(const struct image *m, const ElfW(Shdr) * table,
                           struct found *f, struct bd_error *err)
{
    ElfW(Shdr) strings;
    ElfW(Sym) s;

    if (!inside(m, table->sh_offset, table->sh_size) || table->sh_link >= m->head.e_shnum)
        return refuse(err, CUT);
    memcpy(&strings, m->p + m->head.e_shoff + table->sh_link * sizeof(strings),
           sizeof(strings));
    for (uint64_t at = 0; at + sizeof(s) <= table->sh_size; at += sizeof(s)) {
        memcpy(&s, m->p + table->sh_offset + at, sizeof(s));
        look_at_symbol(m, &s, strings.sh_offset, f);
    }
    return 0;
}

static int check_symbols(const struct image *m, struct bd_error *err)
{
    struct found f = {0};
    bool any = false;
    ElfW(Shdr) h;

    for (unsigned i = 0; i < m->head.e_shnum; i++) {
        memcpy(&h, m->p + m->head.e_shoff + i * sizeof(h), sizeof(h));
        if (h.sh_type != SHT_DYNSYM)
            continue;
        any = true;
        if (look_at_symbols(m, &h, &f, err) < 0)
            return -1;
    }
    if (!any)
        return refuse(err, "has no table of dynamic symbols: cut, damaged or stripped of "
                           "too much; build or copy it again");
    if (!f.entry && f.other[0])
        return bd_fail(err, BD_ERR_PLUGIN, 0, SOURCE,
                       "built for another major version of the ABI (%s, this brandiag "
                       "wants %s); get the plugin for this version",
                       f.other, BD_PLUGIN_ENTRY_NAME);
    if (!f.entry)
        return refuse(err, "not a brandiag plugin: it exports no " BD_PLUGIN_ENTRY_NAME);
    if (f.unique)
        return refuse(err, "could never be unloaded (unique C++ symbols); build it with "
                           "-fno-gnu-unique or hidden visibility");
    return 0;
}

int bd__elf_check(const void *image, size_t size, struct bd_error *err)
{
    struct image m = {.p = image, .size = size};

    if (check_head(&m, err) < 0 || check_segments(&m, err) < 0)
        return -1;
    return check_symbols(&m, err);
}

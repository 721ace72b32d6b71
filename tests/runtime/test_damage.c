/* tests/runtime/test_damage.c - ten thousand damaged copies of a real plugin, each
 * loaded as a reload does: looked at, tried in another process, and only then loaded,
 * here in a process forked from this one, to count what a trial does not find. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <elf.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/thread.h"
#include "runtime/folder.h"
#include "runtime/image.h"
#include "runtime/module.h"
#include "runtime/sanitized.h"
#include "runtime/trial.h"

#define PLUGIN  BD_BUILD_DIR "/plugins/openai.so"
#define PROGRAM BD_BUILD_DIR "/bin/brandiag"
#define SEED    20240229u
#define MOST_MS 25000 /* trials begin until then */

/* Every third of those that pass the look is tried: each trial is a process. */
enum { VARIANTS = 10000, STRIDE = 3, LIMIT_MS = 1000 };

static char *whole, *bytes; /* as it was built; as it is damaged */
static size_t size, cut;

static struct {
    int cut_or_foreign; /* refused by the look at the file */
    int crashed, hung, refused;
    int untried, loaded;
    int slipped; /* through all that, and killed the process that loaded them */
} went;

/* xorshift: the same numbers on every machine. */
static uint32_t roll(uint32_t n)
{
    static uint32_t x = SEED;

    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    return x % n;
}

static void swap_blocks(size_t a, size_t b, size_t n)
{
    char held[256];

    memcpy(held, bytes + a, n);
    memmove(bytes + a, bytes + b, n);
    memcpy(bytes + b, held, n);
}

static void swap_sections(void)
{
    const Elf64_Ehdr *head = (const void *)whole;
    size_t a = roll(head->e_shnum), b = roll(head->e_shnum);

    swap_blocks(head->e_shoff + a * sizeof(Elf64_Shdr),
                head->e_shoff + b * sizeof(Elf64_Shdr), sizeof(Elf64_Shdr));
}

static void swap_segments(void)
{
    const Elf64_Ehdr *head = (const void *)whole;
    size_t a = roll(head->e_phnum), b = roll(head->e_phnum);

    swap_blocks(head->e_phoff + a * sizeof(Elf64_Phdr),
                head->e_phoff + b * sizeof(Elf64_Phdr), sizeof(Elf64_Phdr));
}

static void change_machine(void)
{
    Elf64_Ehdr *head = (void *)bytes;

    if (roll(2))
        head->e_machine = (Elf64_Half)roll(300);
    else
        head->e_ident[roll(EI_NIDENT)] ^= (unsigned char)(1 + roll(255));
}

static void flip_bits(size_t within)
{
    for (uint32_t n = 1 + roll(4); n > 0; n--)
        bytes[roll((uint32_t)within)] ^= (char)(1 << roll(8));
}

static void damage(int i)
{
    int cuts = (int)(size / 512);

    memcpy(bytes, whole, size);
    cut = size;
    if (i < cuts)
        cut = (size_t)i * 512;
    else if (i % 10 == 0)
        change_machine();
    else if (i % 10 == 1)
        swap_sections();
    else if (i % 10 == 2)
        swap_segments();
    else if (i % 10 == 3)
        swap_blocks(roll((uint32_t)size - 256), roll((uint32_t)size - 256),
                    1 + roll(255));
    else if (i % 10 < 6)
        flip_bits(4096); /* headers, symbols, relocations */
    else
        flip_bits(size);
}

static void count_refusal(const struct bd_error *err)
{
    if (strstr(err->message, "it crashed in a trial"))
        went.crashed++;
    else if (strstr(err->message, "did not come back"))
        went.hung++;
    else
        went.refused++;
}

/* What the process that wanted the plugin does now. */
static void load_beside(struct bd__image *image)
{
    struct bd_module *m = NULL;
    struct bd_error err;
    pid_t child = fork();
    int status = -1;

    assert_true(child >= 0);
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL); /* cmocka's */
        signal(SIGBUS, SIG_DFL);
        signal(SIGILL, SIG_DFL);
        signal(SIGFPE, SIG_DFL);
        if (bd__module_of(&m, image, &err) == 0)
            bd_module_free(m);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        went.loaded++;
    else
        went.slipped++;
}

static void load(const char *path, bool try)
{
    static int passed;
    struct bd__image *image = NULL;
    struct bd_error err;
    struct bd__trial t = {.program = PROGRAM, .name = "openai", .limit_ms = LIMIT_MS};

    if (bd__image_read(&image, path, NULL, &err) < 0) {
        went.cut_or_foreign++;
        return;
    }
    t.fd = image->copy.fd;
    if (!try || passed++ % STRIDE != 0)
        went.untried++;
    else if (bd__trial_run(&t, &err) < 0)
        count_refusal(&err);
    else
        load_beside(image);
    bd__image_unref(image);
}

static void damaged_files_are_refused_or_harmless(void **state)
{
    int64_t start_ms = bd_clock_ms();
    const char *path;

    (void)state;
    whole = read_bytes(PLUGIN, &size);
    bytes = malloc(size);
    assert_non_null(bytes);
    for (int i = 0; i < VARIANTS; i++) {
        damage(i);
        path = write_bytes("openai.so", bytes, cut);
        load(path, bd_clock_ms() - start_ms < MOST_MS);
    }
    print_message(
        "%d files: %d refused unread by the linker; tried: %d crashed, %d hung, "
        "%d refused, %d loaded, %d crashed only then; %d left untried\n",
        VARIANTS, went.cut_or_foreign, went.crashed, went.hung, went.refused, went.loaded,
        went.slipped, went.untried);
    assert_true(went.cut_or_foreign > 1000);
    assert_true(went.crashed > 0);
    /* A file whose harm hangs on what else is in memory can pass: 1 in 1,000 at most. */
    assert_true(went.slipped * 1000 <= VARIANTS);
    free(whole);
    free(bytes);
}

static int begin(void **state)
{
    bd_thread_is(BD_MAIN, "main");
    crashes_are_crashes();
    return make_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(damaged_files_are_refused_or_harmless),
    };

    return cmocka_run_group_tests(tests, begin, remove_folder);
}

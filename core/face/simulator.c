/* face/simulator.c - see simulator.h. */
#define _GNU_SOURCE /* pipe2 */
#include "face/simulator.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "face/setup.h"

static void become_simulator(const char *program, const char *seed, const char *key,
                             int out)
{
    if (dup2(out, STDOUT_FILENO) < 0)
        _exit(127);
    execl(program, program, "--listen", "127.0.0.1:0", "--seed", seed, "--key", key,
          "--exit-with-parent", "--quiet", (char *)NULL);
    _exit(127);
}

/* The first line the simulator prints is "listening on URL". */
static int read_url(struct bd_simulator *sim, int in)
{
    static const char before[] = "listening on ";
    char line[sizeof(sim->url) + sizeof(before)];
    size_t n = 0;

    while (n < sizeof(line) - 1 && read(in, line + n, 1) == 1 && line[n] != '\n')
        n++;
    line[n] = '\0';
    if (strncmp(line, before, strlen(before)) != 0 ||
        n - strlen(before) >= sizeof(sim->url))
        return -1;
    memcpy(sim->url, line + strlen(before), n - strlen(before) + 1);
    return 0;
}

void bd_simulator_stop(struct bd_simulator *sim)
{
    if (sim->pid <= 0)
        return;
    kill(sim->pid, SIGTERM);
    while (waitpid(sim->pid, NULL, 0) < 0 && errno == EINTR)
        ;
}

int bd_simulator_start(struct bd_simulator *sim, const char *seed, const char *key)
{
    char program[2200];
    int ends[2];

    if (!bd_setup_beside("bin/brandiag-sim", program, sizeof(program)) ||
        access(program, X_OK) != 0) {
        fprintf(stderr,
                "brandiag demo: the simulator brandiag-sim is not beside this "
                "program; build it with -DBD_TESTS=ON or install the whole package\n");
        return -1;
    }
    if (pipe2(ends, O_CLOEXEC) < 0) {
        fprintf(stderr, "brandiag demo: pipe: %m\n");
        return -1;
    }
    sim->pid = fork();
    if (sim->pid == 0)
        become_simulator(program, seed, key, ends[1]);
    close(ends[1]);
    if (sim->pid < 0 || read_url(sim, ends[0]) < 0) {
        close(ends[0]);
        bd_simulator_stop(sim);
        fprintf(stderr, "brandiag demo: %s did not start\n", program);
        return -1;
    }
    close(ends[0]);
    return 0;
}

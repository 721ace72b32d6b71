#!/usr/bin/env python3
"""Are the tests of the policies able to fail? Each mutant is a policy with one line wrong: the
bugs that breakers of well-known libraries had, and what is easily off by one. Each must be
caught by a test of its module.

    mutants.py BUILD_DIR      builds them beside the ordinary tests; prints who survived"""
import pathlib
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
BREAKER = ["breaker_cases", "breaker", "breaker_model"]

# what it is: (module, right, wrong, tests that must notice; first one that fails is enough)
MUTANTS = {
    "opens one failure late": ("breaker", "++b->failures >= b->config.threshold", "++b->failures > b->config.threshold", BREAKER),
    "success does not reset": ("breaker", "    if (outcome == BD_OUTCOME_OK)\n        b->failures = 0;", "    if (outcome == BD_OUTCOME_OK)\n        (void)0;", BREAKER),
    "neutral resets": ("breaker", "if (outcome == BD_OUTCOME_OK)\n        b->failures = 0;", "if (outcome != BD_OUTCOME_FAIL)\n        b->failures = 0;", BREAKER),
    "neutral counts": ("breaker", "else if (outcome == BD_OUTCOME_FAIL && ++b->failures", "else if (outcome != BD_OUTCOME_OK && ++b->failures", BREAKER),
    "who opens the door takes no permit": ("breaker", "        b->probing[slot] = true;\n", "        b->probing[slot] = b->probes_ok > 0;\n", BREAKER),
    "half-open admits everybody": ("breaker", "return used < b->config.half_open_max ? slot : -1;", "return slot;", BREAKER),
    "neutral keeps the permit": ("breaker", "    b->probing[slot] = false;\n", "    b->probing[slot] = outcome == BD_OUTCOME_NEUTRAL;\n", BREAKER),
    "a lost probe blocks for ever": ("breaker", "    if (first <= now_ms)\n", "    if (first <= now_ms && b->state == BD_BREAKER_CLOSED)\n", BREAKER),
    "the lease ends one millisecond late": ("breaker", "    if (first <= now_ms)\n", "    if (first < now_ms)\n", BREAKER),
    "late reports decide": ("breaker", "if (t->generation != b->generation) {", "if (t->generation > b->generation) {", BREAKER),
    "a ticket may be reported twice": ("breaker", "    t->open = false;\n", "    t->open = outcome == BD_OUTCOME_NEUTRAL;\n", BREAKER),
    "the timer does not restart": ("breaker", "    b->opened_ms = at_ms;\n", "    if (cause != BD_BREAKER_PROBE_FAILED)\n        b->opened_ms = at_ms;\n", BREAKER),
    "a lost probe opens from now": ("breaker", "trip(b, BD_BREAKER_PROBE_LOST, first);", "trip(b, BD_BREAKER_PROBE_LOST, now_ms);", BREAKER),
    "it probes one millisecond early": ("breaker", "return gone < closed_for ? closed_for - gone : 0;", "return gone + 1 < closed_for ? closed_for - gone : 0;", BREAKER),
    "it probes one millisecond late": ("breaker", "return gone < closed_for ? closed_for - gone : 0;", "return gone <= closed_for ? closed_for - gone + 1 : 0;", BREAKER),
    "the streak survives a recovery": ("breaker", "    b->failures = 0;\n    b->out = 0;", "    b->out = 0;", BREAKER),
    "a failing probe of three is outvoted": ("breaker", "    else if (outcome == BD_OUTCOME_FAIL)\n        trip(b, BD_BREAKER_PROBE_FAILED", "    else if (outcome == BD_OUTCOME_FAIL && b->config.half_open_max == 1)\n        trip(b, BD_BREAKER_PROBE_FAILED", BREAKER),
    "one success of three closes": ("breaker", "b->probes_ok >= b->config.half_open_max)", "b->probes_ok >= 1)", BREAKER),
    "looking takes the permit": ("breaker", "    struct bd_breaker then = *b;\n\n    settle(&then, now_ms);\n    return then.state;", "    settle((struct bd_breaker *)(uintptr_t)b, now_ms);\n    return b->state;", BREAKER),
    "jitter comes early": ("breaker", "b->config.recovery_ms + b->late_ms", "b->config.recovery_ms - b->late_ms", BREAKER),
    "a rate limit trips": ("breaker", "return err ? outcome_of(", "return err && err->type == BD_ERR_RATE_LIMITED ? BD_OUTCOME_FAIL : err ? outcome_of(", BREAKER),
    "an alarm fires one millisecond late": ("alarm", "now_ms - a->since_ms >= c->hold_ms", "now_ms - a->since_ms > c->hold_ms", ["alarm"]),
    "what has held is forgotten when it goes": ("alarm", "    news = pass(a, config, now_ms);\n    turn(a, on, now_ms);", "    turn(a, on, now_ms);\n    news = pass(a, config, now_ms);", ["alarm"]),
    "quiet counts from the beginning": ("alarm", "            a->quiet_ms = now_ms;\n", "            a->quiet_ms = a->since_ms;\n", ["alarm"]),
    "an alarm that comes back is a new one": ("alarm", "        if (on)\n            a->state = BD_ALARM_FIRING;", "        if (on)\n            a->state = BD_ALARM_PENDING;", ["alarm"]),
    "a message too many": ("alarm", "if (r->sent < (uint64_t)most)", "if (r->sent <= (uint64_t)most)", ["alarm"]),
    "what was held back is told for ever": ("alarm", "    r->held_told = r->held;\n", "", ["alarm"]),
    "a gate is shortened": ("limiter", "    if (until_ms > l->gate_ms)\n", "    if (until_ms != l->gate_ms)\n", ["limiter"]),
    "a volley lowers once for each of its calls": ("limiter", "    if (!l->lowered)\n", "    if (l->allowed)\n", ["limiter"]),
    "a crowd is judged by the clock": ("limiter", "    if (taken_ms > l->crowded_ms) {", "    if (now_ms > l->crowded_ms + 1000) {", ["limiter"]),
    "what was refused is not subtracted": ("limiter", "    taken = l->volley - l->refused;", "    taken = l->volley;", ["limiter"]),
    "tokens are not put right": ("limiter", "bd_window_add(&l->tokens, taken_ms, used - told);", "(void)taken_ms, (void)used, (void)told;", ["limiter"]),
    "the ramp is a wall": ("limiter", "    if (at <= now_ms)\n        return 0;\n    return at - now_ms", "    if (at + l->config.ramp_ms <= now_ms)\n        return 0;\n    return at - now_ms", ["limiter"]),
    "the window holds a second less": ("window", "now_ms / 1000 - (BD_WINDOW_SECONDS - 1)", "now_ms / 1000 - (BD_WINDOW_SECONDS - 2)", ["window", "limiter"]),
    "Retry-After is a ceiling": ("retry", "        delay += c->err->retry_after_ms;", "        delay = c->err->retry_after_ms / 2;", ["retry"]),
    "retries cost nothing": ("retry", "    b->tenths -= CALL;\n", "", ["retry"]),
    "a retry may run past the cut": ("retry", "< delay + needed)\n        return false;", "< delay)\n        return false;", ["retry"]),
    "hedges are not counted": ("hedge", "if (hedges * 100 > firsts", "if (0 * hedges > firsts", ["hedge"]),
    "hedges come at the median": ("hedge", "#define TAIL     95", "#define TAIL     50", ["hedge"]),
}


def cc(*args):
    command = ["cc", "-std=c17", "-w", "-O1", "-D_POSIX_C_SOURCE=200809L", f"-I{ROOT}/core", f"-I{ROOT}/core/include",
               f"-I{ROOT}/tests", *map(str, args)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"mutants.py: a mutant does not build:\n{done.stderr}")


def build(test, mutant, build_dir, folder):
    """The test of that name with the mutant in place of the module; its path."""
    ready, program = folder / f"test_{test}.o", folder / f"test_{test}"
    if not ready.exists():
        cc(f'-DBD_TEST_DATA="{ROOT}/tests/data"', f'-DBD_BUILD_DIR="{build_dir}"', "-c",
           ROOT / f"tests/policy/test_{test}.c", "-o", ready)
    cc(ready, mutant, f"{build_dir}/core/policy/libbd_policy.a", f"{build_dir}/core/base/libbd_base.a",
       "-lcmocka", "-ljansson", "-lutf8proc", "-lm", "-pthread", "-o", program)
    return program


def passes(program):
    try:
        return subprocess.run([program], capture_output=True, timeout=60).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def survives(name, build_dir, folder):
    module, right, wrong, tests = MUTANTS[name]
    text = (ROOT / f"core/policy/{module}.c").read_text(encoding="utf-8")
    if text.count(right) < 1:
        sys.exit(f"mutants.py: '{name}': {module}.c has no such line any more:\n{right}")
    source, mutant = folder / f"{module}.c", folder / f"{module}.o"
    source.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    cc("-c", source, "-o", mutant)
    return all(passes(build(test, mutant, build_dir, folder)) for test in tests)


def main():
    build_dir = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        alive = [name for name in MUTANTS if survives(name, build_dir, pathlib.Path(folder))]
    for name in alive:
        print(f"SURVIVED: {name}")
    print(f"{len(MUTANTS)} mutants, {len(alive)} survived")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())

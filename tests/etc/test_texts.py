"""What an operator reads and types cannot drift from the program: brandiag.ini(5), completion in zsh, the runbook."""
import os
import pathlib
import pty
import re
import select
import shutil
import subprocess
import time

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BRANDIAG_BUILD_DIR", ROOT / "build" / "release"))
PROGRAM = BUILD / "bin" / "brandiag"
SCRIPT = ROOT / "etc/completion/_brandiag"


def run(*command, **how):
    return subprocess.run([str(c) for c in command], text=True, capture_output=True, timeout=60, **how)


def help_of(*command):
    got = run(PROGRAM, *command, "--help")
    assert got.returncode == 0, got
    return got.stdout


def commands():
    return re.findall(r"^  ([a-z]+) +\S", help_of().split("Commands:")[1].split("\n\n")[0], re.M)


# ---- brandiag.ini(5) ----

def test_the_page_is_what_docs_configuration_says():
    got = run("/usr/bin/python3", ROOT / "cmake/man_ini.py")
    assert got.returncode == 0, got.stderr
    assert got.stdout == (ROOT / "etc/man/brandiag.ini.5").read_text(encoding="utf-8"), \
        "cmake/man_ini.py > etc/man/brandiag.ini.5"


def test_the_page_names_every_key_that_check_shows():
    page = (ROOT / "etc/man/brandiag.ini.5").read_text(encoding="utf-8").replace("\\-", "-")
    shown = run(PROGRAM, "check", "--show", "--config", "/dev/null").stdout
    keys = set(re.findall(r"^;?(\w+) = ", shown, re.M))
    assert len(keys) > 40
    assert keys <= set(re.findall(r"^\.TP\n\\fB(\w+)\\fR \(", page, re.M))


def test_the_page_is_well_formed():
    if not shutil.which("groff"):
        pytest.skip("groff is not installed (Debian package groff)")
    got = run("groff", "-man", "-ww", "-z", "-Kutf8", "-Tutf8", ROOT / "etc/man/brandiag.ini.5")
    assert (got.returncode, got.stderr) == (0, "")


# ---- zsh ----

def zsh(line):
    if not shutil.which("zsh"):
        pytest.skip("zsh is not installed (Debian package zsh)")
    got = run("zsh", "-fc", f"source {SCRIPT}; {line}")
    assert (got.returncode, got.stderr) == (0, "")
    return got.stdout.splitlines()


def test_zsh_knows_the_commands():
    assert [line.split(":")[0] for line in zsh(f"_brandiag_commands {PROGRAM}")] == commands()


def test_zsh_knows_the_options_of_every_command():
    for command in commands():
        listed = re.findall(r"^  (--[a-z-]+)", help_of(command), re.M)
        told = [re.match(r"\*(--[a-z-]+)\[", line)[1] for line in zsh(f"_brandiag_options {PROGRAM} {command}")]
        assert told == listed and told, command


def test_zsh_offers_the_words_of_an_enumeration():
    run_options = zsh(f"_brandiag_options {PROGRAM} run")
    assert any(o.startswith("*--probe[") and o.endswith(":(matrix neutral)") for o in run_options)
    assert any(o.startswith("*--format[") and o.endswith(":(terminal json html md csv)") for o in run_options)
    assert any(o.startswith("*--output[") and o.endswith(":_files") for o in run_options)
    assert zsh(f"_brandiag_operands {PROGRAM} ctl") == ["status", "providers", "reload", "rollback", "drain"]


RC = """
fpath=(%(folder)s $fpath); autoload -Uz compinit; compinit -D -u
show() {
  compadd() {
    local -a hits; builtin compadd -O hits "$@"
    (( $#hits )) && print -rl -- $hits >> %(out)s; builtin compadd "$@"
  }
  _main_complete; print -r -- END >> %(out)s
}
zle -C show complete-word show; bindkey '^X' show; PS1='ready> '
"""


def read_until(terminal, word, seconds=15):
    """What comes on the terminal until that word did."""
    seen, until = b"", time.monotonic() + seconds
    while word not in seen and time.monotonic() < until:
        if select.select([terminal], [], [], 0.2)[0]:
            seen += os.read(terminal, 4096)
    return seen


@pytest.mark.parametrize("typed, expected", [
    ("brandiag re", {"report", "resume", "read", "replay"}),
    ("brandiag ctl r", {"reload", "rollback"}),
    ("brandiag run --probe ", {"matrix", "neutral"}),
    ("brandiag check --o", {"--online"}),
    ("brandiag help pl", {"plugins"}),
])
def test_zsh_completes_what_is_typed(tmp_path, typed, expected):
    if not shutil.which("zsh"):
        pytest.skip("zsh is not installed (Debian package zsh)")
    out = tmp_path / "hits"
    (tmp_path / ".zshrc").write_text(RC % {"folder": SCRIPT.parent, "out": out})
    ours, theirs = pty.openpty()
    env = {"PATH": f"{PROGRAM.parent}:/usr/bin:/bin", "HOME": str(tmp_path), "ZDOTDIR": str(tmp_path), "TERM": "dumb"}
    shell = subprocess.Popen(["zsh", "-d", "-i"], stdin=theirs, stdout=theirs, stderr=theirs, env=env,
                             start_new_session=True)
    os.close(theirs)
    try:
        assert b"ready> " in read_until(ours, b"ready> ")
        os.write(ours, typed.encode() + b"\x18")
        until = time.monotonic() + 15
        while not (out.exists() and "END" in out.read_text()) and time.monotonic() < until:
            if select.select([ours], [], [], 0.1)[0]:
                os.read(ours, 4096)
        hits = set(out.read_text().split()) - {"END"}
    finally:
        shell.kill()
        shell.wait()
        os.close(ours)
    assert hits == expected


# ---- the runbook ----

def test_each_alert_has_its_paragraph_and_no_other_has():
    rules = (ROOT / "etc/prometheus/alerts.yml").read_text(encoding="utf-8")
    page = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    parts = re.split(r"^### (\w+)\n", page, flags=re.M)
    told = dict(zip(parts[1::2], parts[2::2]))
    assert list(told) == re.findall(r"- alert: (\w+)", rules)
    thin = [name for name, text in told.items() if len(text.split()) < 25]
    assert not thin, "what to do is not said"


def test_the_runbook_names_metrics_and_commands_that_there_are():
    page = (ROOT / "docs/runbook.md").read_text(encoding="utf-8")
    metrics = (ROOT / "docs/metrics.md").read_text(encoding="utf-8")
    gone = [m for m in re.findall(r"\b(?:brandiag|process)_[a-z_]+\b", page) if f"`{m}`" not in metrics]
    assert not gone
    for command in set(re.findall(r"`brandiag ([a-z]+)", page)):
        assert command in commands(), command
    for words in set(re.findall(r"`brandiag ctl ([a-z]+)", page)):
        assert words in help_of("ctl"), words

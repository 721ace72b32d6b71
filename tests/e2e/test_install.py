"""What `cmake --install` puts where: it works there, and its texts are those of the program."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from brandiag import ROOT

BUILD = pathlib.Path(os.environ.get("BRANDIAG_BUILD_DIR", ROOT / "build" / "release"))


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    prefix = tmp_path_factory.mktemp("prefix")
    if not (BUILD / "cmake_install.cmake").exists():
        pytest.skip("the program is not in a build folder of cmake")
    subprocess.run(["cmake", "--install", BUILD, "--prefix", prefix], check=True, capture_output=True)
    return prefix


def run(prefix, *args, **kw):
    return subprocess.run([prefix / "bin" / "brandiag", *args], capture_output=True, text=True, timeout=60, **kw)


def help_of(prefix, *command):
    return run(prefix, *command, "--help").stdout


def commands(prefix):
    return re.findall(r"^  ([a-z]+) +\S", help_of(prefix).split("Commands:")[1].split("\n\n")[0], re.M)


def options(prefix, command):
    return set(re.findall(r"^  (--[a-z-]+)", help_of(prefix, command), re.M))


def test_it_finds_its_plugins_where_it_was_installed(installed):
    got = run(installed, "plugins", cwd="/")
    assert got.returncode == 0, got
    assert str(installed) in got.stdout and str(ROOT) not in got.stdout
    for name in ("doubao", "qwen", "deepseek", "zhipu", "openai", "store_sqlite", "store_jsonl", "store_memory"):
        assert re.search(rf"^{name} ", got.stdout, re.M), name


def test_the_sample_in_full_is_what_the_option_tables_say(installed):
    printed = run(installed, "check", "--sample", cwd="/").stdout
    assert printed == (ROOT / "etc" / "brandiag.full.ini").read_text(encoding="utf-8"), \
        "brandiag check --sample > etc/brandiag.full.ini"


def test_the_sample_with_every_default_written_down_is_right(installed, tmp_path):
    lines = run(installed, "check", "--sample", cwd="/").stdout.splitlines()
    ini = [re.sub(r"^;(\[.*\]|\w+ = \S.*)$", r"\1", line) for line in lines]
    ini = [line.replace(";model =  ", "model = some ").replace(";api_key_env =  ", "api_key_env = E2E_KEY ") for line in ini]
    path = tmp_path / "all.ini"
    path.write_text("\n".join(ini), encoding="utf-8")
    got = run(installed, "check", "--config", path, cwd=tmp_path, env={**os.environ, "E2E_KEY": "k"})
    assert got.returncode == 0, got
    defaults = [re.match(r";(\w+) = (.*?) *;", line).groups() for line in lines if re.match(r";\w+ = \S", line)]
    shown = run(installed, "check", "--show", "--config", path, cwd=tmp_path, env={**os.environ, "E2E_KEY": "k"}).stdout
    assert len(defaults) > 60
    for name, value in defaults:
        assert re.search(rf"^{name} = {re.escape(value)} +; .*all\.ini", shown, re.M) or name in ("path", "plugin", "max_size", "fsync"), name


def test_the_manual_knows_every_command_and_option(installed):
    page = (installed / "share" / "man" / "man1" / "brandiag.1").read_text(encoding="utf-8").replace("\\-", "-")
    assert re.findall(r'^\.SS "brandiag ([a-z]+)', page, re.M) == commands(installed)
    for command, text in re.findall(r'^\.SS "brandiag ([a-z]+).*?$(.*?)(?=^\.S[SH])', page, re.M | re.S):
        told = set(re.findall(r"^\.B (--[a-z-]+)", text, re.M))
        assert told == options(installed, command) - {"--config", "--set", "--help"}, command
    version = run(installed, "--version").stdout.split()[-1]
    assert f'"brandiag {version}"' in page


def test_the_manual_is_well_formed(installed):
    if not shutil.which("groff"):
        pytest.skip("no groff")
    got = subprocess.run(["groff", "-man", "-ww", "-z", "-Kutf8", "-Tutf8", installed / "share/man/man1/brandiag.1"],
                         capture_output=True, text=True)
    assert got.returncode == 0 and not [line for line in got.stderr.splitlines() if "break line" not in line], got.stderr


def complete(prefix, *words):
    script = f"""source {prefix}/share/bash-completion/completions/brandiag
        COMP_WORDS=({prefix}/bin/brandiag {" ".join(f"'{w}'" for w in words)}); COMP_CWORD={len(words)}
        _brandiag; printf '%s\\n' "${{COMPREPLY[@]}}" """
    got = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    return set(got.stdout.split())


def test_completion_follows_the_help(installed):
    assert complete(installed, "") == {*commands(installed), "help"}
    assert complete(installed, "re") == {"report", "resume", "read", "replay"}
    for command in commands(installed):
        assert complete(installed, command, "--") == options(installed, command), command
    assert complete(installed, "ctl", "r") == {"reload", "rollback"}
    assert complete(installed, "run", "--format", "") == {"terminal", "json", "html", "md", "csv"}


def test_the_unit_is_one_that_systemd_takes(installed, tmp_path):
    unit = (installed / "lib" / "systemd" / "system" / "brandiag.service").read_text()
    assert "@" not in unit.replace("@system-service", "").replace("@privileged", "").replace("@resources", "")
    for line in ("Type=notify", "ExecReload=", "LoadCredential=", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        assert line in unit, line
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze")
    path = tmp_path / "brandiag.service"
    path.write_text(re.sub(r"ExecStart=\S+", f"ExecStart={installed}/bin/brandiag", unit))
    got = subprocess.run(["systemd-analyze", "verify", "--man=no", path], capture_output=True, text=True)
    wrong = [line for line in got.stderr.splitlines() if "brandiag.service" in line]
    assert not wrong, wrong
    got = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=20", path], capture_output=True, text=True)
    if "Unknown" not in got.stderr:
        assert got.returncode == 0, got.stdout[-2000:]


def test_the_demo_runs_where_it_was_installed(installed, tmp_path):
    got = run(installed, "demo", "--lang", "en", cwd=tmp_path, env={**os.environ, "HOME": str(tmp_path)})
    assert got.returncode == 0 and "10/10 done  10 ok" in got.stderr, got

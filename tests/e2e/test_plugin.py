"""A plugin written outside the tree, with nothing of it but core/include."""
import os
import shutil
import subprocess

import pytest

from brandiag import KEY_ENV, PATHS, ROOT, house, quick  # noqa: F401
from test_config import plugin_dir

SOURCE = ROOT / "tests" / "plugins" / "outside" / "echo" / "echo.c"
INCLUDE = ROOT / "core" / "include"


def build(folder):
    """echo.so, built in a folder of its own as docs/plugins.md says."""
    if not SOURCE.exists() or not shutil.which("cc"):
        pytest.skip("no echo.c or no C compiler")
    mine = folder / "myplugin"
    mine.mkdir()
    shutil.copy(SOURCE, mine)
    subprocess.run(["cc", "-std=c17", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden",
                    "-I", INCLUDE, "echo.c", "-o", "echo.so"], cwd=mine, check=True, timeout=60)
    return mine / "echo.so"


@pytest.fixture
def place(house):
    """A place that has the plugin beside the shipped ones, and a provider of it."""
    here = house(quick(), ["qwen"])
    plugins = plugin_dir(here)
    shutil.copy(build(here.directory), plugins)
    (plugins / "echo.so").chmod(0o755)
    here.sections["engine"] = {"plugin_dir": str(plugins)}
    here.sections["provider:echo"] = {"plugin": "echo", "model": "any", "allow_private": "yes", "stream": "no",
                                      "base_url": here.sim.url + "/openai/v1", "api_key_env": KEY_ENV}
    here.write()
    return here


def test_it_is_listed_with_its_options(place):
    got = place.run("plugins")
    assert got.code == 0, got
    assert any(line.split()[:2] == ["echo", "provider"] for line in got.text.splitlines()), got.text


def test_it_passes_the_conformance_kit(place):
    got = place.run("plugins", "check", place.directory / "plugins" / "echo.so")
    assert got.code == 0 and "FAULT" not in got.text, got


def test_it_answers_beside_the_shipped_ones(place):
    got = place.ask()
    assert got.code == 0, got
    assert got.statuses("echo") == {"ok": 5} and got.statuses("qwen") == {"ok": 5}
    assert place.sim.stats()["openai"]["requests"] == 5
    assert all(c["text"] for c in got.of("echo"))


def test_an_exchanged_plugin_is_used_by_the_next_run(place):
    """The file is replaced while a run has it loaded: that run ends well with the old one."""
    running = place.start("run", "--brand", "华为", "--question", "哪个好？", "--format", "json", "--quiet")
    try:
        fresh = place.directory / "plugins" / "echo.so.new"
        shutil.copy(place.directory / "plugins" / "qwen.so", fresh)  # not an echo at all
        os.replace(fresh, place.directory / "plugins" / "echo.so")
        out, _ = running.communicate(timeout=20)
    finally:
        running.kill()
        running.wait()
    assert running.returncode in (0, 2)
    got = place.run("check")
    assert got.code == 2 and "echo" in got.errors, got

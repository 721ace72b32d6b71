"""The program where `cmake --install` put it, below a prefix and below DESTDIR: it serves, and a plugin is built against what is there."""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

from brandiag import ROOT, house  # noqa: F401
from serve import Daemon

BUILD = pathlib.Path(os.environ.get("BRANDIAG_BUILD_DIR", ROOT / "build" / "release"))


def install(*args, **env):
    if not (BUILD / "cmake_install.cmake").exists():
        pytest.skip("the program is not in a build folder of cmake")
    subprocess.run(["cmake", "--install", BUILD, *args], check=True, capture_output=True,
                   env={**os.environ, **env})


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    place = tmp_path_factory.mktemp("prefix")
    install("--prefix", place)
    return place


def plugin_dir(prefix):
    return next(prefix.rglob("brandiag/plugins"))


def at_home(prefix, place):
    """The same folder, with the installed program."""
    place.program = prefix / "bin" / "brandiag"
    return place


def test_destdir_has_the_same_files_below_it(prefix, tmp_path):
    install("--prefix", "/usr", DESTDIR=str(tmp_path))

    def files(root):
        return {str(p.relative_to(root)) for p in root.rglob("*") if p.is_file()}
    assert files(tmp_path / "usr") == files(prefix)
    assert {p.name for p in tmp_path.iterdir()} == {"usr"}, "nothing is put beside it"
    got = subprocess.run([tmp_path / "usr/bin/brandiag", "plugins"], cwd="/", capture_output=True, text=True)
    assert got.returncode == 0 and str(tmp_path) in got.stdout, got


@pytest.mark.parametrize("path", [
    "bin/brandiag", "bin/brandiag-sim", "include/bd/plugin.h", "include/bd/provider.h", "include/bd/storage.h",
    "share/man/man5/brandiag.ini.5", "share/zsh/site-functions/_brandiag",
    "share/brandiag/prometheus/alerts.yml", "share/brandiag/prometheus/scrape.yml", "share/doc/brandiag/brandiag.ini"])
def test_everything_is_in_its_usual_place(prefix, path):
    assert (prefix / path).is_file()


def test_nothing_installed_names_the_place_it_was_built_in(prefix):
    texts = [p for p in prefix.rglob("*") if p.is_file() and p.suffix not in (".so", "") or p.name.startswith("_")]
    named = [str(p) for p in texts if str(BUILD) in p.read_text(encoding="utf-8", errors="replace")]
    assert texts and not named


def test_the_installed_daemon_serves(prefix, house):
    with Daemon(at_home(prefix, house())) as d:
        id = d.submit()
        assert d.wait(id) == "done" and d.report(id)["summary"]["success"]
        status = d.get("/v1/status").json
        assert status["generation"]["number"] == 1
        assert d.post("/v1/reload").status == 200
        assert d.stop() == 0


def test_the_installed_demo_finds_its_simulator(prefix, tmp_path):
    here, home = tmp_path / "here", tmp_path / "home"
    here.mkdir()
    home.mkdir()
    got = subprocess.run([prefix / "bin/brandiag", "demo", "--format", "json", "--quiet"], cwd=here,
                         env={"PATH": "/usr/bin:/bin", "HOME": str(home)}, capture_output=True, timeout=60)
    assert got.returncode == 0, got.stderr
    assert not list(here.iterdir()), "nothing is left where it was started"


def test_a_plugin_is_built_against_the_installed_headers_and_asked(prefix, house, tmp_path):
    source = tmp_path / "own"
    source.mkdir()
    shutil.copy(ROOT / "tests/plugins/outside/echo/echo.c", source)
    subprocess.run(["cc", "-std=c17", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-fvisibility=hidden",
                    "-I", prefix / "include", "echo.c", "-o", "echo.so"], cwd=source, check=True)
    place = at_home(prefix, house(providers=["doubao"]))
    own = place.directory / "plugins"
    shutil.copytree(plugin_dir(prefix), own)
    shutil.copy(source / "echo.so", own)
    os.chmod(own / "echo.so", 0o644)
    checked = place.run("plugins", "check", own / "echo.so")
    assert checked.code == 0, checked
    place.sections["engine"] = {"plugin_dir": str(own)}
    place.sections["provider:echo"] = {"plugin": "echo", "model": "any", "base_url": place.sim.url + "/openai/v1",
                                       "allow_private": "yes"}
    place.write()
    listed = place.run("plugins")
    assert re.search(r"^echo +provider ", listed.text, re.M), listed
    got = place.run("check")
    assert got.code == 0, got
    with Daemon(place) as d:
        names = {p["name"] for p in d.get("/v1/providers").json["providers"]}
        assert names == {"doubao", "echo"}

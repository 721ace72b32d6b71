"""The documentation says what the program says: keys, defaults, options, links, files."""
import json
import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGES = sorted(p for p in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
READMES = ["README.md", "README.zh.md"]
COMMANDS = ["run", "demo", "serve", "ctl", "report", "replay", "resume", "list", "check", "plugins", "read"]
STORAGES = ["store_sqlite", "store_jsonl", "store_memory"]
ADAPTERS = ["doubao", "qwen", "deepseek", "zhipu", "openai"]


@pytest.fixture(scope="module")
def brandiag(bin_dir, tmp_path_factory):
    """brandiag(ARGS...) -> what it prints on stdout; started where no configuration is."""
    place = tmp_path_factory.mktemp("docs")
    env = {"PATH": os.environ["PATH"], "HOME": str(place), "LANG": "C.UTF-8",
           "DOCS_KEY": "a-key-for-the-documentation"}

    def run(*args):
        return subprocess.run([bin_dir / "brandiag", *args], cwd=place, env=env, text=True,
                              stdin=subprocess.DEVNULL, capture_output=True, timeout=60)
    return run


def provider(adapter):
    return ["--set", f"provider:{adapter}.plugin={adapter}",
            "--set", f"provider:{adapter}.model=some-model",
            "--set", f"provider:{adapter}.api_key_env=DOCS_KEY"]


def shown(text):
    """check --show as {section: {key: default, or None where it is unset}}."""
    sections, keys = {}, {}
    for line in text.splitlines():
        if header := re.fullmatch(r"\[(.+)\]", line):
            keys = sections.setdefault(header[1], {})
        elif pair := re.fullmatch(r"(;?)(\w+) = (.*?) *; (default|unset: .*|--set)", line):
            keys[pair[2]] = pair[3] if pair[4] == "default" else None
    return sections


def tables(page):
    """The tables of keys in a page as {heading: {key: (type, default or None)}}."""
    headings, keys = {}, {}
    for line in page.splitlines():
        if line.startswith("#"):
            keys = headings.setdefault(line.lstrip("# "), {})
        elif row := re.fullmatch(r"\| `(\w+)` \| ([^|]+) \| ([^|]+) \| .* \|", line):
            keys[row[1]] = (row[2], None if row[3] == "–" else row[3].strip("`"))
    return {heading: keys for heading, keys in headings.items() if keys}


@pytest.fixture(scope="module")
def written():
    return tables((ROOT / "docs/configuration.md").read_text(encoding="utf-8"))


def differences(printed, documented, where):
    for key in sorted(printed.keys() | documented.keys()):
        if key not in documented:
            yield f"{where} {key}: not in docs/configuration.md"
        elif key not in printed:
            yield f"{where} {key}: in docs/configuration.md, but the program has none"
        elif printed[key] != documented[key][1]:
            yield f"{where} {key}: {printed[key]} in the program, {documented[key][1]} documented"


def test_every_key_and_default_of_the_core_and_the_storages_is_documented(brandiag, written):
    wrong = []
    for storage in STORAGES:
        set_it = ["--set", f"storage.plugin={storage}"]
        for section, keys in shown(brandiag("check", "--show", *set_it).stdout).items():
            if section == "storage":
                keys["plugin"] = "store_sqlite"
            wrong += differences(keys, written.get(f"[{section}]", {}), f"[{section}]")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("adapter", ADAPTERS)
def test_every_key_and_default_of_a_provider_is_documented(brandiag, written, adapter):
    printed = brandiag("check", "--show", *provider(adapter))
    assert printed.returncode == 0, printed.stderr
    own = written[f"plugin = {adapter}"]
    documented = {**written["[provider:NAME]"], **own}
    keys = shown(printed.stdout)[f"provider:{adapter}"]
    wrong = list(differences(keys, documented, f"[provider:{adapter}]"))
    assert not wrong, "\n".join(wrong)


def test_every_section_of_the_program_is_documented_and_no_other(brandiag, written):
    sections = {f"[{s}]" for storage in STORAGES
                for s in shown(brandiag("check", "--show", "--set",
                                        f"storage.plugin={storage}").stdout)}
    plugins = {f"plugin = {adapter}" for adapter in ADAPTERS}
    assert set(written) == sections | plugins | {"[provider:NAME]"}


def test_every_plugin_and_option_that_plugins_prints_is_documented(brandiag, written):
    wrong, section = [], None
    for line in brandiag("plugins").stdout.splitlines():
        if head := re.match(r"(\w+) +(provider|storage) +version", line):
            section = (f"plugin = {head[1]}" if head[2] == "provider" else f"[storage:{head[1]}]")
            if section not in written:
                wrong.append(f"{section}: not documented")
        elif option := re.match(r"    (\w+) .*?(?: \[(.*)\])?$", line):
            default = written.get(section, {}).get(option[1], (None, "no such row"))[1]
            if default != option[2]:
                wrong.append(f"{section} {option[1]}: {option[2]} printed, {default} documented")
    assert section and not wrong, "\n".join(wrong)


@pytest.mark.parametrize("key, value, ok", [
    ("engine.deadline", "250ms", False), ("engine.deadline", "500ms", True),
    ("engine.deadline", "1h", True), ("engine.deadline", "2h", False),
    ("engine.deadline", "7", True), ("engine.deadline", "1.5s", False),
    ("engine.workers", "256", True), ("engine.workers", "257", False),
    ("engine.net_threads", "5", False), ("engine.max_reply", "64kB", True),
    ("engine.max_reply", "1KiB", True), ("engine.max_reply", "1000", False),
    ("breaker.half_open_max_calls", "9", False), ("retry.max_retries", "11", False),
    ("retry.base_delay", "61s", False), ("retry.max_delay", "10m", True),
    ("prompt.neutral", "{brand} {question}", False), ("prompt.matrix", "{brand}", False),
    ("provider:doubao.allow_private", "YES", True), ("provider:doubao.price_input", ".5", False),
    ("provider:doubao.timeout_simple", "99ms", False),
    ("provider:doubao.base_url", "http://127.0.0.1/v1", False),
])
def test_values_are_taken_and_refused_as_documented(brandiag, key, value, ok):
    got = brandiag("check", *provider("doubao"), "--set", f"{key}={value}")
    assert got.returncode == (0 if ok else 2), got.stderr
    assert ok or key.rpartition(".")[2] in got.stderr


def test_every_command_and_option_of_help_is_in_both_readmes(brandiag):
    listed = re.findall(r"^  (\w+) ", brandiag("--help").stdout, re.M)
    assert listed == COMMANDS
    for name in READMES:
        text = (ROOT / name).read_text(encoding="utf-8")
        wrong = [c for c in COMMANDS if f"`brandiag {c}" not in text]
        for command in COMMANDS:
            options = re.findall(r"^  (--[\w-]+)", brandiag(command, "--help").stdout, re.M)
            assert options, command
            wrong += [f"{command} {o}" for o in options if not re.search(rf"{o}(?![\w-])", text)]
        assert not wrong, f"{name}: {wrong}"


def test_no_readme_names_an_option_that_is_not_there(brandiag):
    known = {o for c in COMMANDS
             for o in re.findall(r"^  (--[\w-]+)", brandiag(c, "--help").stdout, re.M)}
    known |= {"--preset", "--build", "--install"}  # cmake's
    for name in [*READMES, "docs/configuration.md"]:
        used = set(re.findall(r"(?<![\w-])--[a-z][\w-]*", (ROOT / name).read_text(encoding="utf-8")))
        assert used <= known, f"{name}: {used - known}"


def test_the_diagnosis_file_of_the_readme_is_taken(brandiag, tmp_path):
    for name in READMES:
        text = (ROOT / name).read_text(encoding="utf-8")
        example = re.search(r"```json\n(.*?)```", text, re.S)[1]
        file = tmp_path / "inquiry.json"
        file.write_text(example, encoding="utf-8")
        got = brandiag("run", "--from", str(file), "--dry-run", *provider("doubao"))
        asked = json.loads(example)
        calls = (1 + len(asked["competitors"])) + asked["samples"]
        assert got.returncode == 0 and f"{calls} calls" in got.stdout, got.stderr


def test_the_configuration_of_the_readme_is_right(brandiag, tmp_path):
    for name in READMES:
        text = (ROOT / name).read_text(encoding="utf-8")
        file = tmp_path / "readme.ini"
        file.write_text(re.search(r"```ini\n(.*?)```", text, re.S)[1], encoding="utf-8")
        got = brandiag("check", "--config", str(file), "--set",
                       "provider:doubao.api_key_env=DOCS_KEY")
        assert got.returncode == 0, got.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_relative_links_lead_somewhere_and_no_merge_was_left_half_done(page):
    text = page.read_text(encoding="utf-8")
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)
             if not re.match(r"[a-z]+:", link) and not link.startswith("#")]
    dead = [link for link in links if not (page.parent / link).exists()]
    assert not dead
    assert not re.search(r"^(<{7}|={7}|>{7})", text, re.M)


@pytest.mark.parametrize("name", [*READMES, "docs/architecture.md"])
def test_files_that_are_named_exist(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:core|plugins|tests|docs|etc|cmake)/[\w./-]*)`", text))
    named |= {f"core/{path}" for path in re.findall(
        r"`((?:base|policy|runtime|domain|engine|face)/[\w.]+\.[ch])`", text)}
    gone = [path for path in sorted(named) if not (ROOT / path).exists()]
    assert not gone


def test_both_readmes_have_the_same_tables_and_tour():
    def facts(name):
        text = (ROOT / name).read_text(encoding="utf-8")
        return (re.findall(r"\]\(((?:core|plugins|tests|docs)/[^)]*)\)", text),
                [len(re.findall(r"^\|", part, re.M)) for part in text.split("\n## ")])
    assert facts("README.md") == facts("README.zh.md")


# ---- docs/reliability.md ----

def defined(test):
    """Is that test, FILE::NAME, in that file, and run there?"""
    file, _, name = test.partition("::")
    path = ROOT / file
    if not path.is_file():
        return False
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        return f"def {name}(" in text
    # A case that is only defined does not run: it stands in the list of cases, too.
    return len(re.findall(rf"\b{name}\b", text)) >= 2


def test_every_promise_names_a_test_that_there_is():
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\|[^|]+\|[^|]+\| (tests/\S+) \|$", page, re.M)
    assert len(rows) >= 30
    assert len(rows) == len(re.findall(r"^\| .* tests/", page, re.M)), "a row is not of the form fault | seen | test"
    missing = [row for row in rows if not defined(row)]
    assert not missing, "\n".join(missing)


def test_the_table_of_broken_providers_is_the_one_that_is_tested():
    page = (ROOT / "docs/reliability.md").read_text(encoding="utf-8")
    table = subprocess.run(["/usr/bin/python3", str(ROOT / "tests/e2e/test_broken.py")], text=True,
                           capture_output=True, check=True).stdout
    begin, end = "<!-- begin: python3 tests/e2e/test_broken.py -->\n", "<!-- end -->"
    assert page.partition(begin)[2].partition(end)[0] == table

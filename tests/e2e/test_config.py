"""Configuration and command line: what is wrong is refused before anything is sent, with its
place and the remedy."""
import json
import os
import re
import shutil
import sqlite3

import pytest

from brandiag import ALL, KEY, KEY_ENV, REFERENCE, house, one_provider, quick  # noqa: F401


def refused(place, *args, **how):
    """Exit 2, nothing on stdout, nothing sent; gives stderr."""
    got = place.run(*(args or ("run", *REFERENCE)), **how)
    assert got.code == 2 and got.out == b"", got
    if place.sim:
        assert all(one["requests"] == 0 for one in place.sim.stats().values())
    return got.errors


# ---- the file ----

# (what is added at the end, its offending line, words of the message)
WRONG = {
    "unknown_key": ("[engine]\nworkerz = 3\n", "workerz", ["[engine]", "'workerz'", "did you mean 'workers'"]),
    "unknown_key_of_a_provider": (
        "[provider:zhipu]\nplugin = zhipu\nmodel = glm\nbase_ulr = https://x.example\n", "base_ulr",
        ["provider:zhipu", "base_ulr", "did you mean 'base_url'"]),
    "unknown_section": ("[enigne]\nworkers = 3\n", "[enigne]", ["[enigne]", "[engine]"]),
    "bare_provider": ("[deepseek]\nmodel = x\n", "[deepseek]", ["[deepseek]"]),
    "bad_number": ("[breaker]\nfailure_threshold = five\n", "failure_threshold", ["failure_threshold", "five"]),
    "out_of_range": ("[breaker]\nfailure_threshold = 0\n", "failure_threshold", ["failure_threshold", "1"]),
    "bad_duration": ("[engine]\ndeadline = 20 parsecs\n", "deadline", ["deadline", "20 parsecs"]),
    "bad_bool": ("[provider:zhipu]\nmodel = glm\nstream = maybe\n", "stream", ["stream", "maybe"]),
    "bad_level": ("[log]\nlevel = loud\n", "level", ["level", "loud", "debug, info, warning, error"]),
    "bad_workers": ("[engine]\nworkers = 100000\n", "workers", ["workers", "256", "auto"]),
    "duplicate_key": ("[engine]\nworkers = 2\nworkers = 3\n", "workers = 3", ["workers", "twice"]),
    "duplicate_section": ("[storage]\nplugin = store_memory\n", None, ["[storage]", "twice"]),
    "no_section_end": ("[engine\nworkers = 2\n", "[engine", []),
    "no_value_sign": ("[engine]\nworkers\n", "workers", []),
    "no_plugin": ("[provider:nobody]\nmodel = x\n", "[provider:nobody]", ["nobody"]),
    "no_model": ("[provider:zhipu]\nplugin = zhipu\n", "[provider:zhipu]", ["'model'"]),
    "unknown_prompt_word": ("[prompt]\nmatrix = {question} {colour}\n", "matrix", ["{colour}", "{brand}"]),
    "prompt_without_question": ("[prompt]\nneutral = Which brand?\n", "neutral", ["{question}"]),
    "neutral_prompt_that_names_the_brand": ("[prompt]\nneutral = {question} {brand}\n", "neutral", ["{brand}"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_line_is_named_with_its_place_and_the_remedy(house, name):
    extra, line, words = WRONG[name]
    place = house()
    place.write(extra)
    for command in (("run", *REFERENCE), ("check",)):
        errors = refused(place, *command)
        if line:
            assert f"brandiag.ini:{place.line_of(line)}:" in errors, errors
        assert all(word in errors for word in words), errors


def test_all_problems_are_told_at_once(house):
    place = house()
    place.write("[engine]\nworkerz = 3\ndeadline = never\n[log]\nlevel = loud\nformat = xml\ncolour = 1\n"
                "[prompt]\nneutral = Which?\n"
                "[provider:zhipu]\nmodel = glm\nthinking = maybe\napi_key_env = NOT_THERE\n")
    errors = refused(place, "check", env={"E2E_KEY": None})
    lines = {place.line_of(key) for key in ("workerz", "deadline", "level", "format", "colour", "neutral",
                                            "thinking", "api_key_env = NOT", "api_key_env = E2E")}
    assert lines <= set(map(int, re.findall(r"^\S*brandiag.ini:(\d+): ", errors, re.M))), errors
    assert errors.endswith(f"10 problems in {place.ini.name}\n"), errors  # E2E_KEY is missed twice


@pytest.mark.parametrize("name, value", [("E2E_KEY", None), ("E2E_KEY", ""), ("E2E_KEY", "two words")],
                         ids=["unset", "empty", "blank_in_it"])
def test_a_missing_key_names_the_variable(house, name, value):
    place = house()
    errors = refused(place, env={name: value})
    assert "E2E_KEY" in errors and "doubao" in errors, errors
    assert "E2E_KEY" in refused(place, "check", env={name: value})


def test_a_key_that_is_missing_for_a_model_not_asked_does_not_matter(house):
    place = house(settings=one_provider("doubao", api_key_env="NOT_THERE"))
    assert place.ask("--model", "qwen").code == 0


def test_a_missing_key_among_several_hints_at_those_that_can_be_asked(house):
    place = house(providers=ALL, settings={"provider:doubao": {"api_key_env": "NOT_THERE"},
                                           "provider:zhipu": {"api_key_env": "NOT_THERE"}})
    errors = refused(place)
    assert "NOT_THERE" in errors and "--model qwen --model deepseek" in errors, errors
    assert "--model zhipu" not in errors and "--model doubao" not in errors
    assert place.ask("--model", "qwen", "--model", "deepseek").code == 0
    place.sim.reset()
    assert "--model" not in refused(place, "run", *REFERENCE, "--model", "doubao")
    assert "--model" not in refused(place, env={KEY_ENV: None})


def test_a_provider_without_any_key_option_is_told_with_its_section(house):
    place = house(settings={"provider:doubao": {"api_key_env": None, "allow_private": None, "base_url": None},
                            "provider:qwen": {"api_key_env": None}})
    for command in (("check",), ("run", *REFERENCE)):
        errors = refused(place, *command)
        assert "doubao" in errors and "api_key_env" in errors and "api_key_file" in errors, errors
    errors = refused(place, "check")
    assert f"brandiag.ini:{place.line_of('[provider:doubao]')}: [provider:doubao] there is no key" in errors
    assert "qwen" not in errors, errors


def test_a_server_of_ones_own_without_a_key_is_a_note(house):
    place = house(settings={"provider:qwen": {"api_key_env": None}}, providers=["qwen"])
    got = place.run("check")
    assert got.code == 0 and got.err == b"", got
    assert f"brandiag.ini:{place.line_of('[provider:qwen]')}: note: [provider:qwen] has no key" in got.text, got


def test_the_address_of_alerts_is_checked_and_never_shown(house):
    place = house()
    place.write("[alerts]\nformat = slack\nwebhook = http://hooks.example/CANARY\nsecret_env = NOBODY_SET_THIS\n")
    errors = refused(place, "check")
    assert f"brandiag.ini:{place.line_of('webhook')}: [alerts] webhook: the address is not https" in errors, errors
    assert f"brandiag.ini:{place.line_of('secret_env')}: [alerts] secret_env: that environment" in errors, errors
    place = house()
    place.write("[alerts]\nformat = slack\nwebhook = https://hooks.example/CANARY?a=b\n")
    got = place.run("check", "--show")
    assert got.code == 0 and re.search(r"^webhook = \*\*\* ", got.text, re.M), got
    assert "CANARY" not in errors + got.text + got.errors


def test_an_unknown_key_of_the_core_is_looked_up_by_check_show(house):
    place = house()
    place.write("[engine]\ncolour = red\nworkers = 2\n[log]\nlevel = info\n"
                "[provider:zhipu]\nmodel = glm\ncolour = red\n")
    got = place.run("check", "--show")
    assert got.code == 2 and "[engine] has no key 'colour'; `brandiag check --show`" in got.errors, got
    assert "[provider:zhipu] has no key 'colour'; `brandiag plugins`" in got.errors, got
    assert re.search(r"^workers = auto ", got.text, re.M), got
    assert re.search(r"^level = info .*brandiag.ini", got.text, re.M), got


def test_a_key_in_place_of_the_variables_name_is_not_shown(house):
    place = house(settings=one_provider("doubao", api_key_env="sk-secret-0123456789"))
    assert "sk-secret" not in refused(place)


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o601], ids=oct)
def test_a_key_file_that_others_may_read_is_refused(house, mode):
    place = house(settings={"provider:qwen": {"api_key_env": None, "api_key_file": "key"}}, providers=["qwen"])
    file = place.directory / "key"
    file.write_text(KEY)
    file.chmod(mode)
    errors = refused(place)
    assert "chmod 600" in errors and "key" in errors, errors
    file.chmod(0o600)
    assert place.ask().code == 0


def test_a_key_file_with_a_line_end_is_taken(house):
    place = house(settings={"provider:qwen": {"api_key_env": None, "api_key_file": "key"}}, providers=["qwen"])
    file = place.directory / "key"
    file.write_text(KEY + "\n")
    file.chmod(0o600)
    assert place.ask().code == 0


def test_a_file_of_certificates_must_be_one(house, tmp_path):
    empty = tmp_path / "empty.pem"
    empty.write_text("-----BEGIN PRIVATE KEY-----\n")
    for file, why in ((tmp_path / "none.pem", "No such file"), (tmp_path, "Is a directory"),
                      (empty, "there is no PEM certificate in it")):
        place = house(settings=one_provider("qwen", ca_file=file))
        errors = refused(place)
        assert f"brandiag.ini:{place.line_of('ca_file')}: [provider:qwen] ca_file = {file}: {why}" in errors, errors


def test_http_to_a_private_address_needs_leave(house):
    place = house(settings=one_provider("qwen", allow_private="no"))
    errors = refused(place)
    assert "allow_private" in errors and "qwen" in errors
    assert f"brandiag.ini:{place.line_of('base_url = ' + place.sim.url + '/qwen')}" in errors, errors


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "http://", "127.0.0.1:80", "http://user:pw@127.0.0.1/x",
                                 "http://127.0.0.1:99999/x"])
def test_an_address_that_is_none_is_refused(house, url):
    place = house(settings=one_provider("qwen", base_url=url))
    assert "base_url" in refused(place, "check")


INNER = ["https://127.0.0.1/v1", "https://2130706433/v1", "https://0x7f.1/v1", "https://0177.0.0.1", "https://[::1]:8443",
         "https://[::ffff:127.0.0.1]/v1", "https://localhost/v1", "https://10.1.2.3", "https://169.254.169.254/latest"]


@pytest.mark.parametrize("url", INNER)
def test_an_address_of_the_own_network_needs_leave(house, url):
    """X4: in whatever spelling; what names lead to is judged when a call connects."""
    place = house(settings=one_provider("qwen", base_url=url, allow_private="no"))
    errors = refused(place, "check")
    assert f"brandiag.ini:{place.line_of('base_url = ' + url)}: [provider:qwen] base_url = " in errors, errors
    assert "allow_private = yes" in errors


@pytest.mark.parametrize("url", ["https://user:hunter2@example.com/v1", "https://hunter2@example.com", "https://example.com/v1?key=hunter2",
                                 "https://example.com/v1#hunter2", "https://example.com@hunter2@evil.example/"])
def test_an_address_with_a_password_or_query_is_refused_and_not_repeated(house, url):
    place = house(settings=one_provider("qwen", base_url=url))
    errors = refused(place, "check")
    assert "[provider:qwen] base_url = https://" in errors and "hunter2" not in errors, errors


# X9: what would begin another header, another line of a log or another argument.
@pytest.mark.parametrize("key", ["model", "base_url", "ca_file", "api_key_env", "api_key_file", "plugin"])
@pytest.mark.parametrize("tail", ["\r\nX-Evil: 1", "\nX-Evil: 1", "\rX-Evil: 1", "\x1b[31m", "\x7f", "\u0085X", "\t"],
                         ids=["crlf", "lf", "cr", "escape", "delete", "nel", "tab"])
def test_control_characters_in_a_value_are_refused(house, key, tail):
    place = house(settings=one_provider("qwen", api_key_env=None))
    value = "https://h.example/v1" if key == "base_url" else "value"
    got = place.run("check", "--set", f"provider:qwen.{key}={value}{tail}")
    assert got.code == 2 and "[provider:qwen]" in got.errors and key.split("_")[0] in got.errors, got
    assert "\r" not in got.errors and "\x1b" not in got.errors and "\x7f" not in got.errors and "\x85" not in got.errors
    assert "\nX-Evil" not in got.errors, got


@pytest.mark.parametrize("key", ["a\r\nX-Evil: 1", "a\nX-Evil: 1", "a\rb", "a b", "a\tb", "a\x7f", "\u5bc6\u94a5"])
@pytest.mark.parametrize("source", ["environment", "file"])
def test_a_key_that_would_begin_another_header_is_refused(house, key, source):
    secret = "sk-0123456789" + key
    place = house(settings=one_provider("qwen", api_key_env="X9_KEY"))
    if source == "file":
        place = house(settings={"provider:qwen": {"api_key_env": None, "api_key_file": "x9.key"}})
        (place.directory / "x9.key").write_text(secret, encoding="utf-8")
        (place.directory / "x9.key").chmod(0o600)
    got = place.run("check", env={"X9_KEY": secret})
    assert got.code == 2 and "must hold the key alone" in got.errors and "sk-0123456789" not in got.errors, got


def test_a_nul_is_refused(house):
    place = house()
    place.ini.write_bytes(place.ini.read_bytes().replace(b"qwen-plus", b"qwen\0plus"))
    assert "NUL" in refused(place, "check")


def test_a_file_that_everybody_may_write_is_refused(house):
    place = house()
    place.ini.chmod(0o666)
    assert "brandiag.ini" in refused(place)


def test_a_configuration_that_is_not_there_is_named(house):
    place = house()
    assert "nowhere.ini" in refused(place, "run", *REFERENCE, "--config", "nowhere.ini")
    assert "nowhere.ini" in refused(place, env={"BRANDIAG_CONFIG": "nowhere.ini"})


def test_no_configuration_at_all_is_said(house):
    place = house(None)
    place.ini.unlink()
    for command in (("run", *REFERENCE), ("run", *REFERENCE, "--dry-run"), ("check",),
                    ("run", *REFERENCE, "--model", "qwen")):
        errors = refused(place, *command)
        assert "no provider is configured" in errors and "no configuration file was found" in errors, errors
        assert "(config" not in errors


def test_set_wins_over_the_file_and_is_named_as_the_place(house):
    place = house()
    asked = place.ask("--set", "provider:qwen.model=qwen-max", "--model", "qwen", "--probe", "neutral")
    assert [c["model"] for c in asked.cells] == ["qwen-max"]
    place.sim.reset()
    errors = refused(place, "check", "--set", "engine.workerz=3")
    assert "--set" in errors and "did you mean 'workers'" in errors
    assert "section.key=value" in refused(place, "check", "--set", "nonsense")


# ---- the command line ----

USAGE = {
    "no_brand": (["run", "--question", "x"], ["--brand"]),
    "no_question": (["run", "--brand", "x"], ["--question"]),
    "unknown_option": (["run", "--bradn", "x"], ["'--bradn'", "'--brand'"]),
    "unknown_short_option": (["run", "-x"], ["-x"]),
    "no_value": (["run", "--brand"], ["--brand needs a value"]),
    "value_too_many": (["run", "--quiet=yes"], ["--quiet takes no value"]),
    "unknown_command": (["rum"], ["no command 'rum'", "did you mean 'run'?\n"]),
    "nothing_like_a_command": (["-x"], ["no option '-x'\n", "lists the commands"]),
    "nothing_like_an_option": (["run", "--x"], ["no option '--x'\n"]),
    "help_of_no_command": (["help", "rum"], ["no command 'rum'", "did you mean 'run'?"]),
    "no_file": (["run", "--from", "nowhere.json"], ["run: unable to open nowhere.json"]),
    "unknown_probe": (["run", *REFERENCE, "--probe", "both"], ["'both'", "matrix or neutral"]),
    "unknown_format": (["run", *REFERENCE, "--format", "pdf"], ["'pdf'", "terminal, json, html, md or csv"]),
    "unknown_language": (["run", *REFERENCE, "--lang", "fr"], ["'fr'", "zh or en"]),
    "no_samples": (["run", *REFERENCE, "--samples", "0"], ["'0'", "1 to 10000"]),
    "too_short": (["run", *REFERENCE, "--deadline", "1ms"], ["'1ms'", "500ms"]),
    "negative": (["run", *REFERENCE, "--deadline", "-5s"], ["'-5s'"]),
    "no_cost": (["run", *REFERENCE, "--max-cost", "0"], ["'0'", "1.50"]),
    "search": (["run", *REFERENCE, "--search", "yes"], ["'yes'", "on or off"]),
    "operand": (["run", *REFERENCE, "more"], ["'more'"]),
    "same_brand_twice": (["run", *REFERENCE, "--competitor", "huawei"], ["'华为'", "'huawei'"]),
    "same_question_twice": (["run", *REFERENCE, *REFERENCE[-2:]], ["twice"]),
    "same_model_twice": (["run", *REFERENCE, "--model", "qwen", "--model", "qwen/qwen-plus"], ["qwen"]),
    "unfilled_question": (["run", "--brand", "x", "--question", "{{question}}?"], ["{{question}}"]),
    "blank_question": (["run", "--brand", "x", "--question", "  "], ["question"]),
    "unknown_provider": (["run", *REFERENCE, "--model", "claude"], ["'claude'", "doubao, qwen"]),
    "report_without_id": (["report"], ["ID is missing"]),
    "serve_operand": (["serve", "x"], ["'x'"]),
    "resume_without_id": (["resume"], ["ID is missing"]),
    "ctl_word": (["ctl", "restart"], ["'restart'", "reload"]),
    "replay_without_id": (["replay"], ["ID is missing"]),
}


@pytest.mark.parametrize("name", USAGE)
def test_wrong_usage_says_what_to_do(house, name):
    args, words = USAGE[name]
    errors = refused(house(), *args)
    assert all(word in errors for word in words), errors


def test_the_help_of_run_says_what_each_exit_code_means(house):
    text = house(None).run("run", "--help").text
    codes = text.partition("Exit codes:\n")[2]
    assert re.findall(r"(?:^|  )(\d)  ", codes, re.M) == ["0", "3", "4", "2", "1"]
    assert "cut by time" in " ".join(codes.split())
    got = house(settings={f"provider:{p}": {"max_tokens": "8"} for p in ("doubao", "qwen")}).ask()
    assert got.code == 0 and got.statuses() == {"truncated": 10}, got
    assert got.report["summary"]["truncated"] == got.report["summary"]["total"] == 10


def test_help_and_version(house):
    place = house(None)
    for args in (["--help"], ["-h"], ["help"], ["--version"], *([c, "--help"] for c in
                 ("run", "demo", "report", "list", "check", "plugins"))):
        got = place.run(*args)
        assert got.code == 0 and got.out and got.err == b"", args
        assert max(map(len, got.text.splitlines())) <= 80, args
    assert place.run().code == 2
    assert place.run("help", "list").out == place.run("list", "--help").out


# ---- check ----

def test_check_finds_nothing_wrong_and_sends_nothing(house):
    place = house()
    got = place.run("check")
    assert got.code == 0 and "no problem found" in got.text and got.err == b"", got
    assert all(one["requests"] == 0 for one in place.sim.stats().values())


def test_check_show_prints_every_value_with_its_place_and_no_secret(house):
    place = house(settings=one_provider("qwen", timeout_simple="3s"))
    got = place.run("check", "--show", "--set", "engine.workers=2")
    assert got.code == 0, got
    assert re.search(r"^workers = 2 .*--set", got.text, re.M)
    assert re.search(rf"^timeout_simple = 3s .*brandiag.ini:{place.line_of('timeout_simple')}\b", got.text, re.M)
    assert re.search(r"^failure_threshold = 5 .*default", got.text, re.M)
    for section in ("engine", "breaker", "retry", "storage", "prompt", "log", "storage:store_sqlite",
                    "provider:doubao", "provider:qwen"):
        assert f"[{section}]" in got.text
    assert KEY not in got.text
    assert KEY_ENV in got.text


def test_check_online_asks_each_provider_once(house):
    place = house(quick(), ALL)
    got = place.run("check", "--online")
    assert got.code == 0, got
    assert [place.sim.stats()[p]["requests"] for p in ALL] == [1] * 4
    assert all(re.search(rf"^{p}\s.*answers after \d+ ms", got.text, re.M) for p in ALL)


def test_check_online_tells_who_does_not_answer_and_why(house):
    place = house(quick(qwen={"script": ["500 forever"]}), settings=one_provider("doubao", api_key_env="OTHER"))
    got = place.run("check", "--online", env={"OTHER": "sk-not-the-key-0000"})
    assert got.code == 1, got
    assert re.search(r"^doubao\s.*auth", got.text, re.M) and re.search(r"^qwen\s.*overloaded", got.text, re.M), got


# ---- plugins ----

SHIPPED = {"doubao": "provider", "qwen": "provider", "deepseek": "provider", "zhipu": "provider",
           "openai": "provider", "store_sqlite": "storage", "store_jsonl": "storage", "store_memory": "storage"}


def plugin_dir(place):
    """A copy of the shipped plugins that the test may change."""
    there = place.bin_dir.parent / "plugins"
    if not there.is_dir():
        there = place.bin_dir.parent / "lib" / "brandiag" / "plugins"
    copy = place.directory / "plugins"
    copy.mkdir()
    for file in there.glob("*.so"):
        shutil.copy(file, copy)
        (copy / file.name).chmod(0o755)
    return copy


def test_plugins_lists_all_with_their_options(house):
    got = house(None).run("plugins")
    assert got.code == 0, got
    listed = dict(re.findall(r"^(\w+)\s+(provider|storage)\s+version \S+\s+ABI \d+\.\d+\s+/", got.text, re.M))
    assert listed == SHIPPED
    assert "path" in got.text


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_plugin_passes_the_conformance_kit(house, name):
    place = house(None)
    got = place.run("plugins", "check", plugin_dir(place) / f"{name}.so")
    assert got.code == 0, got
    assert got.text.strip()


def test_what_is_no_plugin_fails_the_conformance_kit(house):
    place = house(None)
    (place.directory / "text.so").write_text("no plugin\n")
    for file in ("text.so", "nowhere.so", "/usr/lib/x86_64-linux-gnu/libjansson.so.4"):
        if file.startswith("/") and not os.path.exists(file):
            continue
        got = place.run("plugins", "check", file)
        assert got.code == 1 and got.text.startswith("FAULT"), got


def test_a_plugin_that_everybody_may_write_is_refused(house):
    place = house()
    plugins = plugin_dir(place)
    (plugins / "qwen.so").chmod(0o777)
    place.sections["engine"] = {"plugin_dir": str(plugins)}
    place.write()
    errors = refused(place)
    assert "qwen.so" in errors and "chmod go-w" in errors, errors
    got = place.run("plugins")
    assert got.code == 0 and re.search(r"qwen\.so\n\s+cannot be loaded: .*chmod go-w", got.text), got.text


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "symlink"])
def test_a_damaged_plugin_is_refused(house, damage):
    place = house()
    plugins = plugin_dir(place)
    file = plugins / "qwen.so"
    if damage == "symlink":
        file.rename(plugins / "other.so")
        file.symlink_to("other.so")
    else:
        body = {"cut": file.read_bytes()[:3000], "text": b"hello\n" * 1000, "empty": b""}[damage]
        file.write_bytes(body)
    place.sections["engine"] = {"plugin_dir": str(plugins)}
    place.write()
    assert "qwen" in refused(place)


# ---- storage ----

def test_a_database_of_another_program_is_refused(house):
    place = house()
    with sqlite3.connect(place.database) as db:
        db.execute("CREATE TABLE theirs(x)")
    db.close()
    got = place.ask()
    assert got.code in (1, 2) and got.out == b"" and "another program" in got.errors, got
    assert place.sim.stats()["qwen"]["requests"] == 0


def test_a_database_folder_that_is_not_there_is_named(house):
    place = house(settings={"storage:store_sqlite": {"path": "/nonexistent-e2e/x.db"}})
    got = place.ask()
    assert got.code in (1, 2) and "/nonexistent-e2e" in got.errors, got


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_looking_creates_no_storage(house, storage):
    place = house(storage=storage)
    before = sorted(place.directory.iterdir())
    assert place.run("list").text == "nothing is stored yet\n"
    assert json.loads(place.run("list", "--format", "json").text) == []
    got = place.run("report", "20261124t014401881-8da92ed6")
    assert got.code == 1 and "nothing is stored yet" in got.errors and "/e2e." in got.errors, got
    assert place.run("run", *REFERENCE, "--dry-run").code == 0
    assert place.run("check").code == 0
    assert place.run("check", "--online").code == 0
    assert sorted(place.directory.iterdir()) == before
    assert place.ask().code == 0
    listed = json.loads(place.run("list", "--format", "json").text)
    assert place.run("check", "--online").code == 0 and place.run("run", *REFERENCE, "--dry-run").code == 0
    assert len(listed) == 1 and json.loads(place.run("list", "--format", "json").text) == listed


def test_log_lines_may_be_json(house):
    place = house(quick(qwen={"script": ["401 forever"]}))
    got = place.ask("--set", "log.format=json", "--set", "log.level=debug")
    assert got.code == 3, got
    lines = [json.loads(line) for line in got.errors.splitlines()]
    assert lines and all({"level"} <= set(line) for line in lines), lines[:3]

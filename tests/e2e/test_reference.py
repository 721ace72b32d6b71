"""The reference case of SEED: four brands, one question, two models, through the real
program against simulated providers."""
import json
import re
import shlex
import unicodedata

import jsonschema
import pytest

from brandiag import BRANDS, QUESTION, REFERENCE, ROOT, house, one_provider, quick  # noqa: F401

SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))

KEYS = {("matrix", brand, provider, 0) for brand in BRANDS for provider in ("doubao", "qwen")} \
    | {("neutral", None, provider, 0) for provider in ("doubao", "qwen")}


def key(cell):
    return cell["probe"], cell["brand"], cell["provider"], cell["sample"]


def lasting(cell):
    """What the same answers give again: no times, no ids."""
    gone = {"ttft_ms", "latency_ms", "finished_ms", "request_id"}
    return {k: v for k, v in cell.items() if k not in gone}


def columns(line):
    """How wide a terminal shows it, by Unicode's own table."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
               for c in line)


def assert_valid(report):
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
                for e in jsonschema.Draft202012Validator(SCHEMA).iter_errors(report)]
    assert not problems, "\n".join(problems)


def test_ten_of_ten_cells_are_answered_and_the_report_is_valid(house):
    place = house()
    got = place.ask()
    assert got.code == 0, got
    assert got.err == b""
    report = got.report
    assert_valid(report)
    assert {key(c) for c in report["cells"]} == KEYS
    assert len(report["cells"]) == 10
    assert got.statuses() == {"ok": 10}
    summary = report["summary"]
    assert (summary["success"], summary["total"], summary["completed"], summary["calls"]) == (True, 10, 10, 10)
    assert report["brand"] == BRANDS[0] and report["competitors"] == BRANDS[1:]
    assert report["questions"] == [QUESTION]
    stats = place.sim.stats()
    assert stats["doubao"]["requests"] == stats["qwen"]["requests"] == 5


def test_what_was_sent_is_the_bare_question_or_names_the_brand(house):
    place = house()
    assert place.ask().code == 0
    prompts = [entry["prompt"] for entry in place.sim.log()]
    assert prompts.count(QUESTION) == 2
    assert len(prompts) == 10


def test_matrix_alone_gives_the_eight_cells_of_the_seed(house):
    got = house().ask("--probe", "matrix")
    assert got.code == 0 and got.statuses() == {"ok": 8}
    assert {c["probe"] for c in got.cells} == {"matrix"}
    assert_valid(got.report)


def test_samples_repeat_the_neutral_question_only(house):
    got = house().ask("--samples", "3")
    assert got.code == 0 and got.statuses() == {"ok": 14}
    neutral = [(c["provider"], c["sample"]) for c in got.cells if c["probe"] == "neutral"]
    assert sorted(neutral) == [(p, n) for p in ("doubao", "qwen") for n in range(3)]
    assert_valid(got.report)


@pytest.mark.parametrize("env", [{}, {"NO_COLOR": "1"}, {"TERM": "xterm-256color"}, {"TERM": None}],
                         ids=["plain", "no_color", "colour_terminal", "no_terminal"])
def test_the_piped_terminal_report_has_80_columns_and_no_escapes(house, env):
    got = house().run("run", *REFERENCE, env=env)
    assert got.code == 0, got
    assert b"\x1b" not in got.out and b"\x1b" not in got.err and b"\r" not in got.out
    wide = [line for line in got.text.splitlines() if columns(line) > 80]
    assert not wide
    assert all(brand in got.text for brand in BRANDS)
    assert got.errors.splitlines(), "progress goes to stderr"


@pytest.mark.parametrize("more", [[], ["--answers"], ["--lang", "en"], ["--lang", "en", "--answers"]],
                         ids=" ".join)
def test_every_view_of_the_terminal_report_keeps_to_80_columns(house, more):
    got = house().run("run", *REFERENCE, "--quiet", *more)
    assert got.code == 0, got
    assert not [line for line in got.text.splitlines() if columns(line) > 80]


def test_quiet_says_nothing_on_stderr(house):
    got = house().run("run", *REFERENCE, "--quiet")
    assert got.code == 0 and got.err == b"" and got.out


def test_english_on_request_has_no_chinese_but_names_and_what_was_asked_and_answered(house):
    got = house().run("run", "--brand", "Huawei", "--competitor", "Tesla", "--lang", "en", "--question",
                      "Which new-energy car brand would you recommend?")
    assert got.code == 0, got
    assert not re.search("[一-鿿]", got.text + got.errors)


def test_the_language_follows_the_question_when_the_locale_has_none(house):
    place = house()
    assert "结论" in place.run("run", *REFERENCE, "--quiet").text
    assert place.ask(env={"LC_ALL": "en_US.UTF-8"}).report["lang"] == "en"


def test_output_writes_the_file_and_nothing_else(house):
    place = house()
    file = place.directory / "report.json"
    got = place.ask("--output", file)
    assert got.code == 0 and got.out == b"" and got.err == b""
    assert_valid(json.loads(file.read_text(encoding="utf-8")))
    assert not list(place.directory.glob("report.json?*")), "no temporary file is left"


def test_output_replaces_an_older_report(house):
    place = house()
    file = place.directory / "report.txt"
    file.write_text("old " * 100000)
    assert place.run("run", *REFERENCE, "--quiet", "--output", file).code == 0
    assert "old old" not in file.read_text(encoding="utf-8")


def test_every_storage_gives_the_same_cells(house):
    seen = {}
    for storage in ("store_sqlite", "store_jsonl", "store_memory"):
        got = house(storage=storage).ask()
        assert got.code == 0, got
        seen[storage] = sorted((lasting(c) for c in got.cells), key=lambda c: str(key(c)))
    assert seen["store_sqlite"] == seen["store_jsonl"] == seen["store_memory"]


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_a_stored_diagnosis_is_shown_again_with_the_same_cells(house, storage):
    place = house(storage=storage)
    first = place.ask().report
    again = place.run("report", "--format", "json", first["id"])
    assert again.code == 0, again
    assert_valid(again.report)
    assert sorted(again.cells, key=lambda c: str(key(c))) == sorted(first["cells"], key=lambda c: str(key(c)))
    for member in ("id", "created", "brand", "competitors", "questions", "providers", "probes",
                   "deadline_ms", "summary", "scores", "metrics"):
        assert again.report[member] == first[member], member


def test_cells_of_a_stored_diagnosis_come_in_the_order_of_the_run(house):
    place = house(scenario=quick(doubao={"latency": {"total_ms": 400}}))
    first = place.ask("--samples", "12").report
    again = place.run("report", "--format", "json", first["id"])
    assert [key(c) for c in again.cells] == [key(c) for c in first["cells"]]


def test_a_stored_diagnosis_is_shown_on_the_terminal_as_it_was(house):
    place = house()
    first = place.run("run", *REFERENCE, "--quiet")
    listed = json.loads(place.run("list", "--format", "json").text)
    again = place.run("report", listed[0]["id"])
    assert again.code == 0 and again.text == first.text


def test_list_shows_the_newest_first(house):
    place = house()
    assert "nothing is stored" in place.run("list").text
    ids = [place.ask("--probe", "neutral").report["id"] for _ in range(3)]
    assert len(set(ids)) == 3
    listed = json.loads(place.run("list", "--format", "json").text)
    assert [row["id"] for row in listed] == ids[::-1]
    assert all(row["brand"] == BRANDS[0] and row["finished"] and row["summary"]["success"] for row in listed)
    text = place.run("list").text
    assert [line.split()[0] for line in text.splitlines()] == ids[::-1]
    limited = json.loads(place.run("list", "--format", "json", "--limit", "1", "--before", ids[2]).text)
    assert [row["id"] for row in limited] == [ids[1]]


def test_a_report_that_is_not_stored_is_said_to_be_missing(house):
    got = house().run("report", "20200101t000000000-00000000")
    assert got.code == 1 and got.out == b""
    assert "20200101t000000000-00000000" in got.errors and "brandiag list" in got.errors


def test_the_database_has_one_row_for_each_task(house):
    place = house()
    report = place.ask().report
    rows = place.rows("SELECT key, brand, provider, model, status, score, time_ms, error, data, diagnosis FROM cells")
    assert len(rows) == 10 and len({row[0] for row in rows}) == 10
    assert {row[9] for row in rows} == {report["id"]}
    assert sorted((r[1], r[2]) for r in rows) == sorted((c["brand"] or "*", c["provider"]) for c in report["cells"])
    for _, _, _, model, status, score, time_ms, error, data, _ in rows:
        assert status == "ok" and error is None and model
        assert score is None or 0 <= score <= 1
        assert time_ms > 1.5e12
        assert json.loads(data)["status"] == "ok"
    (done,) = place.rows("SELECT id, state, brand, request, summary, finished_ms - created_ms FROM diagnoses")
    assert done[0] == report["id"] and done[1] == 1 and done[2] == BRANDS[0] and done[5] >= 0
    assert json.loads(done[3])["questions"] == [QUESTION]
    summary = json.loads(done[4])
    states = summary.pop("states")  # for `report ID`: what only the process knew
    assert summary == report["summary"]
    assert [s["breaker"] for s in states] == [p["breaker"] for p in report["providers"]] == ["closed"] * 2
    assert place.rows("PRAGMA integrity_check") == [("ok",)]


def test_a_diagnosis_is_read_from_a_file(house):
    place = house()
    file = place.directory / "case.json"
    file.write_text(json.dumps({
        "brand": {"name": "华为", "aliases": ["Huawei", "问界"]}, "competitors": ["小米"], "questions": [QUESTION],
        "models": ["qwen"], "probes": ["neutral"], "samples": 2, "lang": "en"}), encoding="utf-8")
    got = place.run("run", "--from", file, "--format", "json", "--quiet")
    assert got.code == 0, got
    assert_valid(got.report)
    assert [key(c) for c in got.cells] == [("neutral", None, "qwen", 0), ("neutral", None, "qwen", 1)]
    assert got.report["lang"] == "en"


@pytest.mark.parametrize("content, words", [
    ('{"brand": "华为",\n "questions": [', ["case.json:2", "]"]),
    ('{"brand": "华为", "question": ["x"]}', ["case.json", "question", "did you mean 'questions'"]),
    ('{"brand": 3, "questions": ["x"]}', ["case.json", "'brand'"]),
    ('[]', ["case.json", "object"]),
    ('{"brand": "a", "competitors": ["A"], "questions": ["x"]}', ["A"]),
], ids=["cut", "unknown_member", "wrong_type", "no_object", "same_brand_twice"])
def test_a_wrong_file_is_refused_with_its_place(house, content, words):
    place = house()
    (place.directory / "case.json").write_text(content, encoding="utf-8")
    got = place.run("run", "--from", "case.json")
    assert got.code == 2 and got.out == b"", got
    assert all(word in got.errors for word in words), got.errors
    assert place.sim.stats()["qwen"]["requests"] == 0


def test_a_file_that_is_not_there_is_named(house):
    got = house().run("run", "--from", "nowhere.json")
    assert got.code == 2 and "nowhere.json" in got.errors


def test_dry_run_says_the_calls_and_sends_nothing(house):
    place = house(settings=one_provider("doubao", price_input=0.8, price_output=2))
    got = place.run("run", *REFERENCE, "--samples", "3", "--dry-run")
    assert got.code == 0, got
    assert re.search(r"doubao\s.*\b7 calls.*0\.\d+ CNY", got.text)
    assert re.search(r"qwen\s.*\b7 calls.*no price", got.text)
    assert re.search(r"all\s.*\b14 calls", got.text)
    assert "nothing was sent" in got.text
    assert all(one["requests"] == 0 for one in place.sim.stats().values())
    assert json.loads(place.run("list", "--format", "json").text) == []


def test_a_question_that_names_a_brand_is_told_before_during_and_after(house):
    place = house()
    ask = ["run", *REFERENCE, "--question", "小米的车好吗？", "--probe", "neutral"]
    assert "问题 2 含有品牌名" in place.run(*ask, "--dry-run").text
    got = place.run(*ask)
    assert "问题 2 含有品牌名" in got.errors and "问题 2 含有品牌名" in got.text
    assert "问题点名 2" in got.text  # cells left out
    again = place.run(*ask, "--quiet", "--format", "json")
    assert not again.errors and again.report["questions_branded"] == [1]
    assert [c["question"] for c in again.cells if c["index"]["question"] == 1] == ["小米的车好吗？"] * 2


def test_max_calls_sends_so_many_and_skips_the_rest(house):
    place = house()
    got = place.ask("--max-calls", "3")
    assert got.code == 3, got
    assert sum(one["requests"] for one in place.sim.stats().values()) == 3
    assert got.statuses() == {"ok": 3, "skipped": 7}
    assert {c["reason"] for c in got.cells if c["status"] == "skipped"} == {"budget"}
    assert got.report["summary"]["calls"] == 3
    assert_valid(got.report)


def test_max_cost_stops_sending_once_it_is_spent(house):
    place = house(providers=["qwen"],
                  settings=one_provider("qwen", price_input=1000, price_output=1000, concurrency=1))
    got = place.ask("--max-cost", "0.0001")
    assert got.code == 3, got
    assert place.sim.stats()["qwen"]["requests"] == 1
    assert got.statuses() == {"ok": 1, "skipped": 4}
    assert got.report["summary"]["cost"] > 0


@pytest.mark.parametrize("more", [[], ["--dry-run"]], ids=["run", "dry_run"])
def test_max_cost_without_prices_is_refused_before_anything_is_sent(house, more):
    place = house(settings={"provider:doubao": {"price_input": "1", "price_output": "2"},
                            "provider:qwen": {"price_input": "1"}})
    got = place.run("run", *REFERENCE, "--max-cost", "1", *more)
    assert got.code == 2 and got.out == b"", got
    assert all(word in got.errors for word in ("[provider:qwen]", "price_input", "price_output")), got.errors
    assert "doubao" not in got.errors
    assert all(one["requests"] == 0 for one in place.sim.stats().values())
    assert place.run("run", *REFERENCE, "--max-cost", "1", "--model", "doubao", *more).code == 0


def test_one_model_of_several_is_asked_by_name(house):
    place = house()
    got = place.ask("--model", "qwen/qwen-max", "--probe", "neutral")
    assert got.code == 0 and [c["model"] for c in got.cells] == ["qwen-max"]
    assert place.sim.log()[0]["model"] == "qwen-max"
    assert place.sim.stats()["doubao"]["requests"] == 0


def test_four_providers_answer_at_once(house):
    place = house(providers=["doubao", "qwen", "deepseek", "zhipu"])
    got = place.ask()
    assert got.code == 0 and got.statuses() == {"ok": 20}
    assert_valid(got.report)
    assert got.seconds < 3


@pytest.mark.parametrize("stream", ["yes", "no"])
def test_whole_replies_and_streams_give_the_same_text(house, stream):
    names = ["doubao", "qwen", "deepseek", "zhipu"]
    settings = {f"provider:{name}": {"stream": stream} for name in names}
    answer = {"answer": {"text": "1. 华为\n2. 小米"}}
    got = house(scenario=quick(**{n: answer for n in names}), providers=names, settings=settings).ask()
    assert got.code == 0, got
    assert {c["text"] for c in got.cells} == {"1. 华为\n2. 小米"}


def test_demo_needs_no_configuration(house):
    place = house(scenario=None)
    place.ini.unlink()
    got = place.run("demo", "--all", "--format", "json", "--lang", "en")
    assert got.code == 0, got
    assert_valid(got.report)
    assert got.statuses() == {"ok": 20}
    hint = re.search(r"brandiag (list --set \S+)", got.errors).group(1)
    assert got.report["id"] in place.run(*hint.split()).text


@pytest.mark.parametrize("more", [
    ["storage.plugin=store_jsonl"], ["storage.plugin=store_jsonl", "storage:store_jsonl.path=a b's.jsonl"],
    ["storage:store_sqlite.path=mine.db"]], ids=["jsonl", "jsonl_there", "sqlite_there"])
def test_the_demos_last_line_leads_to_what_it_stored(house, more):
    place = house(scenario=None, storage="store_memory")  # what ./brandiag.ini says must not matter
    got = place.run("demo", "--format", "json", *[word for one in more for word in ("--set", one)])
    assert got.code == 0, got
    line = shlex.split(got.errors.partition("see it again:\n  brandiag ")[2])
    assert line[0] == "list" and got.report["id"] in place.run(*line).text, line
    assert not (place.directory / "brandiag.jsonl").exists()


def test_the_demo_says_that_memory_keeps_nothing(house):
    got = house(scenario=None).run("demo", "--format", "json", "--set", "storage.plugin=store_memory")
    assert got.code == 0 and got.errors.splitlines()[-1].startswith("not stored: store_memory"), got


def test_the_score_weighs_as_configured_and_keeps_its_weights(house):
    place = house(settings={"score": {"mention": "30", "rank": "0", "share_of_voice": "10", "sentiment": "0"}})
    told = place.ask().report
    weights = {name: part["weight"] for name, part in told["scores"][0]["parts"].items()}
    assert weights == {"mention": 0.75, "rank": 0, "share_of_voice": 0.25, "sentiment": 0}
    own = place.ask("--set", "score.mention=1", "--set", "score.share_of_voice=0").report
    assert own["scores"][0]["parts"]["mention"]["weight"] == 1
    assert own["scores"][0]["score"] == pytest.approx(100 * own["scores"][0]["parts"]["mention"]["value"])
    later = json.loads(place.run("report", told["id"], "--format", "json", "--set", "score.mention=1").text)
    for style in ("html", "md", "terminal"):
        page = place.run("report", told["id"], "--format", style, "--lang", "en").text
        formula = page[page.lower().index("score = "):][:120]
        assert "75%" in formula and "25%" in formula and "40%" not in formula, (style, formula)
    assert later["scores"] == told["scores"], "a stored diagnosis keeps the weights that it was asked with"

"""Answers that are kept: identical calls are made once in the time to live, and any
difference that could change the answer makes another call."""
import sqlite3
import time

import pytest

from brandiag import KEY, MODELS, PATHS, REFERENCE, house, one_provider, quick  # noqa: F401

KEEP = {"cache": {"ttl": "1h"}}
TASKS = 2 * (4 + 1)


def calls(place):
    """Requests that the simulator has seen."""
    return sum(provider["requests"] for provider in place.sim.stats().values())


def told(report):
    """What a report says about the brands, without what it says about the run."""
    cells = [(c["provider"], c["model_reported"], c["probe"], c["brand"], c["sample"], c["status"], c["text"],
              c["usage"], c["geo"]) for c in report["cells"]]
    return report["scores"], cells


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_the_second_run_makes_no_call_and_says_the_same(house, storage):
    place = house(settings=KEEP, storage=storage)
    first = place.ask()
    assert (first.code, calls(place)) == (0, TASKS)
    assert not any(c["cached"] for c in first.cells)
    again = place.ask()
    assert (again.code, calls(place)) == (0, TASKS)
    assert told(again.report) == told(first.report)
    assert again.report["summary"]["calls"] == 0
    assert again.report["metrics"]["tokens"] == {"input": None, "output": None}
    assert first.report["metrics"]["tokens"]["output"] > 0
    assert all(c["cached"] and c["attempts"] == 0 and c["latency_ms"] is None for c in again.cells)
    assert [c["finished_ms"] for c in again.cells] == [c["finished_ms"] for c in first.cells]
    assert again.seconds < first.seconds + 1


def test_memory_keeps_nothing_beyond_the_process(house):
    place = house(settings=KEEP, storage="store_memory")
    assert place.ask().code == place.ask().code == 0
    assert calls(place) == 2 * TASKS


@pytest.mark.parametrize("how", [["--no-cache"], ["--set", "cache.ttl=0s"], ["--set", "cache.ttl=1ms"]])
def test_everything_is_asked_anew_where_that_is_wanted(house, how):
    place = house(settings=KEEP)
    place.ask()
    got = place.ask(*how)
    assert (got.code, calls(place)) == (0, 2 * TASKS)
    assert not any(c["cached"] for c in got.cells)


def test_what_no_cache_brings_is_kept(house):
    place = house(settings=KEEP)
    assert place.ask("--no-cache").code == 0
    assert place.ask().code == 0
    assert calls(place) == TASKS


def test_an_answer_is_over_after_its_time(house):
    place = house(providers=["qwen"], settings={"cache": {"ttl": "1500ms"}})
    place.neutral(3)
    time.sleep(1.6)
    place.neutral(3)
    assert calls(place) == 6


def test_rows_that_are_over_do_not_pile_up(house):
    place = house(providers=["qwen"], settings={"cache": {"ttl": "500ms"}})
    place.neutral(3)
    time.sleep(0.6)
    place.neutral(2, "--set", "provider:qwen.model=qwen-max")
    assert len(place.rows("SELECT key FROM cache")) == 2, "each new row takes two old ones with it"


@pytest.mark.parametrize("changed", [
    {"model": "qwen-max"}, {"max_tokens": "777"}, {"thinking": "yes"}, {"stream": "no"}, {"price_input": "3"}])
def test_the_calls_parameters_are_part_of_the_key(house, changed):
    """The last two only say how a call is made and what it costs."""
    place = house(providers=["qwen"], settings=KEEP)
    place.neutral(1)
    assert calls(place) == 1
    sets = [x for key, value in changed.items() for x in ("--set", f"provider:qwen.{key}={value}")]
    assert place.neutral(1, *sets).code == 0
    assert calls(place) == (1 if "stream" in changed or "price_input" in changed else 2)


def test_prompt_system_and_address_are_part_of_the_key(house, sim):
    place = house(providers=["qwen"], settings=KEEP)
    place.neutral(1)
    place.neutral(1, "--set", "prompt.system=Be brief.")
    place.neutral(1, "--set", "prompt.neutral=Please: {question}")
    place.neutral(1, "--question", "家用轿车哪个牌子好")
    assert calls(place) == 4
    other = sim(quick())
    assert place.neutral(1, "--set", f"provider:qwen.base_url={other.url}{PATHS['qwen']}").code == 0
    assert calls(place) == 4
    assert other.stats()["qwen"]["requests"] == 1


def test_samples_are_never_one(house):
    place = house(providers=["qwen"], settings=KEEP)
    place.neutral(3)
    assert calls(place) == 3
    got = place.neutral(5)
    assert calls(place) == 5
    assert [c["cached"] for c in got.cells] == [True] * 3 + [False] * 2


def test_two_sections_of_one_service_are_one_call(house):
    twin = dict(plugin="qwen", model=MODELS["qwen"], allow_private="yes", api_key_env="E2E_KEY")
    place = house(providers=["qwen"], settings=KEEP)
    place.sections["provider:twin"] = dict(twin, base_url=place.sim.url + PATHS["qwen"])
    place.write()
    got = place.neutral(4)
    assert (got.code, calls(place)) == (0, 4)
    assert sorted(c["cached"] for c in got.cells) == [False] * 4 + [True] * 4
    assert place.run("check", "--online").code == 0
    assert calls(place) == 6, "whether a key works is asked of every section"


def test_only_whole_answers_are_kept(house):
    place = house(quick(qwen={"script": ["400", "sensitive", "stall", "ok"]}), ["qwen"],
                  {**KEEP, "engine": {"deadline": "2s"}, "retry": {"max_retries": "0"}})
    seen = [place.neutral(1).cells[0] for _ in range(5)]
    assert [c["status"] for c in seen] == ["error", "refused", "truncated", "ok", "ok"]
    assert [c["cached"] for c in seen] == [False] * 4 + [True]
    assert calls(place) == 4


def test_a_budget_counts_calls_not_answers(house):
    place = house(settings=KEEP)
    place.ask()
    got = place.neutral(3, "--max-calls", "4")
    assert (got.code, calls(place)) == (0, TASKS + 4)


def test_the_terminal_says_what_is_old(house):
    place = house(settings=KEEP)
    place.ask()
    english = place.run("run", *REFERENCE, "--lang", "en", "--quiet").text
    chinese = place.run("run", *REFERENCE, "--lang", "zh", "--quiet").text
    assert "cache" not in place.run("run", *REFERENCE, "--lang", "en", "--quiet", "--no-cache").text
    assert "answers come from the cache, given up to" in english
    assert "个回答来自缓存" in chinese


def test_a_row_that_is_not_ours_is_asked_again(house):
    """Damaged rows, and another ask under the same digest."""
    place = house(settings=KEEP)
    first = place.ask()
    with sqlite3.connect(place.database) as db:
        keys = [key for (key,) in db.execute("SELECT key FROM cache ORDER BY key")]
        assert len(keys) == TASKS
        db.execute("UPDATE cache SET data = '{}' WHERE key = ?", keys[:1])
        db.execute("UPDATE cache SET data = (SELECT data FROM cache WHERE key = ?) WHERE key = ?", keys[1:3])
    again = place.ask()
    assert calls(place) == TASKS + 2
    assert sum(c["cached"] for c in again.cells) == TASKS - 2
    assert (again.code, {c["status"] for c in again.cells}) == (0, {"ok"})
    first_texts = {c["text"] for c in first.cells}
    assert all(c["text"] in first_texts for c in again.cells if c["cached"])


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_no_key_is_kept(house, storage):
    place = house(settings=KEEP, storage=storage)
    place.ask()
    files = [f.read_bytes() for f in place.directory.iterdir() if f.name.startswith("e2e.")]
    assert files and not any(KEY.encode() in data for data in files)


def test_a_storage_that_another_program_holds_costs_no_report(house):
    """Readers go on beside a writer: the answers are found, and the rows wait."""
    place = house(settings={**KEEP, "storage:store_sqlite": {"busy_timeout": "100ms"}})
    place.ask()
    with sqlite3.connect(place.database) as db:
        db.execute("BEGIN IMMEDIATE")
        got = place.ask()
        db.rollback()
    assert (got.code, calls(place)) == (0, TASKS)
    assert all(c["cached"] for c in got.cells)

"""--search on: who is asked to search, what the search returned, and that an answer without a
search is never counted as one with."""
import csv
import io
import json
import os
import subprocess
import sys

import pytest

from brandiag import KEY_ENV, QUESTION, REFERENCE, ROOT, house, one_provider  # noqa: F401
from test_reference import assert_valid, lasting

sys.path.insert(0, str(ROOT / "tests"))
import recompute_report  # noqa: E402

SEARCHING = ["doubao", "qwen", "deepseek", "zhipu"]
PAGES = [{"url": "https://consumer.huawei.com/cn/auto/", "title": "问界", "site": "华为"},
         {"url": "https://www.autohome.com.cn/drive/1.html", "title": "20万级横评", "site": "汽车之家"},
         {"url": "https://www.autohome.com.cn/drive/1.html", "title": "again", "site": ""},
         {"url": "", "title": "without an address", "site": "无"},
         {"url": "https://www.byd.com/cn/", "title": "比亚迪", "site": "比亚迪"}]


def scene(**search):
    return {"defaults": {"latency": {"total_ms": 200}, "search": {"pages": PAGES, **search}}}


def found(cell):
    """What the provider's search returned, as the report has it."""
    return [c for c in cell["citations"] if c["origin"] == "provider"]


def asked(place):
    return {line["search"] for line in place.sim.log()}


@pytest.mark.parametrize("provider", SEARCHING)
@pytest.mark.parametrize("stream", ["yes", "no"])
def test_what_the_search_returned_is_in_the_report(house, provider, stream):
    place = house(scenario=scene(), providers=[provider], settings=one_provider(provider, stream=stream))
    got = place.ask("--search", "on")
    assert got.code == 0, got
    report = got.report
    assert_valid(report)
    assert asked(place) == {True}
    assert report["search"] == {"asked": True, "answers": 5, "searched": 5}
    assert report["providers"][0]["searched"] == 5
    for cell in report["cells"]:
        assert cell["searched"] is True
        assert [c["url"] for c in found(cell)] == ["https://consumer.huawei.com/cn/auto/",
                                                   "https://www.autohome.com.cn/drive/1.html",
                                                   "https://www.byd.com/cn/"], cell["citations"]
        assert [c["category"] for c in found(cell)] == ["owned", "media", "competitor"]
        assert any(c["evidence"] for c in found(cell)), "its marks in the text are found"
    assert any("联网搜索" in n and "5 个回答都搜索了" in n for n in report["notes"]), report["notes"]


def test_the_share_of_an_owned_site_is_counted_from_what_searches_returned(house):
    got = house(scenario=scene(), providers=["zhipu"]).ask("--search", "on")
    sources = got.report["metrics"]["sources"]
    own = next(b for b in sources["origins"]["provider"]["brands"] if b["brand"] == "华为")
    assert (own["citation_share"]["hits"], own["citation_share"]["n"]) == (5, 15), own
    assert (own["citation_rate"]["hits"], own["citation_rate"]["n"]) == (5, 5), own
    sites = {s["domain"]: s for s in sources["sites"]}
    assert sites["huawei.com"]["category"] == "owned" and sites["huawei.com"]["origins"]["provider"] == 5
    assert not recompute_report.check(got.report)


@pytest.mark.parametrize("provider", SEARCHING)
def test_a_service_that_silently_does_not_search_is_counted_unsearched(house, provider):
    got = house(scenario=scene(probability=0), providers=[provider]).ask("--search", "on", "--lang", "en")
    assert got.code == 0, got
    assert_valid(got.report)
    assert got.report["search"] == {"asked": True, "answers": 5, "searched": 0}
    assert {c["searched"] for c in got.cells} == {False}
    assert not any(found(c) for c in got.cells)
    assert any(f"{provider} 5 of 5" in n for n in got.report["notes"]), got.report["notes"]


def test_where_some_searched_the_report_says_how_many(house):
    got = house(scenario=scene(probability=.5), providers=["zhipu"]).neutral(20, "--search", "on", "--lang", "en")
    report = got.report
    searched = sum(c["searched"] is True for c in report["cells"])
    assert 0 < searched < report["search"]["answers"]
    assert report["search"]["searched"] == searched
    assert all(bool(found(c)) == c["searched"] for c in report["cells"])
    assert any(f"only {searched} of {report['search']['answers']} answers" in n for n in report["notes"])


def test_a_service_that_cannot_search_is_asked_without_and_marked(house):
    place = house(scenario=scene(), providers=["zhipu"], settings={"provider:openai_like": {
        "plugin": "openai", "model": "gpt-4o-mini", "allow_private": "yes", "api_key_env": KEY_ENV}})
    place.sections["provider:openai_like"]["base_url"] = place.sim.url + "/openai/v1"
    place.write()
    dry = place.run("run", *REFERENCE, "--search", "on", "--dry-run")
    assert dry.code == 0, dry
    lines = {line.split()[0]: line for line in dry.text.splitlines() if "search" in line and line[0].isalpha()}
    assert "asked with web search" in lines["zhipu"] and "cannot search" in lines["openai_like"]
    got = place.ask("--search", "on", "--lang", "en")
    assert got.code == 0, got
    assert {c["searched"] for c in got.of("openai_like")} == {False}
    assert {c["searched"] for c in got.of("zhipu")} == {True}
    assert {line["search"] for line in place.sim.log() if line["provider"] == "openai"} == {False}
    assert any("openai_like 5 of 5" in n for n in got.report["notes"])


def test_without_search_nothing_is_asked_for_and_nothing_said(house):
    place = house(scenario=scene(), providers=["zhipu"])
    for more in ([], ["--search", "off"]):
        got = place.ask(*more)
        assert {c["searched"] for c in got.cells} == {None}
        assert got.report["search"] == {"asked": False, "answers": 5, "searched": 0}
        assert any("联网搜索未开启" in n for n in got.report["notes"])
    assert asked(place) == {False}


@pytest.mark.parametrize("storage", ["store_sqlite", "store_jsonl"])
def test_stored_answers_keep_their_sources(house, storage):
    place = house(scenario=scene(), providers=["zhipu"], storage=storage)
    got = place.ask("--search", "on")
    again = place.run("report", got.report["id"], "--format", "json")
    assert again.code == 0, again
    assert [lasting(c) for c in again.cells] == [lasting(c) for c in got.cells]
    assert again.report["search"] == got.report["search"]
    read = place.run("replay", got.report["id"], "--format", "json")
    assert read.code == 0, read


def test_an_answer_with_search_never_stands_for_one_without(house):
    place = house(scenario=scene(), providers=["zhipu"], settings={"cache": {"ttl": "1h"}})
    place.ask()
    assert not any(c["cached"] for c in place.ask("--search", "on").cells)
    again = place.ask("--search", "on")
    assert all(c["cached"] and c["searched"] and found(c) for c in again.cells)
    plain = place.ask()
    assert all(c["cached"] and c["searched"] is None and not found(c) for c in plain.cells)


def test_an_answer_that_was_to_search_and_did_not_is_not_kept(house):
    place = house(scenario=scene(probability=0), providers=["zhipu"], settings={"cache": {"ttl": "1h"}})
    place.ask("--search", "on")
    place.sim.set_scenario(scene())
    again = place.ask("--search", "on")
    assert {c["searched"] for c in again.cells} == {True}


def test_a_search_has_the_time_of_a_complex_question(house):
    scenario = scene()
    scenario["defaults"]["latency"] = {"total_ms": 900}
    place = house(scenario=scenario, providers=["zhipu"],
                  settings=one_provider("zhipu", timeout_simple="300ms", timeout_complex="10s"))
    assert place.neutral(1, "--set", "retry.max_retries=0").code == 3
    assert place.neutral(1, "--search", "on").statuses() == {"ok": 1}


def test_people_see_it_in_every_format(house):
    place = house(scenario=scene(), providers=["zhipu"])
    did = place.ask("--search", "on").report["id"]
    terminal = place.run("report", did, "--answers", "--lang", "zh").text
    assert "5 个回答都搜索了" in "".join(terminal.split()).replace("个回答都搜索了", " 个回答都搜索了")
    page = place.run("report", did, "--format", "html").text
    assert "huawei.com" in page and "autohome.com.cn" in page and page.count("已联网搜索") >= 5
    assert "已联网搜索" in place.run("report", did, "--format", "md").text
    rows = list(csv.DictReader(io.StringIO(place.run("report", did, "--format", "csv").out.decode("utf-8-sig"))))
    assert {r["searched"] for r in rows} == {"yes"}


def test_a_file_may_ask_for_a_search(house):
    place = house(scenario=scene(), providers=["zhipu"])
    file = place.directory / "q.json"
    file.write_text(json.dumps({"brand": "华为", "questions": [QUESTION], "search": True}), encoding="utf-8")
    got = place.run("run", "--from", file, "--format", "json", "--quiet")
    assert {c["searched"] for c in got.cells} == {True}
    got = place.run("run", "--from", file, "--search", "off", "--format", "json", "--quiet")
    assert {c["searched"] for c in got.cells} == {None}
    file.write_text(json.dumps({"brand": "华为", "questions": [QUESTION], "search": "on"}), encoding="utf-8")
    got = place.run("run", "--from", file, "--format", "json", "--quiet")
    assert got.code == 2 and "'search' must be true or false" in got.errors


def test_two_runs_of_which_one_searched_are_compared_with_a_warning(house):
    place = house(scenario=scene(), providers=["zhipu"])
    a, b = place.ask().report["id"], place.ask("--search", "on").report["id"]
    got = place.run("report", b, "--compare", a, "--format", "json")
    assert any("联网搜索不同" in n for n in got.report["notes"]), got.report["notes"]
    same = place.run("report", b, "--compare", b, "--format", "json")
    assert not any("联网搜索不同" in n for n in same.report["notes"])


def test_the_demo_searches_if_it_is_told_to(bin_dir, tmp_path):
    def demo(*more):
        got = subprocess.run([bin_dir / "brandiag", "demo", "--all", "--quiet", "--format", "json", *more], cwd=tmp_path,
                             env={**os.environ, "HOME": str(tmp_path)}, capture_output=True, text=True, timeout=60)
        assert got.returncode == 0, got
        return json.loads(got.stdout)

    told = demo("--search", "on")
    assert told["search"] == {"asked": True, "answers": 20, "searched": 20}
    assert all(found(c) for c in told["cells"])
    assert demo()["search"] == {"asked": False, "answers": 20, "searched": 0}

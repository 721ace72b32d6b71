"""Every figure of a report, computed a second time from its cells by another program
(tests/recompute_report.py), for reports made by hand, the demo's, and runs with samples and faults."""
import copy
import json
import os
import pathlib
import sys

import pytest

from brandiag import ALL, REFERENCE, ROOT, house  # noqa: F401

sys.path.insert(0, str(ROOT / "tests"))
import recompute_report  # noqa: E402

SAMPLES = pathlib.Path(os.environ.get("BRANDIAG_BUILD_DIR", ROOT / "build" / "release")) / "report-samples"
ASKED = [*REFERENCE, "--question", "适合家庭出游的纯电 SUV 有哪些？", "--question", "华为和小米的车哪个更值得买？",
         "--question", "第一辆电动车买什么好？"]
FAULTS = {"defaults": {"latency": {"total_ms": 40}},
          "providers": {"doubao": {"faults": [{"fault": "500", "probability": .2}, {"fault": "sensitive", "probability": .1}]},
                        "qwen": {"faults": [{"fault": "stall", "probability": .15}, {"fault": "429", "probability": .1}]},
                        "deepseek": {"answer": "brand-absent"},
                        "zhipu": {"answer": "table", "script": ["reset x3"]}}}


def agrees(report):
    found = recompute_report.check(report)
    assert not found, "\n".join(found[:40])


@pytest.mark.parametrize("name", ["good", "bad", "nothing", "rich"])
def test_reports_made_by_hand(name):
    path = SAMPLES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there: run ctest -R domain/report_json first")
    agrees(json.loads(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_demo(house, lang):
    got = house(scenario=None).run("demo", "--all", "--format", "json", "--lang", lang, "--seed", "5")
    assert got.code == 0, got
    agrees(got.report)


@pytest.fixture(scope="module")
def seen():
    return {}


@pytest.mark.parametrize("more", [["--samples", "4"], ["--probe", "neutral", "--samples", "12"], ["--probe", "matrix"]],
                         ids=["both", "neutral", "matrix"])
def test_several_samples_and_faults(house, more, seen):
    place = house(scenario=FAULTS, providers=ALL, settings={"engine": {"deadline": "3s"}, "retry": {"max_retries": "0"}})
    report = place.run("run", *ASKED, *more, "--format", "json").report
    assert report["questions_branded"] == [2]
    assert len({c["status"] for c in report["cells"]}) > 2, "the run has no faults to speak of"
    agrees(report)
    seen[more[-1]] = report


def test_one_question_and_samples(house):
    place = house(scenario=FAULTS, providers=["doubao", "qwen"], settings={"engine": {"deadline": "3s"}, "retry": {"max_retries": "0"}})
    report = place.run("run", *REFERENCE, "--samples", "6", "--format", "json").report
    assert report["metrics"]["sample"]["method"] == "bootstrap_answers"
    agrees(report)


def numbers(node, path=()):
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for key, value in items:
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            yield (*path, key)
        yield from numbers(value, (*path, key))


def test_no_figure_can_be_wrong_unseen(seen):
    """Each number of metrics and scores, changed by itself, is noticed."""
    report = seen.get("4")
    if not report:
        pytest.skip("test_several_samples_and_faults[both] has not run")
    again, left = recompute_report.Recomputed(report), {"tokens", "replicates", "seed"}
    should = {"metrics": again.metrics(), "scores": [again.score(b) for b in range(again.B)]}
    told = {k: copy.deepcopy(report[k]) for k in should}
    unseen = []
    paths = [p for p in numbers(told) if not left & set(p)]
    assert len(paths) > 400
    for path in paths:
        holder = told
        for key in path[:-1]:
            holder = holder[key]
        was = holder[path[-1]]
        holder[path[-1]] = was + (1e-2 * max(1, abs(was)) if {"word_share", "position_share"} & set(path) else 1e-6)
        if not recompute_report.differences(should, told):
            unseen.append(path)
        holder[path[-1]] = was
    assert not unseen, unseen


def test_weights_of_the_configuration_are_those_of_the_intervals_too(house):
    place = house(settings={"score": {"mention": "1", "rank": "0", "share_of_voice": "0", "sentiment": "3"}})
    assert not recompute_report.check(place.ask("--probe", "neutral", "--samples", "6").report)
    assert not recompute_report.check(place.ask().report)

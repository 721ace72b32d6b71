"""`report ID --compare OTHER`: two stored diagnoses, and what of their difference is no noise."""
import json
import math
import os
import pathlib

import jsonschema
import pytest
from brandiag import house, quick  # noqa: F401

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "docs" / "compare.schema.json").read_text(encoding="utf-8"))
SAMPLES = pathlib.Path(os.environ.get("BRANDIAG_BUILD_DIR", ROOT / "build" / "release")) / "report-samples"
QUESTIONS = [arg for i in range(12) for arg in ("--question", f"第{i}种情形，买什么车好？")]


def valid(o):
    problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
                for e in jsonschema.Draft202012Validator(SCHEMA).iter_errors(o)]
    assert not problems, "\n".join(problems)
    return o


def ask(place, *more):
    got = place.run("run", "--brand", "华为=Huawei", "--competitor", "小米=Xiaomi", "--competitor", "比亚迪=BYD",
                    *QUESTIONS, "--probe", "neutral", "--format", "json", "--quiet", *more)
    assert got.code == 0, got
    return got.report


def compared(place, after, before, *more):
    got = place.run("report", after["id"], "--compare", before["id"], "--format", "json", *more)
    assert got.code == 0, got
    return valid(got.report)


def mcnemar(a, b):
    n, k = a + b, min(a, b)
    return min(1.0, 2 * sum(math.comb(n, i) for i in range(k + 1)) / 2 ** n)


def presence(report, brand):
    """{(question, provider): True, False or None} of the neutral cells."""
    out = {}
    for c in report["cells"]:
        seen = next((b["mentioned"] for b in (c["geo"] or {"brands": []})["brands"] if b["id"] == brand), None)
        known = c["status"] in ("ok", "truncated") and c["geo"] and not c["geo"]["refused"]
        out[c["question"], c["provider"]] = seen if known else None
    return out


def holm(ps):
    order, floor, out = sorted(range(len(ps)), key=lambda i: ps[i]), 0, [0.0] * len(ps)
    for k, i in enumerate(order):
        floor = max(floor, min(1, ps[i] * (len(ps) - k)))
        out[i] = floor
    return out


def test_figures_are_those_of_the_reports_and_p_is_what_anyone_can_count(house):
    place = house()
    before, after = ask(place), ask(place)
    o = compared(place, after, before)
    assert o["before"]["id"] == before["id"] and o["after"]["id"] == after["id"]
    assert o["method"]["paired_by"] == "answers" and o["method"]["questions"] == 12
    by = {(f["brand"], f["figure"]): f for f in o["figures"]}
    for side, report in (("before", before), ("after", after)):
        for m in report["metrics"]["brands"]:
            for name in ("mention_rate", "share_of_voice", "first_mention_rate", "top1_rate", "average_rank", "sentiment"):
                figure = by[m["brand"], name][side]
                assert figure["n"] == m[name]["n"], (side, m["brand"], name)
                assert figure["value"] == (None if m[name]["value"] is None else pytest.approx(m[name]["value"], abs=1e-9))
        for s in report["scores"]:
            assert by[s["brand"], "score"][side]["value"] == pytest.approx(s["score"], abs=1e-9)
    for brand in ("华为", "小米", "比亚迪"):
        a, b = presence(before, brand), presence(after, brand)
        pairs = [(a[k], b[k]) for k in a if a[k] is not None and b[k] is not None]
        figure = by[brand, "mention_rate"]
        assert figure["test"] == "mcnemar"
        assert figure["p"] == pytest.approx(mcnemar(pairs.count((True, False)), pairs.count((False, True))), abs=1e-9)
    tested = [f for f in o["figures"] if f["test"]]
    assert o["tested"] == len(tested) and o["changed"] == sum(f["verdict"] == "more_than_noise" for f in tested)
    for f, p in zip(tested, holm([f["p"] for f in tested])):
        assert f["p_corrected"] == pytest.approx(p, abs=1e-9)
        assert (f["verdict"] == "more_than_noise") == (p < 0.05)


def test_a_diagnosis_has_not_changed_against_itself(house):
    place = house()
    one = ask(place)
    o = compared(place, one, one)
    assert o["changed"] == 0 and o["uncorrected"] == 0
    assert {f["difference"] for f in o["figures"]} <= {0, None}


def test_the_same_two_give_the_same_bytes(house):
    place = house()
    before, after = ask(place), ask(place)
    args = ["report", after["id"], "--compare", before["id"]]
    assert place.run(*args, "--format", "json").out == place.run(*args, "--format", "json").out
    assert place.run(*args).out == place.run(*args).out


def test_what_differs_in_what_was_asked_is_told(house):
    place = house()
    before = ask(place, "--model", "qwen")
    after = ask(place, "--question", "还有一个问题？", "--competitor", "特斯拉")
    o = compared(place, after, before)
    assert o["after"]["only_models"] == ["doubao/doubao-seed-2-0-lite-260428"]
    assert o["after"]["only_questions"] == ["还有一个问题？"] and o["after"]["only_brands"] == ["特斯拉"]
    assert not {f["figure"] for f in o["figures"]} & {"score", "share_of_voice"}
    english = place.run("report", after["id"], "--compare", before["id"], "--lang", "en")
    assert "Only after, not compared: models doubao" in english.text, english


def test_what_cannot_be_compared_is_refused(house):
    place = house()
    one = ask(place)
    other = place.run("run", "--brand", "某牌", "--question", "别的问题", "--format", "json", "--quiet").report
    got = place.run("report", one["id"], "--compare", other["id"])
    assert got.code == 2 and b"no brand in common" in got.err, got
    got = place.run("report", one["id"], "--compare", "20200101-000000-aa")
    assert got.code == 1 and b"no diagnosis '20200101-000000-aa'" in got.err, got


@pytest.mark.parametrize("name", ["changed", "few"])
def test_samples_are_valid(name):
    path = SAMPLES / f"compare-{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there: run ctest -R domain/compare first")
    valid(json.loads(path.read_text(encoding="utf-8")))


def test_the_schema_is_valid_and_closed():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def walk(node):
        if isinstance(node, dict):
            if "required" in node:
                assert node["additionalProperties"] is False
                assert set(node["required"]) == set(node["properties"])
            for value in node.values():
                walk(value)
    walk(SCHEMA)


def test_other_weights_of_the_score_are_told(house):
    place = house()
    before = ask(place)
    after = ask(place, "--set", "score.mention=60")
    told = place.run("report", after["id"], "--compare", before["id"], "--lang", "en").text
    assert "weights of the score differ" in " ".join(told.split())
    assert "weights of the score" not in place.run("report", after["id"], "--compare", after["id"], "--lang", "en").text

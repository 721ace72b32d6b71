"""Reports against docs/report.schema.json.

The reports are those that tests/domain/test_report_json.c leaves in the build directory,
BRANDIAG_BUILD_DIR; without them the tests are skipped.
"""
import copy
import json
import os
import pathlib
import re

import jsonschema
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SAMPLES = pathlib.Path(os.environ.get("BRANDIAG_BUILD_DIR", ROOT / "build" / "release")) / "report-samples"
SCHEMA = json.loads((ROOT / "docs" / "report.schema.json").read_text(encoding="utf-8"))
NAMES = ["good", "bad", "nothing", "rich"]


def validator():
    return jsonschema.Draft202012Validator(SCHEMA)


def sample(name):
    path = SAMPLES / f"{name}.json"
    if not path.exists():
        pytest.skip(f"{path} is not there: run ctest -R domain/report_json first")
    return json.loads(path.read_text(encoding="utf-8"))


def test_schema_itself_is_valid():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_object_of_the_schema_is_closed():
    def walk(node, path):
        if isinstance(node, dict):
            if "properties" in node and "required" in node:
                assert node.get("additionalProperties") is False, path
                assert set(node["required"]) == set(node["properties"]), path
            for key, value in node.items():
                walk(value, f"{path}/{key}")
        elif isinstance(node, list):
            for i, value in enumerate(node):
                walk(value, f"{path}/{i}")

    walk(SCHEMA, "")


def test_the_reasons_of_a_skip_are_those_that_occur():
    reasons = SCHEMA["$defs"]["cell"]["properties"]["reason"]["enum"]
    told = {}
    for page in ("docs/report.md", "docs/architecture.md"):
        text = (ROOT / page).read_text(encoding="utf-8")
        told[page] = {word for word in re.findall(r"`(\w+)`", " ".join(
            re.findall(r"^\| `reason` \| why[^;]*;|`skipped`, `\w+` \|", text, re.M)))} - {"reason", "skipped"}
    assert told["docs/report.md"] == told["docs/architecture.md"] == set(reasons) - {None}


@pytest.mark.parametrize("name", NAMES)
def test_report_is_valid(name):
    problems = [f"{'/'.join(map(str, e.absolute_path))}: {e.message[:200]}"
                for e in validator().iter_errors(sample(name))]
    assert not problems, "\n".join(problems)


def no_schema(r):
    r["schema"] = "brandiag.report/2"


def extra_member(r):
    r["extra"] = 1


def missing_summary(r):
    del r["summary"]


def unknown_status(r):
    r["cells"][0]["status"] = "fine"


def zero_for_unknown(r):
    r["metrics"]["brands"][0]["mention_rate"] = {"value": 0, "hits": 0, "n": 0}


def rate_above_one(r):
    r["metrics"]["brands"][0]["mention_rate"]["value"] = 1.5


def answer_without_text(r):
    r["cells"][0]["text"] = None


def brand_in_neutral_cell(r):
    next(c for c in r["cells"] if c["probe"] == "neutral")["brand"] = "x"


def extra_member_of_geo(r):
    r["cells"][0]["geo"]["extra"] = 1


def unknown_error_type(r):
    r["cells"][0]["error"] = {"type": "odd"}


@pytest.mark.parametrize("damage", [
    no_schema, extra_member, missing_summary, unknown_status, zero_for_unknown, rate_above_one,
    answer_without_text, brand_in_neutral_cell, extra_member_of_geo, unknown_error_type])
def test_wrong_report_is_refused(damage):
    report = copy.deepcopy(sample("good"))
    assert validator().is_valid(report)
    damage(report)
    assert not validator().is_valid(report)

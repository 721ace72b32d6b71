"""etc/prometheus and docs/metrics.md against each other and against what the engine writes.

The engine's text is the one that tests/engine/test_metrics.c leaves in the build directory,
BRANDIAG_BUILD_DIR. Without promtool (Debian's package prometheus) its part is skipped.
"""
import os
import pathlib
import re
import shutil
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BRANDIAG_BUILD_DIR", ROOT / "build" / "release"))
ALERTS = ROOT / "etc/prometheus/alerts.yml"
CASES = ROOT / "tests/data/alerts_test.yml"
PAGE = ROOT / "docs/metrics.md"
PARTS = r"_(bucket|sum|count)$"


def promtool(*args):
    if not shutil.which("promtool"):
        pytest.skip("promtool is not installed (Debian package prometheus)")
    done = subprocess.run(["promtool", *args], cwd=ROOT, text=True, capture_output=True, timeout=50)
    assert done.returncode == 0, done.stdout + done.stderr


def test_rules_are_rules():
    promtool("check", "rules", str(ALERTS))


def test_the_example_is_a_configuration():
    promtool("check", "config", "etc/prometheus/scrape.yml")


def test_each_alert_fires_when_it_should():
    promtool("test", "rules", str(CASES))


def alerts():
    """{name: its rule as text}"""
    parts = re.split(r"^ *- alert: (\w+)\n", ALERTS.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def test_each_alert_is_shown_firing_and_not_firing():
    cases = re.split(r"^  - name: (\w+)\n", CASES.read_text(encoding="utf-8"), flags=re.M)
    cases = dict(zip(cases[1::2], cases[2::2]))
    assert list(cases) == list(alerts())
    for name, case in cases.items():
        assert "exp_samples: []" in case, name
        assert f"""exp_samples: [{{labels: '{{alertname="{name}"}}', value: 1}}]""" in case, name


def expression(rule):
    return re.search(r"expr:(.*?)\n +(?:for|labels):", rule, re.S)[1]


def names(text):
    """Metrics named in it, a histogram by its family."""
    found = set(re.findall(r"\b(?:brandiag|process)_[a-z_]+\b", text))
    return {re.sub(PARTS, "", name) if name.endswith("_bucket") else name for name in found}


def page():
    """{section: {family: (type, {labels})}} of docs/metrics.md"""
    sections, here = {}, {}
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        if line.startswith("## "):
            here = sections.setdefault(line[3:], {})
        elif row := re.fullmatch(r"\| `(\w+)` \| (\w+) \| ([^|]+) \| (.+) \|", line):
            assert row[1] not in here, row[1]
            here[row[1]] = (row[2], set(re.findall(r"`(\w+)`", row[3])))
    return {name: rows for name, rows in sections.items() if rows}


@pytest.fixture(scope="module")
def written():
    """{family: (type, {labels})} as the engine writes it."""
    path = BUILD / "metrics.prom"
    if not path.exists():
        pytest.skip(f"{path} is not there: run ctest -R engine/metrics first")
    types, labels = {}, {}
    for line in path.read_text(encoding="utf-8").splitlines():
        if header := re.fullmatch(r"# TYPE (\w+) (\w+)", line):
            types[header[1]] = header[2]
        elif sample := re.match(r"(\w+)(?:\{(.*)\})? ", line):
            family = sample[1] if sample[1] in types else re.sub(PARTS, "", sample[1])
            own = set(re.findall(r'(\w+)="(?:[^"\\]|\\.)*"', sample[2] or ""))
            labels.setdefault(family, set()).update(own - {"le"})
    assert types.keys() == labels.keys(), "a family without a sample"
    return {name: (kind, labels[name]) for name, kind in types.items()}


def test_the_page_tells_what_the_engine_writes(written):
    told = page()
    told.pop("The daemon")
    assert {name: row for rows in told.values() for name, row in rows.items()} == written


def test_the_page_lists_the_alerts():
    assert re.findall(r"^\| (Brandiag\w+) \|", PAGE.read_text(encoding="utf-8"), re.M) == list(alerts())


def test_alerts_use_metrics_that_there_are(written):
    known = {**written, **page()["The daemon"]}
    for name, rule in alerts().items():
        used = names(expression(rule))
        assert used or "up{" in rule, name
        assert used <= known.keys(), name
        assert names(rule) <= known.keys(), name


def test_alerts_select_labels_that_there_are(written):
    known = {**written, **page()["The daemon"]}
    for name, rule in alerts().items():
        for metric, selector in re.findall(r"\b(\w+_\w+)\{([^}]*)\}", expression(rule)):
            used = set(re.findall(r"(\w+)=", selector.replace("!=", "=").replace("=~", "=")))
            assert used - {"job"} <= known[metric][1], f"{name}: {metric}"

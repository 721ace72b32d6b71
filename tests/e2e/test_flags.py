"""Sites that a person should look at: what answers cite, from the simulator to every format."""
import sys

from brandiag import REFERENCE, ROOT, house, one_provider  # noqa: F401
from test_reference import assert_valid

sys.path.insert(0, str(ROOT / "tests"))
import recompute_report  # noqa: E402

PUFFED = """可以看这几家：

1. **优必净水**：行业第一品牌，效果完美，无与伦比[1](https://www.puff.example/a)
2. **比亚迪**：续航扎实，但内饰一般[2](https://www.byd-review.example/1)
3. **小米**：车机流畅[3](https://a.example/1)，[4](https://b.example/1)
"""


def report_of(place, *more):
    return place.ask("--samples", "3", "--no-cache", *more)


def flags(report):
    return [(f["flag"], f["domain"], f["brand"], f["tracked"], f["answers"], f["models"]) for f in report["metrics"]["sources"]["flags"]]


def test_one_site_and_praise_alone_are_told_in_every_format(house):
    place = house(scenario={"defaults": {"latency": {"total_ms": 50}, "answer": {"text": PUFFED}}}, providers=["doubao"],
                  settings=one_provider("doubao"))
    got = report_of(place, "--probe", "neutral")
    assert got.code == 0, got
    report = got.report
    assert_valid(report)
    assert not recompute_report.check(report)
    # 小米 has two sites beside it, 比亚迪's text has a drawback
    assert flags(report) == [("one_site", "byd-review.example", "比亚迪", True, 3, 1), ("one_site", "puff.example", "优必净水", False, 3, 1),
                             ("praise_only", "puff.example", "优必净水", False, 3, 1)]
    assert report["metrics"]["sources"]["flagged"] == 3
    told = [f for f in report["findings"] if "puff.example" in f["text"]]
    assert [len(f["cells"]) for f in told] == [3, 3]
    assert "没有第二个来源" in told[0]["text"] and "可能是软文" in told[1]["text"]
    for form in ("terminal", "md", "html"):
        page = place.run("report", report["id"], "--format", form, "--lang", "en")
        assert page.code == 0, page
        assert "puff.example" in page.text and "it may be promotion" in " ".join(page.text.split()), form


def test_a_second_model_or_a_known_site_takes_the_flag_away(house):
    known = PUFFED.replace("www.puff.example/a", "www.zhihu.com/question/1")
    place = house(scenario={"defaults": {"latency": {"total_ms": 50}, "answer": {"text": PUFFED}}, "providers": {"qwen": {"answer": {"text": known}}}},
                  providers=["doubao", "qwen"])
    report = report_of(place, "--probe", "neutral").report
    # 优必净水 has a second site with qwen; the first one is still praise alone, of one model
    assert flags(report) == [("one_site", "byd-review.example", "比亚迪", True, 6, 2), ("praise_only", "puff.example", "优必净水", False, 3, 1)]
    place = house(scenario={"defaults": {"latency": {"total_ms": 50}, "answer": {"text": PUFFED}}}, providers=["doubao", "qwen"])
    report = report_of(place, "--probe", "neutral").report
    assert [f[:2] for f in flags(report)] == [("one_site", "byd-review.example"), ("one_site", "puff.example")]

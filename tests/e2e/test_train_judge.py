"""What the judge of names has learnt (core/domain/reading/judge.h) can be learnt again, and holds for answers it has not seen."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import score_reading  # noqa: E402

TRAIN, HELD = ("manner1", "manner3", "other1", "wave8"), "manner8"


def few(tmp_path, sets):
    out = tmp_path / "answers.jsonl"
    lines = score_reading.WRITTEN.read_text(encoding="utf-8").splitlines(keepends=True)
    out.write_text("".join(line for line in lines if any(f'"set": "{s}"' in line for s in sets)), encoding="utf-8")
    return out


def train(bin_dir, *args):
    return subprocess.run([bin_dir / "train_judge", *args], capture_output=True, text=True)


def chance(rows):
    """That a right candidate is thought likelier than a wrong one."""
    right, wrong = ([p for p, r in rows if r == want] for want in (True, False))
    return sum((a > b) + (a == b) / 2 for a in right for b in wrong) / (len(right) * len(wrong))


def test_the_judge_knows_names_of_answers_it_has_not_seen(bin_dir, tmp_path):
    told, weights = tmp_path / "told.tsv", tmp_path / "weights.c"
    done = train(bin_dir, "--hold", HELD, "--predict", told, "--out", weights, few(tmp_path, (*TRAIN, HELD)))
    assert done.returncode == 0, done.stderr
    rows = [line.split("\t") for line in told.read_text(encoding="utf-8").splitlines()]
    ids = {line_id for line_id, *_ in rows}
    assert all(i.startswith("n8_") for i in ids) and len(ids) > 50, ids
    untracked = [(float(r[4]), r[3] == "1") for r in rows if int(r[2]) < 0]
    assert chance(untracked) > 0.95
    assert weights.read_text(encoding="utf-8").count(",") > 2 * 32768


def test_the_same_answers_give_the_same_weights(bin_dir, tmp_path):
    answers = few(tmp_path, ("tuned",))
    for name in ("a", "b"):
        assert train(bin_dir, "--out", tmp_path / name, answers).returncode == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_what_is_no_answer_is_told_by_its_line(bin_dir, tmp_path):
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": "a", "recommended": null}\n{"id": \n', encoding="utf-8")
    done = train(bin_dir, broken)
    assert done.returncode == 1 and f"{broken}:2:" in done.stderr
    assert train(bin_dir).returncode == 2

#!/usr/bin/python3
"""How well are answers read? Compares `brandiag read` with labels that people gave by reading.

    tests/score_reading.py [--answers FILE] [--brandiag PROGRAM] [--misses] [--set SET] [--written]

Labels: tests/data/answer_labels.jsonl; tests/data/README.md says how they were given. The answers are not here;
--answers names a file of objects with id, brand, competitors, question, answer (default: ../shared/answers/answers.jsonl).
--written: tests/data/written_answers.jsonl instead, whose answers were written for this, with their labels.

state          of the brand: mentioned, disclaimed, echo, absent. `unknown` (not there, and the answer was cut) counts as absent.
rank           explicit: from a list, a table or a phrase. One that only the answer's JSON claims counts as none.
recommended    the same names in the same order; a name is the same if one begins with the other (a brand and its series),
               or if both hold the same tracked name. Not scored where the question asks for no choice (null).
no other name  of the brands that nobody tracks, none is read that the label does not recommend: criteria, places, headings."""
import argparse
import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
ANSWERS = ROOT.parent / "shared" / "answers" / "answers.jsonl"
LABELS = ROOT / "tests" / "data" / "answer_labels.jsonl"
WRITTEN = ROOT / "tests" / "data" / "written_answers.jsonl"  # answers and labels in one


def lines(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def read(program, answers):
    asked = "\n".join(json.dumps({k: a[k] for k in ("id", "brand", "competitors", "question", "answer", "finish_reason") if k in a}, ensure_ascii=False)
                      for a in answers)
    got = subprocess.run([program, "read", "--jsonl"], input=asked.encode(), capture_output=True, check=True)
    return {o["id"]: o for o in map(json.loads, got.stdout.decode().splitlines())}


def fold(name):
    return name.casefold().replace(" ", "")


def same(a, b, brands=()):
    """brands: the tracked ones; two names that hold the same of them are of one brand."""
    def one(x, y):
        x, y = fold(x), fold(y)
        return x.startswith(y) or y.startswith(x) or any(fold(brand) in x and fold(brand) in y for brand in brands)
    return len(a) == len(b) and all(map(one, a, b))


def scores(program, answers_file=ANSWERS, misses=None, only=None, labels_file=LABELS):
    """name -> (right, of). only: the set of labels, such as "held"; None: all."""
    labels = {label["id"]: label for label in lines(labels_file) if only in (None, label.get("set", "tuned"))}
    answers = {a["id"]: a for a in lines(answers_file) if a["id"] in labels}
    got = read(program, answers.values())
    total = {name: [0, 0] for name in ("state", "rank", "recommended", "no other name")}

    def count(name, id, found, wanted, right):
        total[name][0] += right
        total[name][1] += 1
        if misses is not None and not right:
            misses.append((name, id, found, wanted))

    for id, answer in answers.items():
        label, o = labels[id], got[id]
        main = o["brands"][0]
        state = {"unknown": "absent"}.get(o["state"], o["state"])
        rank = None if main["rank_source"] == "json" else main["rank"]
        count("state", id, state, label["state"], state == label["state"])
        count("rank", id, rank, label["rank"], rank == label["rank"])
        if label["recommended"] is not None:
            count("recommended", id, o["recommended"], label["recommended"], same(o["recommended"], label["recommended"], [answer["brand"], *answer["competitors"]]))
        if label["recommended"] is not None:
            odd = [b["id"] for b in o["brands"] if b["role"] == "discovered" and not any(same([b["id"]], [n]) for n in label["recommended"])]
            count("no other name", id, odd, [], not odd)
    return {name: tuple(pair) for name, pair in total.items()}


def main():
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--answers", type=pathlib.Path, default=ANSWERS)
    p.add_argument("--brandiag", default=ROOT / "build" / "release" / "bin" / "brandiag")
    p.add_argument("--misses", action="store_true", help="print each that was read otherwise")
    p.add_argument("--set", help="these labels alone: one of the sets that tests/data/README.md tells apart")
    p.add_argument("--written", action="store_true", help="answers that were written with their labels")
    args = p.parse_args()
    if args.written:
        args.answers = WRITTEN
    if not args.answers.exists():
        sys.exit(f"{args.answers} is not there: name the answers with --answers FILE")
    labels = WRITTEN if args.written else LABELS
    sets = sorted({label.get("set", "tuned") for label in lines(labels)})
    if args.set not in (None, *sets):
        sys.exit(f"--set {args.set}: {labels.name} has {', '.join(sets)}")
    misses = []
    for name, (right, of) in scores(args.brandiag, args.answers, misses, args.set, labels).items():
        print(f"{name:<14} {right:>4} of {of:<4} {100 * right / of:5.1f} %")
    for name, id, found, wanted in misses if args.misses else ():
        print(f"\n{name} {id}\n  read   {json.dumps(found, ensure_ascii=False)}\n  label  {json.dumps(wanted, ensure_ascii=False)}")


if __name__ == "__main__":
    main()

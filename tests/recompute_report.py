#!/usr/bin/env python3
"""Computes every figure of a JSON report anew, from its cells alone.

    tests/recompute_report.py REPORT.json...     prints what differs; exit 1 if anything does

Written from docs/report.md, not from the C code, with Python's standard library only. What is
compared is all of `metrics` but `tokens`, all of `scores`, and the counts of `summary` and
`providers`; numbers agree to 1e-9, shares of words, which are told with four digits, to 1e-3. Not computed anew is what the cells were read from: that is
`geo`, and the names of the request that tell which questions name a brand.
"""
import json
import math
import sys
import unicodedata

Z = 1.959964
STATUSES = ["refused", "timeout", "cancelled", "error", "skipped"]


# ---- the cells ----

class Cell:
    def __init__(self, cell, brands):
        self.neutral = cell["probe"] == "neutral"
        self.status = cell["status"]
        self.question = cell["index"]["question"]
        self.model = cell["index"]["model"]
        self.sample = cell["sample"]
        self.geo = cell["geo"]
        self.bytes = len((cell["text"] or "").encode())
        self.latency, self.cached = cell["latency_ms"], cell["cached"]
        self.citations, self.text, self.searched = cell["citations"], cell["text"], cell["searched"]
        self.answered = self.status in ("ok", "truncated") and self.bytes > 0
        self.reads = self.answered and self.geo is not None and not self.geo["refused"]
        seen = self.geo["brands"] if self.geo else []
        self.tracked = [b for b in seen if b["tracked"]] if self.reads else []
        self.found = [b for b in seen if not b["tracked"]] if self.reads else []
        assert not self.tracked or [b["id"] for b in self.tracked] == brands

    def x(self, b):
        """1, 0 or None."""
        known = self.tracked[b]["mentioned"] if self.tracked else None
        return None if known is None else int(known)

    def first(self):
        return self.geo["first_brand"] if self.reads else None


# ---- small formulas ----

def mean(values):
    values = list(values)
    return sum(values) / len(values) if values else None


def over(a, n):
    return a / n if n else None


def rate(hits, n):
    return {"value": over(hits, n), "hits": hits, "n": n}


def average(values):
    values = list(values)
    return {"value": mean(values), "n": len(values)}


def wilson(p, n):
    if not n:
        return None
    middle, half = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
    return [max(0, (middle - half) / (1 + Z * Z / n)), min(1, (middle + half) / (1 + Z * Z / n))]


def mcnemar(a, b):
    if a + b == 0:
        return 1
    return min(1, sum(math.comb(a + b, i) for i in range(min(a, b) + 1)) / 2 ** (a + b - 1))


def ladder(rank):
    return {None: .3, 1: 1, 2: .8, 3: .6, 4: .4}.get(rank, .2)


def grade(score):
    shown = math.floor(score * 10 + .5) / 10
    return "A+" if shown >= 90 else "A" if shown >= 80 else "B" if shown >= 70 else "C" if shown >= 60 else "D"


def weighed(parts):
    """parts: [(value, weight)]; what is None is left out."""
    there = [(v, w) for v, w in parts if v is not None]
    return sum(v * w for v, w in there) / sum(w for _, w in there) if there else None


# ---- names ----

def fold(name):
    out = []
    for c in name:
        c = {"‘": "'", "’": "'", "“": '"', "”": '"'}.get(c, c)
        if c != "\r" and not (unicodedata.category(c) == "Cf" or "\ufe00" <= c <= "\ufe0f"):
            out.append(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", c).casefold()))
    return " ".join("".join(out).split(" "))


def names_a_brand(question, names):
    """Everyday words (小米粥) are not known here: none of the tested questions has one."""
    text = fold(question)

    def word(c):
        return c.isascii() and (c.isalnum() or c == "_")

    for name in map(fold, names):
        at = text.find(name)
        while at >= 0:
            before, after = text[at - 1:at] if at else "", text[at + len(name):at + len(name) + 1]
            if not (word(name[0]) and before and word(before)) and not (word(name[-1]) and after and word(after)):
                return True
            at = text.find(name, at + 1)
    return False


# ---- intervals by drawing ----

def splitmix64(state):
    mask = 2 ** 64 - 1
    while True:
        state = (state + 0x9E3779B97F4A7C15) & mask
        z = state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        yield z ^ (z >> 31)


def widest(intervals):
    known = [i for i in intervals if i is not None]
    return [min(i[0] for i in known), max(i[1] for i in known)] if known else None


def between(values):
    values = sorted(v for v in values if v is not None)
    if not values or values[0] == values[-1]:
        return None
    m = len(values)
    return [values[math.floor(.025 * (m - 1))], values[math.ceil(.975 * (m - 1))]]


class Recomputed:
    def __init__(self, report):
        self.report = report
        self.brands = [report["brand"]] + report["competitors"]
        self.B, self.models = len(self.brands), len(report["providers"])
        self.Q = len(report["questions"])
        self.cells = [Cell(c, self.brands) for c in report["cells"]]
        names = self.brands + [a for s in report["scores"] for a in s["aliases"]]
        self.branded = [names_a_brand(q, names) for q in report["questions"]]
        self.neutral = [c for c in self.cells if c.neutral]
        self.count = [c for c in self.neutral if not self.branded[c.question]]
        self.looked = [c for c in self.count if c.reads]
        self.open = sum(not b for b in self.branded)
        told = [p["weight"] for p in report["scores"][0]["parts"].values()]  # a choice of the configuration; they make 1
        self.weights = [w / sum(told) for w in told]
        sample = report["metrics"]["sample"]
        self.replicates, self.seed = sample["replicates"], sample["seed"]
        self.drawn = bool(self.replicates) and (self.models > 1 or len(self.count) > self.questions() or self.questions() < 2)
        self.known = [[c for c in self.count if c.x(b) is not None] for b in range(self.B)]
        self.hits = [[c for c in self.known[b] if c.x(b)] for b in range(self.B)]
        self.said = [[c.tracked[b] for c in self.cells if c.x(b)] for b in range(self.B)]
        self.voices = sum(map(len, self.hits))
        self.draws = self.draw() if self.replicates else None

    def questions(self):
        return self.open if "neutral" in self.report["probes"] else 0

    # figures of one brand in some cells

    def excluded(self, cells, b):
        left = [c for c in cells if not self.branded[c.question] and c.x(b) is None]
        out = {"uncertain": sum(c.status in ("ok", "truncated") for c in left)}
        out.update({s: sum(c.status == s for c in left) for s in STATUSES})
        out["branded"] = sum(self.branded[c.question] for c in cells)
        return out

    def by_model(self, b):
        rates = []
        for m in range(self.models):
            known = [c.x(b) for c in self.known[b] if c.model == m]
            rates.append(mean(known))
        return rates

    def voice(self, b):
        return rate(len(self.hits[b]), self.voices) if self.B > 1 else rate(0, 0)

    def sure(self, b, figure, stat):
        if self.drawn and self.draws[b][stat] is not None:
            return {**figure, "interval": self.draws[b][stat]}
        return {**figure, "interval": wilson(figure["value"], figure["n"])}

    def rates(self, b):
        n, hits = len(self.known[b]), self.hits[b]
        ranks = [c.tracked[b]["rank"] for c in hits]
        return {
            "mention_rate": rate(len(hits), n),
            "first_mention_rate": rate(sum(c.first() == self.brands[b] for c in hits), n),
            "top1_rate": rate(sum(r == 1 for r in ranks), n),
            "top3_rate": rate(sum(r is not None and r <= 3 for r in ranks), n),
            "recommendation_rate": rate(sum(c.tracked[b]["type"] == "recommended" for c in self.known[b]), n),
        }

    def brand(self, b):
        n, hits = len(self.known[b]), self.hits[b]
        ranks = [c.tracked[b]["rank"] for c in hits if c.tracked[b]["rank"] is not None]
        tones = [s["sentiment"] for s in self.said[b] if s["sentiment"] is not None]
        out = {"brand": self.brands[b]}
        out.update({k: self.sure(b, v, k) for k, v in self.rates(b).items()})
        out["mention_rate_by_model"] = mean(r for r in self.by_model(b) if r is not None)
        out["mention_rate_by_model_interval"] = self.draws and self.draws[b]["macro"]
        out["share_of_voice"] = {**self.voice(b), "interval": self.draws and self.draws[b]["voice"]}
        rivals = self.rivals()
        all_voices = self.voices + sum(r["answers"] for r in rivals)
        out["share_of_all_voice"] = rate(len(hits), all_voices) if self.B + len(rivals) > 1 else rate(0, 0)
        about = [sum(s["words"] for s in c.tracked if s["mentioned"]) + sum(s["words"] for s in c.found) for c in self.looked]
        own = sum(c.tracked[b]["words"] for c in hits)
        out["word_share"] = {"value": over(own, sum(about)), "words": own, "of": sum(about), "n": sum(w > 0 for w in about)}
        out["position_share"] = average(v for v in (c.tracked[b]["pos_share"] for c in self.known[b]) if v is not None)
        asked = {c.question for c in self.known[b]}
        covered = rate(len({c.question for c in hits}), len(asked))
        out["coverage"] = {**covered, "interval": wilson(covered["value"], covered["n"])}
        out["average_rank"] = average(ranks)
        out["reciprocal_rank"] = {"value": over(sum(1 / r for r in ranks), n), "n": n}
        out["ranks"] = {str(k): ranks.count(k) for k in range(1, 5)}
        out["ranks"].update({"5_and_more": sum(r > 4 for r in ranks), "unranked": len(hits) - len(ranks),
                             "absent": n - len(hits), "unknown": len(self.count) - n})
        types = [c.tracked[b]["type"] for c in self.known[b]]
        out["types"] = {t: types.count(t) for t in ("recommended", "listed", "compared", "negative", "disclaimed", "echo")}
        out["types"]["absent"] = len(types) - sum(out["types"].values())
        out["sentiment"] = average(tones)
        split = {"positive": sum(t > .1 for t in tones), "neutral": sum(-.1 <= t <= .1 for t in tones),
                 "negative": sum(t < -.1 for t in tones), "none": len(self.said[b]) - len(tones)}
        out["tones"] = {**split, "net": over(split["positive"] - split["negative"], len(tones))}
        out["negative_rate"] = rate(sum(s["type"] == "negative" for s in self.said[b]), len(self.said[b]))
        out["spread"] = self.spread(b)
        out["excluded"] = self.excluded(self.neutral, b)
        return out

    def field(self, m, b):
        known = [c for c in self.known[b] if c.model == m]
        hits = [c for c in known if c.x(b)]
        n, p = len(known), over(len(hits), len(known))
        groups = {}
        for c in known:
            groups.setdefault(c.question, []).append(c.x(b))
        worth, k = n or None, len(groups)
        if 1 < k < n:
            between = sum(len(g) * (mean(g) - p) ** 2 for g in groups.values()) / (k - 1)
            within = sum(len(g) * mean(g) * (1 - mean(g)) for g in groups.values()) / (n - k)
            size = (n - sum(len(g) ** 2 for g in groups.values()) / n) / (k - 1)
            rho = (between - within) / (between + (size - 1) * within) if between + within > 0 else 1
            worth = n / (1 + (n / k - 1) * min(1, max(0, rho)))
        ranks = [c.tracked[b]["rank"] for c in hits if c.tracked[b]["rank"] is not None]
        tones = [c.tracked[b]["sentiment"] for c in self.cells if c.model == m and c.x(b)]
        return {"brand": self.brands[b],
                "mention_rate": {**rate(len(hits), n), "interval": wilson(p, worth)}, "n_eff": worth,
                "first_mention_rate": rate(sum(c.first() == self.brands[b] for c in hits), n),
                "average_rank": average(ranks),
                "sentiment": average(t for t in tones if t is not None),
                "excluded": self.excluded([c for c in self.neutral if c.model == m], b)}

    def spread(self, b):
        rates = [r for r in self.by_model(b) if r is not None]
        out = {"models": len(rates), "low": None, "high": None, "range": None, "deviation": None, "apart": []}
        if len(rates) < 2:
            return out
        middle = mean(rates)
        out.update(low=min(rates), high=max(rates), range=max(rates) - min(rates),
                   deviation=math.sqrt(mean((r - middle) ** 2 for r in rates)))
        intervals = [self.field(m, b)["mention_rate"]["interval"] for m in range(self.models)]
        for i in range(self.models):
            for k in range(i + 1, self.models):
                x, y = intervals[i], intervals[k]
                if x and y and (x[1] < y[0] or y[1] < x[0]):
                    out["apart"].append({"lower": i, "higher": k} if x[1] < y[0] else {"lower": k, "higher": i})
        return out

    # scores

    def parts(self, b):
        if not self.known[b]:
            return [None] * 4
        macro = mean(r for r in self.by_model(b) if r is not None)
        rank = sum(ladder(c.tracked[b]["rank"]) for c in self.hits[b]) / len(self.known[b])
        if not self.hits[b]:
            return [macro, rank, 0 if self.B > 1 else None, 0]
        tone = mean(s["sentiment"] for s in self.said[b] if s["sentiment"] is not None)
        return [macro, rank, min(1, self.voice(b)["value"] * self.B / 2) if self.B > 1 else None,
                None if tone is None else macro * (tone + 1) / 2]

    def legacy(self, b):
        none = [None] * 4
        known = self.known[b]
        if known:
            seen = 0
            for c in self.hits[b]:
                place, words = c.tracked[b]["first_part"], c.tracked[b]["words"]
                place = 1 if place is None else place
                seen += 60 + (20 if place < .3 else 10 if place < .7 else 0) + (20 if words >= 200 else 10 if words >= 100 else 0)
            ranks = [c.tracked[b]["rank"] for c in self.hits[b]]
            rank = sum(0 if r is None else 120 - 20 * min(r, 5) for r in ranks)
            share = self.voice(b)["value"]
            voice = None if share is None else next((v for at, v in ((.4, 100), (.3, 80), (.2, 60), (.1, 40)) if share >= at), 20)
            tone = mean(s["sentiment"] for s in self.said[b] if s["sentiment"] is not None)
            tone = None if tone is None else 20 + 20 * min(4, max(0, math.floor((tone + 1) / 2 * 5)))
            none = [seen / len(known), rank / len(known), voice, tone]
        weights = [.25, .35, .25, .15]
        return {"score": weighed(zip(none, weights)),
                "parts": {k: {"value": v, "weight": w} for k, v, w in
                          zip(("visibility", "rank", "share_of_voice", "sentiment"), none, weights)}}

    def score(self, b):
        parts, n = self.parts(b), len(self.known[b])
        weights = self.weights
        value = weighed(zip(parts, weights))
        value = None if value is None else 100 * value
        interval = self.draws and self.draws[b]["score"]
        band = [grade(v) for v in interval] if interval and value is not None else None
        return {"brand": self.brands[b], "role": "competitor" if b else "main", "score": value, "interval": interval,
                "grade": None if value is None else grade(value), "grade_band": band,
                "provisional": n < 5 or (band is not None and band[0] != band[1]), "n": n,
                "parts": {k: {"value": v, "weight": w} for k, v, w in
                          zip(("mention", "rank", "share_of_voice", "sentiment"), parts, weights)},
                "legacy": self.legacy(b)}

    # pairs of brands

    def forward(self, c, b):
        return c.x(b) == 1 and c.tracked[b]["type"] in ("recommended", "listed")

    def caught(self, c, b):
        """Is the main brand absent while b, or for 0 any competitor, is put forward? None: it cannot be told."""
        if c.x(0) is None or self.B < 2:
            return None
        if b:
            return None if c.x(b) is None else int(not c.x(0) and self.forward(c, b))
        if c.x(0) or any(self.forward(c, k) for k in range(1, self.B)):
            return int(not c.x(0))
        return 0 if all(c.x(k) is not None for k in range(1, self.B)) else None

    def interception(self):
        def one(b):
            told = [x for x in (self.caught(c, b) for c in self.count) if x is not None]
            figure = self.sure(b, rate(sum(told), len(told)), "interception")
            low = figure["interval"][0] if figure["interval"] else 0
            return figure, "high" if low > .5 else "medium" if low > .3 else None, len(self.count) - len(told)

        figure, level, unknown = one(0)
        by = [dict(zip(("brand", "rate", "level", "unknown"), (self.brands[b], *one(b)))) for b in range(1, self.B)]
        return {"any": figure, "level": level, "unknown": unknown if self.B > 1 else 0, "by": by}

    def versus(self, b):
        both = [c for c in self.known[0] if c.x(b) is not None]
        pairs = [(c.x(0), c.x(b)) for c in both]
        outranked = 0
        for c in both:
            if c.x(0) and c.x(b):
                mine, other = c.tracked[0], c.tracked[b]
                key = [(s["rank"] is None, s["rank"] or s["order"]) for s in (mine, other)]
                outranked += key[1] < key[0]
        only = pairs.count((1, 0)), pairs.count((0, 1))
        return {"brand": self.brands[b], "both": pairs.count((1, 1)), "only_main": only[0], "only_competitor": only[1],
                "neither": pairs.count((0, 0)), "unknown": len(self.count) - len(both), "outranked": outranked,
                "p": mcnemar(*only)}

    # brands that nobody tracks, and samples side by side

    def named(self, c):
        """{name: (rank, offset)} of all brands that are visible in the answer."""
        out = {}
        for s in [s for s in c.tracked if s["mentioned"]] + c.found:
            out.setdefault(("T" + s["id"]) if s["tracked"] else "D" + fold(s["id"]), (s["rank"], s["first_offset"] or 0))
        return out

    def rivals(self):
        seen = {}
        for c in self.looked:
            there = set()
            for s in c.found:
                key = fold(s["id"])
                r = seen.setdefault(key, {"name": s["id"], "answers": 0, "models": set(), "best_rank": None, "first": 0})
                if key in there:
                    continue
                there.add(key)
                r["answers"] += 1
                r["models"].add(c.model)
                r["first"] += s["order"] == 1
                if s["rank"] is not None:
                    r["best_rank"] = min(s["rank"], r["best_rank"] or s["rank"])
        order = sorted(seen, key=lambda k: (-seen[k]["answers"], -len(seen[k]["models"]), seen[k]["best_rank"] or math.inf,
                                            -seen[k]["first"], k.encode()))
        return [{**seen[k], "models": len(seen[k]["models"])} for k in order]

    def stability(self):
        groups = {}
        for c in self.looked:
            if c.geo["complete"]:
                groups.setdefault((c.question, c.model), []).append(c)
        sets, lists = [], []
        for g in groups.values():
            g = [self.named(c) for c in sorted(g, key=lambda c: c.sample)]
            pairs = [(a, b) for i, a in enumerate(g) for b in g[i + 1:i + 33]]
            sets.append([len(a.keys() & b.keys()) / len(a.keys() | b.keys()) for a, b in pairs if a or b])
            ranked = [tuple(sorted((n for n in x if x[n][0] is not None), key=lambda n, x=x: x[n])[:50] for x in p) for p in pairs]
            lists.append([overlap(a, b) for a, b in ranked if a and b])
        sets, lists = [s for s in sets if s], [s for s in lists if s]
        return {"jaccard": mean(map(mean, sets)), "groups": len(sets), "pairs": sum(map(len, sets)),
                "rank_overlap": mean(map(mean, lists)), "ranked_groups": len(lists), "ranked_pairs": sum(map(len, lists))}

    def sources(self):
        reads = [c for c in self.cells if c.reads]
        origins, sites = {}, {}
        for origin in ("provider", "text", "model_claimed"):
            cited = [[s for s in c.citations if s["origin"] == origin] for c in reads]
            cited = [c for c in cited if c]
            pages = [s for c in cited for s in c]
            origins[origin] = {"citations": len(pages), "answers": len(cited), "brands": [
                {"brand": name, "citation_share": rate(sum(s["brand"] == name for s in pages), len(pages)),
                 "citation_rate": rate(sum(any(s["brand"] == name for s in c) for c in cited), len(cited))}
                for name in self.brands]}
        for i, c in enumerate(reads):
            for s in c.citations:
                sites.setdefault(s["domain"], []).append((i, c.model, s))
        strength = ["owned", "competitor", "media", "ugc", "reference", "unknown"]
        rows = []
        for domain, cites in sites.items():
            best = min(cites, key=lambda c: (strength.index(c[2]["category"]), c[0], list(origins).index(c[2]["origin"])))[2]
            rows.append({"domain": domain, "answers": len({c[0] for c in cites}), "models": len({c[1] for c in cites}),
                         "citations": len(cites), "category": best["category"], "brand": best["brand"],
                         "origins": {o: len({c[0] for c in cites if c[2]["origin"] == o}) for o in origins}})
        rows.sort(key=lambda r: (-r["answers"], -r["models"], -r["citations"], r["domain"].encode()))
        flags = self.flags(reads, rows)
        return {"answers": len(reads), "origins": origins, "domains": len(rows), "sites": rows[:100], "flagged": len(flags), "flags": flags[:100]}

    def flags(self, reads, rows):
        """rows: all sites, in their order."""
        sites = {r["domain"]: dict(r, place=i) for i, r in enumerate(rows)}
        by_brand, by_site = {}, {}
        for i, c in enumerate(reads):
            forward = {s["id"] for s in c.tracked if s["mentioned"] and s["type"] in ("recommended", "listed")} | {s["id"] for s in c.found}
            for s in c.citations:
                if s["origin"] == "model_claimed":
                    continue
                for name in s["near"]:
                    key = (0, self.brands.index(name)) if name in self.brands else (1, fold(name))
                    by_brand.setdefault(key, []).append((i, c.model, s["domain"], name, name in forward))
                by_site.setdefault(s["domain"], []).append((i, c.model, s, forward))
        flags = []

        def flag(what, domain, name, answers):  # answers: (place, model)
            flags.append((0 if what == "one_site" else 1, -len({a for a, _ in answers}), sites[domain]["place"], name.encode(), {
                "flag": what, "domain": domain, "category": sites[domain]["category"], "brand": name, "tracked": name in self.brands,
                "answers": len({a for a, _ in answers}), "models": len({m for _, m in answers})}))

        for key, rows_of in by_brand.items():
            site, answers = sites[rows_of[0][2]], {(i, m) for i, m, _, _, forward in rows_of if forward}
            if len({d for _, _, d, _, _ in rows_of}) == 1 and len(answers) >= 3 and \
                    (site["category"] == "unknown" or (key[0] == 0 and site["brand"] == rows_of[0][3])):
                flag("one_site", site["domain"], rows_of[0][3], answers)
        for domain, cites in by_site.items():
            names = {fold(name) for _, _, s, _ in cites for name in s["near"]}
            if sites[domain]["category"] == "unknown" and len(names) == 1 and len({m for _, m, _, _ in cites}) == 1 and \
                    all(s["praise_only"] is True and len(s["near"]) == 1 and s["near"][0] in forward for _, _, s, forward in cites):
                flag("praise_only", domain, cites[0][2]["near"][0], [(i, m) for i, m, _, _ in cites])
        return [f[4] for f in sorted(flags, key=lambda f: f[:4])]

    # intervals

    def draw(self):
        """[brand]{stat: interval}; of two ways of drawing the wider one at either end"""
        ways = [self.draw_from(False)] if self.open > 1 else []
        if self.open < 10:
            ways.append(self.draw_from(True))
        return [{stat: widest([w[b][stat] for w in ways]) for stat in ways[0][b]} for b in range(self.B)]

    def draw_from(self, answers):
        B, M = self.B, self.models
        S = 1 + max([c.sample for c in self.cells if c.neutral], default=0)
        clusters = self.open * M * S if answers else self.open
        place = {q: k for k, q in enumerate(q for q in range(self.Q) if not self.branded[q])}
        width = 2 * M * B + 9 * B
        rows = [[0.0] * width for _ in range(clusters + 1)]
        for c in self.cells:
            at = place.get(c.question)
            if at is None:
                at = clusters
            elif answers:
                at = (at * M + c.model) * S + c.sample
            row = rows[at]
            for b in range(B):
                base = 2 * M * B + 9 * b
                if c.neutral and not self.branded[c.question] and self.caught(c, b) is not None:
                    row[base + 7] += 1
                    row[base + 8] += self.caught(c, b)
                if c.x(b) is None:
                    continue
                s = c.tracked[b]
                if c.x(b) and s["sentiment"] is not None:
                    row[base] += 1
                    row[base + 1] += s["sentiment"]
                if not c.neutral or self.branded[c.question]:
                    continue
                rank = s["rank"] if c.x(b) else None
                row[2 * (c.model * B + b)] += 1
                row[2 * (c.model * B + b) + 1] += c.x(b)
                row[base + 2] += ladder(rank) if c.x(b) else 0
                row[base + 3] += bool(c.x(b)) and c.first() == self.brands[b]
                row[base + 4] += rank == 1
                row[base + 5] += rank is not None and rank <= 3
                row[base + 6] += s["type"] == "recommended"
        values = [{} for _ in range(B)]
        numbers = splitmix64(self.seed)
        for _ in range(self.replicates):
            total = list(rows[clusters])
            for _ in range(clusters):
                total = [a + b for a, b in zip(total, rows[((next(numbers) >> 32) * clusters) >> 32])]
            for b, stats in enumerate(self.of_draw(total)):
                for stat, v in stats.items():
                    values[b].setdefault(stat, []).append(v)
        return [{stat: between(v) for stat, v in of.items()} for of in values]

    def of_draw(self, total):
        B, M, w = self.B, self.models, self.weights
        n = [[total[2 * (m * B + b)] for m in range(M)] for b in range(B)]
        hits = [[total[2 * (m * B + b) + 1] for m in range(M)] for b in range(B)]
        voices = sum(map(sum, hits))
        for b in range(B):
            toned, tone, steps, first, top1, top3, recommended, decided, caught = total[2 * M * B + 9 * b:][:9]
            all_n, all_hits = sum(n[b]), sum(hits[b])
            macro = mean(h / k for h, k in zip(hits[b], n[b]) if k)
            voice = over(all_hits, voices) if B > 1 else None
            if not all_n:
                score = None
            elif not all_hits:
                score = 100 * weighed([(macro, w[0]), (steps / all_n, w[1]), (0 if B > 1 else None, w[2]), (0, w[3])])
            else:
                score = 100 * weighed([(macro, w[0]), (steps / all_n, w[1]), (min(1, voice * B / 2) if B > 1 else None, w[2]),
                                       (macro * (tone / toned + 1) / 2 if toned else None, w[3])])
            yield {"mention_rate": over(all_hits, all_n), "macro": macro, "score": score, "voice": voice,
                   "first_mention_rate": over(first, all_n), "top1_rate": over(top1, all_n), "top3_rate": over(top3, all_n),
                   "recommendation_rate": over(recommended, all_n), "interception": over(caught, decided)}

    # all together

    def sample(self):
        known = len(self.known[0])
        size = ("none" if not known else "low_sample" if known < 5 else "thin" if self.questions() < 10
                else "exploratory" if self.questions() < 50 else None)
        by_question = self.open > 1
        given = self.report["metrics"]["sample"]
        answers = self.open * self.models * (1 + max([c.sample for c in self.cells if c.neutral], default=0))
        clusters = self.open if by_question else answers
        return {"questions": self.questions(), "size": size,
                "method": "wilson" if not self.drawn else "bootstrap_answers" if not by_question
                else "bootstrap_both" if self.open < 10 else "bootstrap_questions",
                "replicates": given["replicates"], "clusters": clusters if self.replicates else 0,
                "answers": answers if self.replicates and self.open < 10 else 0, "seed": given["seed"]}

    def metrics(self):
        rivals = self.rivals()
        left = [{"brand": name, "mention_rate": rate(sum(x == 1 for x in xs), sum(x is not None for x in xs))}
                for b, name in enumerate(self.brands)
                for xs in [[c.x(b) for c in self.neutral if self.branded[c.question]]]]
        return {
            "neutral": {"cells": len(self.neutral), "known": len(self.known[0]), "excluded": self.excluded(self.neutral, 0)},
            "branded": {"questions": sum(self.branded), "cells": len(self.neutral) - len(self.count), "brands": left},
            "sample": self.sample(),
            "brands": [self.brand(b) for b in range(self.B)],
            "voice": {"tracked": {"brands": self.B, "mentions": self.voices},
                      "all": {"brands": self.B + len(rivals), "mentions": self.voices + sum(r["answers"] for r in rivals)}},
            "interception": self.interception(),
            "versus": [self.versus(b) for b in range(1, self.B)],
            "models": [{"provider": p["provider"], "model": p["model"], "brands": [self.field(m, b) for b in range(self.B)]}
                       for m, p in enumerate(self.report["providers"])],
            "discovered": {"answers": len(self.looked), "names": len(rivals), "brands": rivals[:100]},
            "sources": self.sources(),
            "stability": self.stability(),
        }

    def summary(self):
        by = {s: sum(c.status == s for c in self.cells) for s in ["ok", "truncated"] + STATUSES}
        return {"total": len(self.cells), "completed": by["ok"] + by["truncated"] + by["refused"], "truncated": by["truncated"],
                "refused": by["refused"], "failed": by["error"] + by["timeout"] + by["cancelled"], "skipped": by["skipped"]}

    def search(self, model=None):
        """Answers, refusals too, and those of them that came with a web search."""
        came = [c for c in self.cells if model in (None, c.model) and (c.answered or (c.status == "refused" and c.text))]
        return {"answers": len(came), "searched": sum(c.searched is True for c in came)}

    def providers(self):
        for m in range(self.models):
            own = [c for c in self.cells if c.model == m]
            times = sorted(c.latency for c in own if c.answered and not c.cached and c.latency is not None)
            counts = {"cells": len(own), "answered": sum(c.answered for c in own),
                      "refused": sum(c.status == "refused" for c in own), "skipped": sum(c.status == "skipped" for c in own)}
            counts["failed"] = 2 * counts["cells"] - sum(counts.values())
            yield {**counts, "searched": self.search(m)["searched"], "latency_max_ms": times[-1] if times else None,
                   "latency_p50_ms": (times[(len(times) - 1) // 2] + times[len(times) // 2]) // 2 if times else None}


def overlap(a, b, p=.9):
    """Rank-biased overlap, extrapolated, of two lists without doubles."""
    s, l = sorted((a, b), key=len)
    x = [len(set(s[:d]) & set(l[:d])) for d in range(len(l) + 1)]
    total = sum(x[d] / d * p ** d for d in range(1, len(l) + 1))
    total += sum(x[len(s)] * (d - len(s)) / (len(s) * d) * p ** d for d in range(len(s) + 1, len(l) + 1))
    return (1 - p) / p * total + ((x[len(l)] - x[len(s)]) / len(l) + x[len(s)] / len(s)) * p ** len(l)


def differences(should, told, path=""):
    """Where the report tells something else. Members that are not computed are left alone at the top only."""
    if isinstance(should, dict):
        if not isinstance(told, dict):
            return [f"{path}: {told!r}, not an object"]
        extra = set(told) - set(should) if path.count("/") > 1 else set()
        out = [f"{path}/{k}: nobody computes it" for k in sorted(extra)]
        return out + [d for k in should for d in differences(should[k], told.get(k, "missing"), f"{path}/{k}")]
    if isinstance(should, list):
        if not isinstance(told, list) or len(told) != len(should):
            return [f"{path}: {told!r}, not {should!r}"]
        return [d for i, v in enumerate(should) for d in differences(v, told[i], f"{path}/{i}")]
    if float in (type(should), type(told)) and {type(should), type(told)} <= {int, float}:
        least = 1e-3 if "word_share" in path or "position_share" in path else 1e-9
        return [] if abs(should - told) <= least * max(1, abs(should)) else [f"{path}: {told!r}, not {should!r}"]
    return [] if should == told and type(should) is type(told) else [f"{path}: {told!r}, not {should!r}"]


def check(report):
    r = Recomputed(report)
    scores = [{**r.score(b), "aliases": report["scores"][b]["aliases"]} for b in range(r.B)]
    out = differences(r.metrics(), {k: v for k, v in report["metrics"].items() if k != "tokens"}, "/metrics")
    out += [f"/metrics/{k}: nobody computes it" for k in set(report["metrics"]) - set(r.metrics()) - {"tokens"}]
    out += differences(scores, report["scores"], "/scores")
    out += differences(r.summary(), {k: report["summary"].get(k) for k in r.summary()}, "/summary")
    out += differences(r.search(), {k: report["search"].get(k) for k in r.search()}, "/search")
    for m, should in enumerate(r.providers()):
        out += differences(should, {k: report["providers"][m].get(k) for k in should}, f"/providers/{m}")
    if report["questions_branded"] != [q for q, b in enumerate(r.branded) if b]:
        out.append(f"/questions_branded: {report['questions_branded']}")
    return out


def main(paths):
    wrong = 0
    for path in paths:
        with open(path, encoding="utf-8") as f:
            found = check(json.load(f))
        wrong += len(found)
        print(f"{path}: {len(found)} figures differ" if found else f"{path}: every figure agrees")
        print("".join(f"  {line}\n" for line in found[:50]), end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

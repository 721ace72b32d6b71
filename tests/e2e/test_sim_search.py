"""brandiag-sim with web search on the wire: shapes, checks, and searches that are not made."""
import json

import pytest

from test_sim import FAST, body_of, events, post

PAGES = [{"url": "https://a.example.com/1", "title": "一", "site": "甲"}, {"url": "", "title": "", "site": "无"}]


def scene(**search):
    return {"defaults": {"latency": FAST, "search": search}}


def zhipu(**more):
    how = {"enable": True, "search_engine": "search_pro", "search_result": True, **more}
    return {"tools": [{"type": "web_search", "web_search": how}]}


def test_zhipu_puts_its_pages_beside_the_choices_once(sim):
    s = sim(scene(pages=PAGES))
    whole = json.loads(post(s, "zhipu", body_of("zhipu", **zhipu()))[2])
    assert [(p["link"], p["refer"]) for p in whole["web_search"]] == [("https://a.example.com/1", "ref_1"), ("", "ref_2")]
    assert "[ref_1]" in whole["choices"][0]["message"]["content"]
    stream = [json.loads(e) for e in events(post(s, "zhipu", body_of("zhipu", stream=True, **zhipu()))[2]) if e != "[DONE]"]
    assert ["web_search" in e for e in stream] == [False] * (len(stream) - 1) + [True]
    assert stream[-1]["choices"][0]["finish_reason"] == "stop"
    assert {line["search"] for line in s.log()} == {True}


def test_pages_come_only_with_a_search_that_was_asked_for_and_made(sim):
    s = sim(scene())
    for more in ({}, zhipu(enable=False), zhipu(search_result=False)):
        reply = json.loads(post(s, "zhipu", body_of("zhipu", **more))[2])
        assert "web_search" not in reply and "ref_" not in reply["choices"][0]["message"]["content"]
    s.set_scenario(scene(probability=0))
    assert "web_search" not in json.loads(post(s, "zhipu", body_of("zhipu", **zhipu()))[2])


@pytest.mark.parametrize("more", [{"tools": [{"type": "web_search"}]}, {"tools": [{"type": "browser"}]},
                                  zhipu(search_engine="bing"), zhipu(count=51), zhipu(search_query="问" * 71)],
                         ids=["no_inner_object", "unknown_tool", "engine", "count", "long_query"])
def test_zhipu_refuses_what_the_service_refuses(sim, more):
    assert post(sim(scene()), "zhipu", body_of("zhipu", **more))[0] == 400


def test_a_wrong_scenario_is_refused_with_its_place(sim):
    s = sim(scene())
    for wrong, words in (({"probability": -1}, "search.probability"), ({"pages": {}}, "search.pages"), ({"page": []}, "'page'"),
                         ({"pages": [{"link": "x"}]}, "'link'")):
        status, reply = s.call("POST", "/sim/scenario", json.dumps(scene(**wrong)).encode())
        assert status == 400 and words in json.dumps(reply), reply

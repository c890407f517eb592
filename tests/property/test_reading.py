"""The laws of reading a reviewer: any text, and valid ballots under every kind of damage seen in the field."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from council.reviewing import Unread, read_ballot
from council.types.calls import Finish
from council.types.findings import Severity
from council.types.reviews import Ballot, BallotFlag, ReviewOutcome, Verdict
from council.types.submission import Submission

SUBMISSION = Submission.from_text("def f(x):\n    return x\n", path="cache.py", tests="def test_f():\n    pass\n")
WORDS = ["approve", "request_changes", "reject", "abstain"]
SEVERITIES = ["critical", "high", "medium", "low", "info"]
some = settings(max_examples=200, deadline=None)
texts = st.text(max_size=60) | st.sampled_from(
    [
        "```python\nx = {'a': 1}\n```",
        "it's {not} \"closed",
        "I'm sorry, I can't",
        "</think>",
        "[1, 2",
        "\x00\x1b[2J",
        "—“”",
    ]
)
findings = st.fixed_dictionaries(
    {
        "category": st.sampled_from(["correctness", "security"]),
        "claim": texts.map(lambda t: "c " + t),
        "explanation": texts,
        "file": st.sampled_from(["cache.py", "./cache.py", "other.py", "", "../../etc/passwd"]),
        "line": st.integers(-3, 10**9),
        "severity": st.sampled_from(SEVERITIES),
    }
)
ballots = st.fixed_dictionaries(
    {"analysis": texts, "findings": st.lists(findings, max_size=4), "verdict": st.sampled_from(WORDS)}
)
proses = st.text(alphabet="abc .,\n'!`*#", max_size=40)


def read(text: str, finish: Finish = Finish.STOP) -> Ballot | Unread:
    return read_ballot(text, seat="s", finish=finish, submission=SUBMISSION)


def unique(ballot: dict) -> int:
    return len({json.dumps(f, sort_keys=True) for f in ballot["findings"]})


@settings(max_examples=500, deadline=None)
@given(st.text(), st.sampled_from(list(Finish)))
@example("{" * 3000, Finish.STOP)
@example('{"verdict": {"verdict": ' * 2000, Finish.STOP)
@example('{"confidence": 1e999, "verdict": "approve", "findings": 7}', Finish.STOP)
@example('{"verdict": "approve", "a": ' + "9" * 5000 + "}", Finish.STOP)
@example('{"\\ud800": "\\ud800", "verdict": "reject", "findings": ["\\ud800"]}', Finish.STOP)
@example("\ud800", Finish.STOP)
def test_no_text_raises(text: str, finish: Finish) -> None:
    assert isinstance(read(text, finish), Ballot | Unread)


@some
@given(
    st.lists(
        st.sampled_from(list("{}[]\"':,\\ \n") + ["verdict", "approve", "findings", "<think>", "</think>", "null"])
    )
)
def test_no_mix_of_json_marks_raises(marks: list[str]) -> None:
    read("".join(marks))


@some
@given(ballots, proses, proses, st.booleans(), st.integers(0, 4))
def test_a_whole_ballot_is_read_whatever_stands_around_it(
    ballot: dict, before: str, after: str, fenced: bool, indent: int
) -> None:
    body = json.dumps(ballot, indent=indent or None, ensure_ascii=False)
    text = f"{before}\n```json\n{body}\n```\n{after}" if fenced else f"{before}\n{body}\n{after}"
    result = read(text)
    assert isinstance(result, Ballot)
    assert result.verdict is Verdict(ballot["verdict"]) and result.quoted_verdict is None
    assert len(result.findings) == unique(ballot) and not result.unread
    assert [f.id for f in result.findings] == [f"s-{n}" for n in range(1, len(result.findings) + 1)]
    for finding in result.findings:
        assert finding.location is None or finding.location.path == "cache.py"
        assert finding.location is None or (finding.location.line or 1) <= 2
    critical = any(f["severity"] == "critical" for f in ballot["findings"])
    assert (BallotFlag.CONTRADICTION in result.flags) == (critical and ballot["verdict"] == "approve")


THINKING = [
    "<think>{}</think>{}",
    "<thinking>\n{}\n</thinking>\n{}",
    "<reasoning>{}</reasoning> {}",
    "{}</think>\n{}",
    "<think>one</think>{}</think>{}",
    "[THINK]{}[/THINK]{}",
    "<|channel|>analysis<|message|>{}<|end|><|channel|>final<|message|>{}",
]


@some
@given(ballots, ballots, st.sampled_from(THINKING), proses, st.booleans())
def test_a_draft_inside_reasoning_is_never_the_verdict(
    draft: dict, final: dict, frame: str, prose: str, broken: bool
) -> None:
    thought = prose + json.dumps(draft)[: -3 if broken else None]
    if "</think>" in thought:
        return
    result = read(frame.format(thought, json.dumps(final)))
    assert isinstance(result, Ballot) and result.verdict is Verdict(final["verdict"])
    assert len(result.findings) == unique(final)


@some
@given(ballots, st.sampled_from(["<think>", "<THINKING>", "<reasoning>"]))
def test_reasoning_that_never_ends_holds_no_ballot(draft: dict, tag: str) -> None:
    text = json.dumps(draft).replace("</think>", "")
    result = read(f"{tag} so: {text}")
    assert isinstance(result, Unread) and result.outcome is ReviewOutcome.UNREADABLE


@some
@given(ballots, ballots)
def test_two_ballots_that_contradict_each_other_are_unreadable(one: dict, other: dict) -> None:
    result = read(f"{json.dumps(one)}\n{json.dumps(other)}")
    if one["verdict"] != other["verdict"]:
        assert isinstance(result, Unread) and "contradict" in result.reason
    else:
        assert isinstance(result, Ballot)
        told = {json.dumps(f, sort_keys=True) for f in (*one["findings"], *other["findings"])}
        assert len(result.findings) == len(told)


@settings(max_examples=500, deadline=None)
@given(ballots, st.data())
def test_a_cut_reply_is_never_an_approval_without_its_findings(ballot: dict, data: st.DataObject) -> None:
    keys = data.draw(st.permutations(["analysis", "findings", "verdict"]))
    whole = json.dumps({key: ballot[key] for key in keys})
    cut = whole[: data.draw(st.integers(0, len(whole) - 1))]
    for finish in (Finish.LENGTH, Finish.STOP):
        result = read(cut, finish)
        if isinstance(result, Ballot):
            assert result.verdict is Verdict(ballot["verdict"])
            assert (BallotFlag.TRUNCATED in result.flags) == (finish is Finish.LENGTH)
            if result.verdict is Verdict.APPROVE:
                assert len(result.findings) == unique(ballot)
                assert [f.severity.value for f in result.findings].count("critical") == len(
                    {json.dumps(f, sort_keys=True) for f in ballot["findings"] if f["severity"] == "critical"}
                )


@settings(max_examples=400, deadline=None)
@given(ballots, st.data())
def test_damage_to_a_ballot_never_makes_an_approval_of_a_rejection(ballot: dict, data: st.DataObject) -> None:
    ballot = {**ballot, "verdict": data.draw(st.sampled_from(["reject", "request_changes", "abstain"]))}
    text = list(json.dumps(ballot))
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from(["", '"', "'", "{", "}", "[", "]", ",", ":", "\\", "\n", "<think>"]))
    result = read("".join(text))
    assert isinstance(result, Unread) or result.verdict is not Verdict.APPROVE


@settings(max_examples=400, deadline=None)
@given(ballots, st.data())
def test_damage_to_an_approval_never_hides_a_critical_finding(ballot: dict, data: st.DataObject) -> None:
    grave = {**data.draw(findings), "severity": "critical", "claim": "SQL injection"}
    ballot = {**ballot, "verdict": "approve", "findings": [*ballot["findings"], grave]}
    text = list(json.dumps(ballot))
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.sampled_from(["", "'", "{", "}", "[", "]", ",", ":", "\n"]))
    result = read("".join(text))
    if isinstance(result, Ballot) and result.counted_verdict is Verdict.APPROVE:
        assert any(f.severity in (Severity.CRITICAL, Severity.UNKNOWN) for f in result.findings) or result.unread


@some
@given(ballots, st.sampled_from(["comma", "python", "single"]))
def test_the_usual_damage_is_mended(ballot: dict, kind: str) -> None:
    if any(mark in json.dumps(ballot) for mark in ("'", "\\", "think", "“")):
        return
    text = json.dumps(ballot, ensure_ascii=False)
    if kind == "comma":
        text = text[:-1] + ",}"
    elif kind == "python":
        text = repr({**ballot, "extra": None, "sure": True})
    else:
        text = text.replace('"', "'")
    result = read(text)
    assert isinstance(result, Ballot) and BallotFlag.REPAIRED in result.flags
    assert result.verdict is Verdict(ballot["verdict"]) and len(result.findings) == unique(ballot)


ODD = st.one_of(
    st.integers(), st.none(), st.booleans(), st.just({}), st.just([]), st.fixed_dictionaries({"line": st.integers()})
)


@some
@given(ballots, st.lists(ODD, min_size=1, max_size=3), st.data())
def test_one_bad_finding_never_drops_its_neighbours(ballot: dict, odd: list, data: st.DataObject) -> None:
    mixed = data.draw(st.permutations([*ballot["findings"], *odd]))
    result = read(json.dumps({**ballot, "findings": mixed}))
    assert isinstance(result, Ballot)
    assert {f.message for f in result.findings} >= {f["claim"].strip("\n") for f in ballot["findings"]}
    dropped = {json.dumps(item, sort_keys=True) for item in odd if item is not None}
    assert (BallotFlag.FINDING_DROPPED in result.flags) == bool(result.unread) and len(result.unread) <= len(
        dropped
    ) + 1


@some
@given(ballots, st.sampled_from(["category", "claim", "explanation", "file", "line", "severity"]))
def test_a_finding_without_a_field_is_kept_with_what_it_has(ballot: dict, missing: str) -> None:
    cut = [{key: value for key, value in f.items() if key != missing} for f in ballot["findings"]]
    result = read(json.dumps({**ballot, "findings": cut}))
    assert isinstance(result, Ballot) and len(result.findings) == unique({"findings": cut})
    if missing == "severity":
        assert all(f.severity is Severity.UNKNOWN for f in result.findings)
        assert (BallotFlag.UNKNOWN_SEVERITY in result.flags) == bool(cut)


@some
@given(ballots, st.text(max_size=100))
def test_a_word_in_no_list_is_an_abstention(ballot: dict, word: str) -> None:
    result = read(json.dumps({**ballot, "verdict": f"not quite {word}"}))
    if isinstance(result, Ballot):
        assert result.verdict is Verdict.ABSTAIN and BallotFlag.UNKNOWN_VERDICT in result.flags
    else:
        assert "|" in word


@some
@given(st.text(alphabet="abcdefgh ,.!?'\n", max_size=200))
def test_prose_alone_is_no_ballot(text: str) -> None:
    for sentence in (
        "The change is not yet approved.",
        "Approved!",
        "verdict: approve",
        "LGTM",
        "**Verdict:** approve",
    ):
        assert isinstance(read(f"{text} {sentence}"), Unread)


HUGE = {
    "a long text": "x" * 5_000_000,
    "open braces": "{" * 5_000_000,
    "open objects": '{"a":' * 1_000_000,
    "open lists": "[" * 100_000,
    "nested ballots": '{"verdict":' * 400_000,
    "nested findings": '{"findings":[' * 300_000,
    "open reasoning": "<think>" * 700_000,
    "closed reasoning": "</think>" * 600_000,
    "an open string": '{"analysis":"' + '\\"' * 2_400_000,
    "single quotes": "{'verdict':'approve','a':" + "'x' 'y" * 800_000,
    "bare keys": "{a:" * 1_600_000,
    "many objects": '{"a": 1} ' * 500_000,
    "many ballots": '{"verdict": "reject", "findings": []} ' * 130_000,
    "many findings": '{"findings": [' + '{"severity": "low", "claim": "z"},' * 140_000 + '{}], "verdict": "approve"}',
    "mentions": '"verdict": "rejectxx' * 250_000,
}


@pytest.mark.parametrize("name", HUGE)
def test_five_megabytes_neither_hang_nor_overflow(name: str) -> None:
    started = time.perf_counter()
    read(HUGE[name])
    assert time.perf_counter() - started < 10

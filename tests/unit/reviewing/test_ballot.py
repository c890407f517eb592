"""Reading replies: the wrong verdicts of the field, the damage seen there, and replies of real models."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from council.reviewing import BALLOT_SCHEMA, Unread, read_ballot
from council.types.calls import Finish
from council.types.findings import Severity
from council.types.reviews import Ballot, BallotFlag, ReviewOutcome, Verdict
from council.types.submission import SourceFile, Submission

REPLIES = Path(__file__).parents[2] / "data" / "replies"
CODE = "def f(x):\n    return x\n\n\ndef g():\n    pass\n"
SUBMISSION = Submission.from_text(CODE, path="pkg/cache.py")
GRAVE = '{"severity": "critical", "claim": "SQL injection", "line": 2}'


def read(text: str, finish: Finish = Finish.STOP, submission: Submission = SUBMISSION) -> Ballot | Unread:
    return read_ballot(text, seat="gpt", finish=finish, submission=submission)


def ballot(text: str, finish: Finish = Finish.STOP) -> Ballot:
    result = read(text, finish)
    assert isinstance(result, Ballot), result
    return result


def unread(text: str, finish: Finish = Finish.STOP) -> Unread:
    result = read(text, finish)
    assert isinstance(result, Unread), result
    return result


def reply(verdict: object = "approve", findings: object = ()) -> str:
    return json.dumps({"analysis": "x", "findings": findings, "verdict": verdict})


# the field: wrong verdicts, with the inputs that show them


def test_the_draft_in_a_think_block_is_not_the_verdict() -> None:
    text = f'<think>{{"findings":[],"verdict":"approved"}}</think>{{"findings":[{GRAVE}],"verdict":"rejected"}}'
    result = ballot(text)
    assert result.verdict is Verdict.REJECT and result.findings[0].severity is Severity.CRITICAL


@pytest.mark.parametrize("text", ["The change is not yet approved.", "I would say it is approved.", "verdict: approve"])
def test_prose_is_never_an_approval(text: str) -> None:
    assert unread(text).outcome is ReviewOutcome.UNREADABLE


@pytest.mark.parametrize(
    "word", ["The change is not yet approved.", "cannot be approved", "approve?? no", True, 1, None]
)
def test_a_verdict_that_only_holds_the_word_is_an_abstention(word: object) -> None:
    result = ballot(reply(word))
    assert result.verdict is Verdict.ABSTAIN and BallotFlag.UNKNOWN_VERDICT in result.flags
    assert result.quoted_verdict is not None


def test_a_refusal_phrase_does_not_throw_a_ballot_away() -> None:
    text = json.dumps({"analysis": "I'm sorry, I can't see a flaw.", "findings": [], "verdict": "approve"})
    assert ballot(f"I'm sorry for the wait.\n{text}").verdict is Verdict.APPROVE


@pytest.mark.parametrize("text", ["I'm sorry, but I can't help with that.", "I cannot assist with this request."])
def test_a_refusal_without_a_ballot_is_refused(text: str) -> None:
    assert unread(text).outcome is ReviewOutcome.REFUSED
    assert unread("", Finish.REFUSED).outcome is ReviewOutcome.REFUSED


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("high", Severity.HIGH),
        ("severe", Severity.CRITICAL),
        ("P0", Severity.CRITICAL),
        ("terrifying", Severity.UNKNOWN),
    ],
)
def test_severity_words_outside_the_list_never_become_info(word: str, severity: Severity) -> None:
    result = ballot(reply("reject", [{"severity": word, "claim": "SQL injection"}]))
    assert result.findings[0].severity is severity
    assert (BallotFlag.UNKNOWN_SEVERITY in result.flags) == (severity is Severity.UNKNOWN)
    assert result.findings[0].quoted_severity == (None if word == "high" else word)


def test_a_fence_a_comma_a_number_and_a_missing_field_lose_nobody() -> None:
    text = (
        '```json\n{"analysis": 7, "findings": [\n'
        ' {"severity": "low", "claim": 12, "fix": "```python\\nreturn x\\n```", "line": "2"},\n'
        ' {"claim": "no severity here"},\n {"severity": "medium"},\n], "verdict": "reject",}\n```'
    )
    result = ballot(text)
    assert [f.message for f in result.findings] == ["12", "no severity here", "(no text)"]
    assert [f.severity for f in result.findings] == [Severity.LOW, Severity.UNKNOWN, Severity.MEDIUM]
    assert result.findings[0].fix == "```python\nreturn x\n```" and result.analysis == "7"
    assert str(result.findings[0].location) == "pkg/cache.py:2"
    assert BallotFlag.REPAIRED in result.flags


def test_a_finding_that_cannot_be_read_is_kept_raw_beside_its_neighbours() -> None:
    result = ballot(reply("reject", [{"severity": "low", "claim": "a"}, 5, {"claim": "b", "severity": "high"}]))
    assert [f.message for f in result.findings] == ["a", "b"] and result.unread == ("5",)
    assert [f.id for f in result.findings] == ["gpt-1", "gpt-2"]
    assert BallotFlag.FINDING_DROPPED in result.flags


# several objects, cut replies, broken ones


@pytest.mark.parametrize(
    "text",
    [
        reply("approve") + reply("reject"),
        reply("approve") + ' and later "verdict": "reject"',
        '{"verdict": "approve", "verdict": "reject", "findings": []}',
        '{"analysis": "it holds "verdict": "reject" in a string", "findings": [], "verdict": "approve"}',
        f'{{"analysis": "it says \'</think>{reply()}\'", "findings": [], "verdict": "reject"}}',
    ],
)
def test_contradicting_ballots_are_unreadable(text: str) -> None:
    assert unread(text).outcome is ReviewOutcome.UNREADABLE


@pytest.mark.parametrize(
    "text",
    [
        f'{{"findings": [], "verdict": "approve", "findings": [{GRAVE}]}}',
        f'{{"findings": [{GRAVE}]}}\n{reply()}',
        f"{reply()}\n{GRAVE}",
        reply("approve", {"critical": ["SQL injection"], "low": []}),
        f'{{"fndings": [{GRAVE}], "verdict": "approve"}}',
        '{"fndings": [{"severity": "critical", "clim": "SQL injection"}], "verdict": "approve"}',
        f'{{"issues": [{GRAVE}], "verdict": "approve"}}',
    ],
)
def test_an_approval_never_loses_a_critical_finding(text: str) -> None:
    result = ballot(text)
    assert BallotFlag.CONTRADICTION in result.flags and result.counted_verdict is Verdict.REQUEST_CHANGES


@pytest.mark.parametrize(
    "text",
    [
        '{"analysis": "", "verdict": "approve", "findings"} [{"everity": "ritical", "claim": "SQL injection"}]}',
        '{"analysis": "x", "findings": [], "verdict": "approve",} {"findings": [{"severity": "critical", "cl',
        '{"analysis": "x", "findings": [{"severity": "critical", "claim": "a"}}, "verdict": "approve"} "severity": "high"',
        f'{reply()} {{"findings": [{GRAVE}, {{"severity":',
    ],
)
def test_an_approval_of_which_findings_may_be_lost_is_unreadable(text: str) -> None:
    result = read(text)
    assert isinstance(result, Unread) or result.counted_verdict is not Verdict.APPROVE


def test_the_form_copied_out_is_no_ballot() -> None:
    form = '{"analysis": "...", "findings": [], "verdict": "approve|request_changes|reject"}'
    assert ballot(f"{form}\n{reply('reject')}").verdict is Verdict.REJECT
    assert unread(form).outcome is ReviewOutcome.UNREADABLE


@pytest.mark.parametrize(
    "text", ['{"review": %s}', "[%s]", '{"result": {"ballot": %s}}', "Here: `%s`", "{x} and {y}: %s"]
)
def test_wrappers_are_taken_off(text: str) -> None:
    assert ballot(text % reply("reject")).verdict is Verdict.REJECT


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ('{"analysis": "x", "findings": [], "verdict": "approve"', Verdict.APPROVE),
        ('{"analysis": "x", "findings": [], "verdict": "approve', None),
        ('{"verdict": "approve", "analysis": "x", "findings": [', None),
        ('{"verdict": "approve", "analysis": "x', None),
        (f'{{"verdict": "approve", "findings": [{GRAVE}, {{"sev', None),
        (f'{{"verdict": "reject", "findings": [{GRAVE}, {{"sev', Verdict.REJECT),
        (f'{{"analysis": "x", "findings": [{GRAVE}', None),
    ],
)
def test_a_cut_reply_counts_only_as_far_as_it_is_whole(text: str, verdict: Verdict | None) -> None:
    result = read(text, Finish.LENGTH)
    if verdict is None:
        assert isinstance(result, Unread) and "cut off" in result.reason
    else:
        assert isinstance(result, Ballot) and result.verdict is verdict and BallotFlag.TRUNCATED in result.flags


def test_python_literals_and_single_quotes_are_mended() -> None:
    result = ballot("{'analysis': 'it's fine', 'findings': [], 'verdict': 'approve', 'confidence': '90%', 'x': None}")
    assert result.verdict is Verdict.APPROVE and result.analysis == "it's fine" and result.confidence == 0.9


@pytest.mark.parametrize(
    ("value", "confidence"),
    [
        (0.8, 0.8),
        (85, 0.85),
        ("85 %", 0.85),
        ("high", 0.85),
        (7, None),
        (True, None),
        ("-1", None),
        (None, None),
        (1e300, None),
    ],
)
def test_confidence_is_a_fraction_or_nothing(value: object, confidence: float | None) -> None:
    assert ballot(json.dumps({"verdict": "approve", "findings": [], "confidence": value})).confidence == confidence


@pytest.mark.parametrize(
    ("word", "verdict"),
    [
        ("LGTM!", Verdict.APPROVE),
        ("**Approved**", Verdict.APPROVE),
        ("REQUEST_CHANGES", Verdict.REQUEST_CHANGES),
        ("request-changes", Verdict.REQUEST_CHANGES),
        ("changes requested", Verdict.REQUEST_CHANGES),
        ("not approved", Verdict.REQUEST_CHANGES),
        ("Rejected.", Verdict.REJECT),
        ("neutral", Verdict.ABSTAIN),
    ],
)
def test_the_usual_words_for_a_verdict(word: str, verdict: Verdict) -> None:
    result = ballot(reply(word))
    assert result.verdict is verdict and BallotFlag.UNKNOWN_VERDICT not in result.flags


# places


@pytest.mark.parametrize(
    ("file", "line", "place"),
    [
        ("pkg/cache.py", 2, "pkg/cache.py:2"),
        ("./pkg/cache.py", "L2", "pkg/cache.py:2"),
        ("cache.py", [2], "pkg/cache.py:2"),
        ("/home/me/cache.py:2", None, "pkg/cache.py:2"),
        (r"pkg\cache.py", "2-3", "pkg/cache.py:2"),
        (None, 2, "pkg/cache.py:2"),
        ("pkg/cache.py", 99, "pkg/cache.py"),
        ("pkg/cache.py", -1, "pkg/cache.py"),
        ("../../etc/passwd", 2, None),
        ("other.py", 2, None),
        (None, None, None),
    ],
)
def test_places_stay_inside_the_submission(file: object, line: object, place: str | None) -> None:
    finding = ballot(reply("reject", [{"claim": "a", "severity": "low", "file": file, "line": line}])).findings[0]
    assert (None if finding.location is None else str(finding.location)) == place
    named = file is not None and (place is None or place.count(":") == 0)
    assert ("place as named" in (finding.explanation or "")) == named


def test_a_name_that_fits_two_files_is_no_place() -> None:
    files = tuple(SourceFile(path=path, text=CODE) for path in ("a/x.py", "b/x.py"))
    result = read(
        reply("reject", [{"claim": "a", "severity": "low", "file": "x.py", "line": 1}]),
        Finish.STOP,
        Submission(files=files),
    )
    assert isinstance(result, Ballot) and result.findings[0].location is None


def test_control_characters_are_kept_as_data() -> None:
    assert (
        ballot(reply("reject", [{"claim": "a\x00\x1b[2Jb", "severity": "low"}])).findings[0].message == "a\x00\x1b[2Jb"
    )


def test_the_most_severe_of_too_many_findings_are_kept() -> None:
    many = [{"claim": f"nit {n}", "severity": "info"} for n in range(150)] + [{"claim": "bad", "severity": "critical"}]
    result = ballot(reply("approve", many))
    assert len(result.findings) == 100 and result.findings[-1].message == "bad" and len(result.unread) == 51
    assert {BallotFlag.CONTRADICTION, BallotFlag.FINDING_DROPPED} <= set(result.flags)


# the schema, and what real models answered


def test_the_schema_names_reasoning_before_decision_in_both_orders() -> None:
    keys = list(BALLOT_SCHEMA["properties"])
    inner = list(BALLOT_SCHEMA["properties"]["findings"]["items"]["properties"])
    assert keys == sorted(keys) and inner == sorted(inner)
    assert keys.index("analysis") < keys.index("findings") < keys.index("verdict")
    assert inner.index("claim") < inner.index("explanation") < inner.index("severity")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("qwen1.5b-lru-free", Verdict.APPROVE),
        ("qwen1.5b-sqli-schema", Verdict.APPROVE),
        ("qwen0.5b-sqli-free", Verdict.APPROVE),
        ("qwen0.5b-lru-schema-cut", "cut off"),
        ("smollm2-sqli-schema", Verdict.ABSTAIN),
        ("smollm2-lru-free-cut", "cut off"),
    ],
)
def test_replies_of_real_models(name: str, expected: Verdict | str) -> None:
    finish = Finish.LENGTH if name.endswith("cut") else Finish.STOP
    result = read((REPLIES / f"{name}.txt").read_text(encoding="utf-8"), finish)
    if isinstance(result, Ballot):
        assert result.verdict is expected and not result.unread
        assert all(f.severity is not Severity.UNKNOWN for f in result.findings)
    else:
        assert isinstance(expected, str) and expected in result.reason

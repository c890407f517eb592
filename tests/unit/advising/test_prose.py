"""A model may write the summary; a number that no fact has costs it the place."""

from __future__ import annotations

import asyncio
from types import ModuleType

import pytest

from council.advising import compose_advisory, foreign_numbers
from council.advisories import Prose, Study, conclude, kept_prose, write_prose
from council.errors import ModelBanned, ModelMissing
from council.models.fakes import ScriptedClient
from council.policies import ModelRule, Policy, load_policy
from council.rendering import Documents
from council.templating import Templates
from council.types.advisories import Advisory

CHAIR = "openai/chair"


@pytest.fixture
def advisory(records: ModuleType) -> Advisory:
    return compose_advisory(records.evidence(), records.SUBJECT)


def write(advisory: Advisory, answer: object, policy: Policy | None = None) -> tuple[Prose, ScriptedClient]:
    client = ScriptedClient({CHAIR: answer})  # type: ignore[dict-item]
    work = write_prose(
        advisory, CHAIR, policy=policy or load_policy("python-team"), client=client, templates=Templates()
    )
    return asyncio.run(work), client


def test_what_holds_only_numbers_of_the_facts_is_taken(advisory: Advisory) -> None:
    text = "codewriter:7b passes 33 % (14–61) of 12 tasks.\n\nplain:7b passes 100 %.\nUse it."
    written, client = write(advisory, f"<think>99 problems</think>{text}")
    assert written == Prose(CHAIR, ("codewriter:7b passes 33 % (14–61) of 12 tasks.", "plain:7b passes 100 %. Use it."))
    asked = client.calls[0].messages[1].content
    assert "| 8 of 12 programs failed" in asked and client.calls[0].purpose == "advise"


@pytest.mark.parametrize(
    ("text", "foreign"),
    [
        ("It passes 34 %.", ("34 %",)),
        ("It passes 33 tasks.", ("33",)),
        ("It passes 33 percent of the tasks.", ()),
        ("It passes 14 % to 61 %.", ()),
        ("It fails half of them.", ("half",)),
        ("It took 8,5 seconds, of 12.", ("8,5",)),
        ("It passes 12 %.", ("12 %",)),
        ("It is bad.", ()),
    ],
)
def test_a_number_that_no_fact_has_is_foreign(advisory: Advisory, text: str, foreign: tuple[str, ...]) -> None:
    assert foreign_numbers((text,), advisory) == foreign


def test_what_holds_a_foreign_number_is_refused(advisory: Advisory) -> None:
    written, _ = write(advisory, "It passes 97 % of 3 tasks.")
    assert written.paragraphs == () and written.refused == "it says 97 %, which no fact says"


def test_an_empty_answer_is_refused(advisory: Advisory) -> None:
    assert write(advisory, "<think>well")[0].refused == "its answer was empty"


def test_a_chair_that_the_policy_bans_is_not_asked(advisory: Advisory) -> None:
    policy = load_policy("python-team").but(models=(ModelRule(name="chair", status="banned", reason="no"),))
    with pytest.raises(ModelBanned, match="the chair"):
        write(advisory, "fine", policy)


def test_a_chair_that_is_missing_is_an_error(advisory: Advisory) -> None:
    work = write_prose(
        advisory, "openai/other", policy=load_policy("python-team"), client=ScriptedClient(), templates=Templates()
    )
    with pytest.raises(ModelMissing):
        asyncio.run(work)


def test_it_stands_in_the_summary_and_is_kept_with_its_version(records: ModuleType, advisory: Advisory) -> None:
    evidence = records.evidence(versions={"advisory-codewriter-7b": ()})
    first = conclude(Study(advisory, evidence, None), Prose(CHAIR, ("It passes 33 %.",)))
    text = Documents(secrets=()).render(first.advisory)
    assert "It passes 33 %.\n" in text and f"Written by {CHAIR}" in text
    assert "was measured on 12 tasks of Core;" not in text
    again = conclude(Study(advisory, first.evidence, first.new_version))
    assert again.new_version is None and kept_prose(again) == Prose(CHAIR, ("It passes 33 %.",))
    assert Documents(secrets=()).render(again.advisory) == text
    other = conclude(Study(advisory, first.evidence, first.new_version), Prose("openai/b", ("It fails.",)))
    assert other.new_version is not None and other.new_version.changes == ("The summary was written by openai/b.",)


def test_without_a_chair_the_built_sentences_stand(records: ModuleType, advisory: Advisory) -> None:
    evidence = records.evidence(versions={"advisory-codewriter-7b": ()})
    text = Documents(secrets=()).render(conclude(Study(advisory, evidence, None)).advisory)
    assert "codewriter:7b was measured on 12 tasks of Core;" in text and "Written by" not in text

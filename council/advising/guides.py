"""What to do: commands that exist, the exit criteria of the policy, and what to do and not to do."""

from __future__ import annotations

from council.advising.choosing import Choice
from council.advising.evidence import Evidence, Measured
from council.advising.sentences import command, say
from council.advising.tallies import Failures
from council.policies import Criterion
from council.types.advisories import AdvisoryStatus, Command, Requirement, Sentence
from council.types.facts import Fact

Steps = tuple[tuple[str, tuple[Command, ...]], ...]
_GENERATE = "council generate @task.md --tests test_generated.py --model {model} -o generated.py --force"


def migration_of(subject: Fact, choice: Choice, policy: Fact) -> Steps:
    """Return the steps away from a model; without an alternative that runs here, those to what the policy names."""
    steps: list[tuple[str, tuple[Command, ...]]] = [
        (
            "Find the code that the model wrote",
            (command("audit", "council audit . --model {model}", model=subject),),
        ),
        ("Validate what was found", validation_commands(policy)),
    ]
    primary, drafts = choice.role("primary"), choice.role("drafts")
    model = primary.model if primary is not None and primary.runs_here else choice.named
    if primary is None or not primary.runs_here:
        first = [command("models", "council models")]
        if model is not None:
            first.append(command("measure", "council bench run core --model {model}", ollama=True, model=model))
        steps.append(("See what runs here, and measure it before you rely on it", tuple(first)))
    if model is None:
        return tuple(steps)
    again = [command("generate", _GENERATE, ollama=True, model=model)]
    if primary is not None and model is primary.model and drafts is not None and drafts.runs_here:
        words = _GENERATE.replace("-o", "--draft-model {drafts} -o")
        again.append(command("two-tiers", words, ollama=True, model=model, drafts=drafts.model))
    steps.append(("Write critical code again", tuple(again)))
    steps.append(("Change the default", (command("default", "export OLLAMA_MODEL={model}", model=model),)))
    return tuple(steps)


def new_projects_of(subject: Fact, policy: Fact) -> Steps:
    """Return what a project that begins now sets up once: its settings, and what its CI runs."""
    return (
        ("Keep policy and model in a council.toml of the project", (command("init", "council init"),)),
        (
            "Let CI check what a model wrote, and that nothing of this model comes in",
            (*validation_commands(policy), command("audit", "council audit . --model {model}", model=subject)),
        ),
    )


def validation_commands(policy: Fact) -> tuple[Command, ...]:
    """Return the commands that run every check the policy asks for."""
    return (
        command("validate", "council validate generated.py --tests test_generated.py --policy {policy}", policy=policy),
    )


def doubts_of(policy: Fact) -> tuple[Command, ...]:
    """Return what to type when in doubt."""
    return (*validation_commands(policy), command("benchmarks", "council bench list"))


def requirements_of(evidence: Evidence) -> tuple[Requirement, ...]:
    """Return the exit criteria of the policy, one sentence each."""
    return tuple(
        Requirement(
            key=criterion.check,
            check=evidence.fact("policy", evidence.policy.id, "criteria", criterion.check, "check"),
            sentence=_criterion(evidence, criterion),
        )
        for criterion in evidence.policy.criteria
    )


def _criterion(evidence: Evidence, criterion: Criterion) -> Sentence:
    def fact(name: str) -> Fact:
        return evidence.fact("policy", evidence.policy.id, "criteria", criterion.check, name)

    if criterion.required == "never":
        return say(criterion.check, "{check}: shown, never blocks", check=fact("check"))
    words, facts = "{check}: ", {"check": fact("check")}
    if criterion.check in ("tests", "examples"):
        facts["rate"] = fact("min_pass_rate")
        words += "{rate} must pass"
    elif criterion.block_at is not None:
        facts["level"] = fact("block_at")
        words += "no error" if criterion.check == "syntax" else "no finding of level {level} or above"
        if criterion.check == "syntax":
            del facts["level"]
    else:
        words += "must run"
    if criterion.required == "if_given":
        words += ", wherever there is something to run"
    facts["outcome"] = fact("outcome")
    return say(criterion.check, words + "; otherwise the code is at best “{outcome}”", **facts)


def do_and_dont(
    evidence: Evidence, one: Measured, subject: str, choice: Choice, status: AdvisoryStatus
) -> tuple[tuple[Sentence, ...], tuple[Sentence, ...]]:
    """Return what to do and what not to do: from the choice, the failures and the rules of the policy."""
    failures = one.failures[subject]
    record = one.benchmark.benchmark_id
    name = evidence.fact("benchmark", record, "models", subject, "name")
    do, dont = [], []
    primary = choice.role("primary")
    if primary is not None and primary.runs_here:
        if choice.fit:
            do.append(say("primary", "Use {model} for code that ships.", model=primary.model))
        else:
            words = "Of what was measured, prefer {model}; it is below {fit_at} too, so no code of it ships unchecked."
            fit_at = evidence.fact("policy", evidence.policy.id, "advisory", "fit_at")
            do.append(say("primary", words, model=primary.model, fit_at=fit_at))
    if choice.tiers is not None:
        do.append(choice.tiers.but(key="two-tiers"))
    policy = evidence.fact("policy", evidence.policy.id)
    do.append(
        say("validate", "Validate whatever a model wrote by the policy {policy} before anybody uses it.", policy=policy)
    )
    if status is AdvisoryStatus.NOT_RECOMMENDED:
        dont.append(say("subject", "Do not use {model} for code that ships.", model=name))
    _from_failures(evidence, one, subject, failures, do, dont)
    for rule in evidence.policy.rules:
        text = evidence.fact("policy", evidence.policy.id, "rules", rule.id, "text")
        do.append(say(f"rule-{rule.id}", "{text}", text=text))
    return tuple(do), tuple(dont)


def _from_failures(
    evidence: Evidence, one: Measured, subject: str, failures: Failures, do: list[Sentence], dont: list[Sentence]
) -> None:
    def tally(name: str) -> Fact:
        return evidence.fact("benchmark", one.benchmark.benchmark_id, "tally", subject, name)

    if failures.tally("unseen").count:
        words = "Test edge cases: {unseen} that passed the plain tests failed them."
        do.append(say("edge-cases", words, unseen=tally("unseen")))
    if failures.tally("looks_right").count:
        words = "Do not trust code because no linter or scanner blocks it: none blocks {clean} that failed."
        dont.append(say("looks", words, clean=tally("looks_right")))
    if failures.tally("silent").count:
        words = "Do not wait for an error: {silent} that failed returned a wrong result and raised nothing."
        dont.append(say("silent", words, silent=tally("silent")))

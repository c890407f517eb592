"""Independent versions of a task, written by local models that see the task and nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from council.errors import ModelError
from council.protocols import ModelHost
from council.settings import Settings
from council.templating import Templates
from council.types.base import Record
from council.types.calls import Call, Finish, Message, Reply
from council.types.events import VersionsMoved
from council.types.versions import Version
from council.versions.programs import completed, program_id

VARIANTS = ("plain", "names", "simple", "careful")
"""Wordings of the question: the same task, so that versions do not all stumble over one word."""
_WARM = 0.8
"""Temperature of all but the first version of a model: at 0 it would write the same one again."""

ReadCode = Callable[[str, bool], str | None]
"""Returns the module in a reply; told whether the reply was cut off."""
Admit = Callable[[Reply], None]


class Written(Record):
    """What came of asking: the versions, those without code, and why it ended early."""

    versions: tuple[Version, ...] = ()
    asked: int = 0
    empty: int = 0
    """Replies without whole code."""
    stopped: str | None = None


class Desk:
    """Where versions are written: the server of models, the prompts, and what reads code out of a reply."""

    def __init__(
        self, host: ModelHost, settings: Settings, templates: Templates, read_code: ReadCode, admit: Admit | None = None
    ) -> None:
        self._host, self._settings, self._templates = host, settings, templates
        self._read_code = read_code
        self._admit = admit or _anybody

    async def write(
        self,
        task: str,
        models: Sequence[str],
        count: int,
        *,
        kept: Iterable[Version] = (),
        on_event: Callable[[VersionsMoved], None] | None = None,
    ) -> Written:
        """Return ``count`` versions shared evenly among the models, those ``kept`` from earlier among them.

        Stops when ``settings.versions_limit_s`` is over, with what is there. Raises ``ModelError`` when not even one
        could be written.
        """
        known = tuple(kept)
        made: list[Version] = []
        asked = empty = 0
        ends = time.monotonic() + self._settings.versions_limit_s
        for place, model in enumerate(models):
            share = count // len(models) + (place < count % len(models))
            own = [version for version in known if version.model == model][:share]
            made += own
            for number in range(_next_seed(own), _next_seed(own) + share - len(own)):
                if time.monotonic() > ends:
                    return Written(versions=tuple(made), asked=asked, empty=empty, stopped="the time was over")
                if on_event is not None:
                    on_event(VersionsMoved(stage="writing", model=model, number=len(made) + empty + 1, of=count))
                asked += 1
                try:
                    version = await self._one(task, model, number, ends - time.monotonic())
                except ModelError as error:
                    if not made:
                        raise
                    return Written(versions=tuple(made), asked=asked, empty=empty, stopped=str(error))
                empty += version is None
                made += [] if version is None else [version]
        return Written(versions=tuple(made), asked=asked, empty=empty)

    async def _one(self, task: str, model: str, number: int, left_s: float) -> Version | None:
        variant = VARIANTS[number % len(VARIANTS)]
        temperature = 0.0 if number == 0 else _WARM
        question = self._templates.render("prompts/version.txt.j2", {"task": task.strip(), "variant": variant}).strip()
        system = self._templates.render("prompts/generate_system.txt.j2", {}).strip()
        reply = await self._host.complete(
            Call(
                model=model,
                messages=(Message(role="system", content=system), Message(role="user", content=question)),
                temperature=temperature,
                max_tokens=self._settings.reply_limit_tokens,
                seed=number,
                timeout_s=max(1.0, min(self._settings.generation_timeout_s, left_s)),
                purpose="version",
            )
        )
        self._admit(reply)
        code = self._read_code(reply.text, reply.finish is Finish.LENGTH)
        if code is None:
            return None
        whole = completed(code, task)
        return Version(
            id=program_id(whole),
            code=whole,
            model=model,
            digest=reply.digest,
            temperature=temperature,
            seed=number,
            variant=variant,
            duration_s=reply.duration_s,
            prompt_tokens=reply.usage.prompt_tokens,
            completion_tokens=reply.usage.completion_tokens,
        )


def _next_seed(own: Sequence[Version]) -> int:
    return max((version.seed for version in own if version.seed is not None), default=-1) + 1


def _anybody(reply: Reply) -> None:
    """Let everybody in."""

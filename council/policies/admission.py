"""Lets models in or turns them away: by the name they are asked under, and again by what really answered."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import NamedTuple

from council.errors import CouncilError, ModelBanned
from council.policies.authorship import authorship, recusal_of
from council.policies.models import Standing, Use, standing_of
from council.policies.names import local_name
from council.policies.records import Policy
from council.text import one_line
from council.types.calls import LocalModel, Reply
from council.types.reviews import Seat
from council.types.submission import Origin


class Role(NamedTuple):
    """What a model is wanted for, and how another one is named for it."""

    title: str
    use: Use
    flag: str
    prefix: str = ""
    panel: str | None = None


WRITER = Role("the model that writes", "final", "--model")
DRAFTER = Role("the draft model", "drafts", "--draft-model")
CHAIR = Role("the chair", "review", "--set chair=", "ollama_chat/")
FALLBACK = Role("the fallback model", "final", "--set fallback_model=")


def seat_role(seat: Seat, panel: str | None) -> Role:
    """Return the role of a seat: hand-picked, or of a panel."""
    prefix = "ollama_chat/" if seat.provider == "ollama" else ""
    return Role(f"seat {one_line(seat.name, 60)}", "review", "--seat", prefix, panel)


class Admission:
    """Looks up the models of one piece of work, and keeps what people should hear of them.

    ``local`` are the models on this machine with their digests and families, as the server tells them; ``authors`` are
    those that wrote what is judged, and must not judge it.
    """

    def __init__(self, policy: Policy, local: Sequence[LocalModel] = (), authors: Sequence[Origin] = ()) -> None:
        self._policy = policy
        self._authors = tuple(authors)
        self._digests = {model.name: model.digest for model in local if model.digest}
        self._families = {model.name: model.family for model in local if model.family}
        self._told: set[tuple[str, str]] = set()
        self._notes: list[str] = []
        self.refusals: list[ModelBanned] = []
        """Models that were turned away after they had answered."""

    def require(self, name: str, role: Role) -> None:
        """Look a model up before it is asked. Raises ``ModelBanned``."""
        standing = self._standing(name, role, None)
        if standing.banned:
            raise self._refusal(standing, role, role.title)
        self._tell(standing, role)

    def turn_away(self, reply: Reply, role: Role) -> CouncilError | None:
        """Look up what really answered; return the refusal where the policy bans it, and remember it.

        A model that wrote what is judged is turned away as well: its ballot does not count.
        """
        for name in dict.fromkeys((reply.served_model or reply.model, reply.model)):
            standing = self._standing(name, role, reply.digest)
            if standing.banned:
                asked = "" if name == reply.model else f", asked for {one_line(reply.model, 80)},"
                refusal = self._refusal(standing, role, f"{role.title}{asked} was answered by a banned model")
                self.refusals.append(refusal)
                self._notes.append(refusal.problem)
                return refusal
            self._tell(standing, role)
        return recusal_of(self._authors, reply)

    def authored(self, name: str) -> str | None:
        """Return in a sentence how a model is known to have written what is judged; ``None`` where it is not."""
        return authorship(self._authors, name)

    def take_notes(self) -> tuple[str, ...]:
        """Return what people should hear of and have not heard yet."""
        notes, self._notes = tuple(self._notes), []
        return notes

    def _standing(self, name: str, role: Role, digest: str | None) -> Standing:
        family = self._families.get(local_name(name))
        known = self._digests
        return standing_of(self._policy, name, digest=digest, family=family, known_digests=known, use=role.use)

    def _tell(self, standing: Standing, role: Role) -> None:
        key = (role.title, "" if standing.rule is None else standing.rule.key)
        if standing.remarkable and key not in self._told:
            self._told.add(key)
            remedy = _remedy(standing, role) if standing.rule is not None else None
            self._notes.append(f"{role.title}: {standing.reason}" + (f". {remedy}" if remedy else ""))

    def _refusal(self, standing: Standing, role: Role, head: str) -> ModelBanned:
        return ModelBanned(f"{head}: {standing.reason}", _remedy(standing, role))


def _remedy(standing: Standing, role: Role) -> str | None:
    if role.panel is None:
        return standing.remedy(role.flag, prefix=role.prefix)
    panel = one_line(role.panel, 40)
    if standing.rule is None or standing.limited_to or not standing.rule.replacement:
        return f"Take it out of panel {panel}, or name seats with --seat"
    word = one_line(standing.rule.replacement, 80)
    return f"Put {shlex.quote(word if '/' in word else role.prefix + word)} in its place in panel {panel}"

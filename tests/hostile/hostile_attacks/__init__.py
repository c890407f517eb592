"""Every attack and every honest program of the suite, a table a module."""

from __future__ import annotations

from hostile_attacks.availability import AVAILABILITY
from hostile_attacks.base import Attack
from hostile_attacks.benign import BENIGN as BENIGN_FIRST
from hostile_attacks.benign_more import BENIGN_MORE
from hostile_attacks.corners import CORNERS
from hostile_attacks.integrity import INTEGRITY
from hostile_attacks.kernel import KERNEL
from hostile_attacks.network import NETWORK
from hostile_attacks.output import OUTPUT
from hostile_attacks.secrets import SECRETS
from hostile_attacks.static import STATIC
from hostile_attacks.tampering import TAMPERING
from hostile_attacks.tampering_deep import TAMPERING_DEEP
from hostile_attacks.tampering_sly import TAMPERING_SLY
from hostile_attacks.tools import TOOLS

ATTACKS: tuple[Attack, ...] = (
    *SECRETS, *INTEGRITY, *KERNEL, *NETWORK, *AVAILABILITY, *CORNERS, *TAMPERING, *TAMPERING_DEEP, *TAMPERING_SLY, *OUTPUT, *STATIC, *TOOLS,
)  # fmt: skip
BENIGN: tuple[Attack, ...] = (*BENIGN_FIRST, *BENIGN_MORE)
PROGRAMS: tuple[Attack, ...] = (*ATTACKS, *BENIGN)

__all__ = ["ATTACKS", "BENIGN", "PROGRAMS", "Attack"]

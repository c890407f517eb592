"""Kept sessions, heard again: decided anew without a call, or completed by the seats that are missing."""

from council.rehearings.replay import policy_of, replay_session
from council.rehearings.resumption import resume_session, retired_seats, seats_to_ask

__all__ = ["policy_of", "replay_session", "resume_session", "retired_seats", "seats_to_ask"]

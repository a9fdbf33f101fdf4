"""The pipeline over history: what a gate would have done to commits that were made long ago. Nothing is checked out."""

from antipasta_hook.replay.run import Replay, Step
from antipasta_hook.replay.warm import warm

__all__ = ["Replay", "Step", "warm"]

"""The hooks of plain git: where they belong, what they say, and what they must never overwrite."""

from antipasta_hook.install.installing import install
from antipasta_hook.install.managers import Managed
from antipasta_hook.install.removing import uninstall
from antipasta_hook.install.script import HOOKS, WARMING
from antipasta_hook.install.steps import Deed, Step

__all__ = ["HOOKS", "WARMING", "Deed", "Managed", "Step", "install", "uninstall"]

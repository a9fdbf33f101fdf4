"""Carry out the reading: the cache first, then the metrics, until the verdict needs nothing more."""

from antipasta_hook.analyse.run import Analysis, analyse

__all__ = ["Analysis", "analyse"]

"""A complexity gate for Python commits: it judges what is staged and blocks only what the commit makes worse."""

__version__ = "0.1.0"

"""What HEAD holds, by its own settings."""

from collections.abc import Mapping

from antipasta_hook.cache import open_memory
from antipasta_hook.changes import Difference, Repository, Span, read_difference
from antipasta_hook.changes.target import Commit
from antipasta_hook.config.settings import Settings, Told
from antipasta_hook.model import ScopeKind
from antipasta_hook.policy import policy_of


def of_head(repository: Repository, environ: Mapping[str, str]) -> tuple[Difference, Settings]:
    """Every Python file of HEAD, and the settings that are in it. Raises Failure."""
    head = repository.head()
    difference = read_difference(repository, Span(Commit(repository, head, ScopeKind.TREE), (head,), whole=True))
    return difference, policy_of(difference, Told(), open_memory(None, environ), strict=False).settings

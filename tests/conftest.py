"""Every test runs away from the user's own git, hook managers, settings and caches."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.integration.repositories import Repo

SCRUBBED = ("GIT_", "PRE_COMMIT", "PREK", "LEFTHOOK", "HUSKY", "ANTIPASTA", "SSL_CERT_")
SERVICES = ("CI_", "GITHUB_", "GITLAB_", "BITBUCKET_", "TF_BUILD", "SYSTEM_PULLREQUEST_", "JENKINS_", "CHANGE_")
"""What CI services set: this may run on one of them."""

# No test depends on the clock: what is slow on a busy machine is not wrong.
hypothesis.settings.register_profile("any machine", deadline=None)
hypothesis.settings.load_profile("any machine")

GLOBAL_CONFIG = """\
[user]
    name = Tester
    email = tester@example.org
[init]
    defaultBranch = main
[protocol "file"]
    allow = always
[advice]
    detachedHead = false
[gc]
    auto = 0
"""


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One home for the session: libgit2 asks for it once, when it is loaded."""
    home = tmp_path_factory.mktemp("home")
    (home / ".gitconfig").write_text(GLOBAL_CONFIG)
    with pytest.MonkeyPatch.context() as patch:
        for name in os.environ:
            if name == "CI" or name.startswith((*SCRUBBED, *SERVICES)):
                patch.delenv(name)
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, str(home))
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(home / name.lower()))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("GIT_CONFIG_GLOBAL", str(home / ".gitconfig"))
        patch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path_factory.getbasetemp().resolve()))
        for who in ("AUTHOR", "COMMITTER"):
            patch.setenv(f"GIT_{who}_DATE", "2024-01-01T12:00:00+00:00")
        yield


@pytest.fixture(scope="session", autouse=True)
def _heed_interrupts() -> None:
    """A shell that starts a command in the background makes it deaf to SIGINT, and all that it starts."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees what another one cached."""
    monkeypatch.setenv("ANTIPASTA_CACHE_DIR", str(tmp_path_factory.mktemp("cache") / "store"))


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """An empty repository on the branch main."""
    return Repo.create(tmp_path / "repo")

"""What a run outside of the tests needs to see: nothing of the user's git, hooks, settings and caches."""

import os

_FOREIGN = ("GIT_", "PRE_COMMIT", "PREK", "ANTIPASTA", "CI_", "GITHUB_", "GITLAB_")
_GIT = "[user]\n\tname = Tester\n\temail = tester@example.org\n[init]\n\tdefaultBranch = main\n[gc]\n\tauto = 0\n"


def withdraw(home: str) -> None:
    """Leave the user's surroundings for an empty home."""
    for name in list(os.environ):
        if name == "CI" or name.startswith(_FOREIGN):
            del os.environ[name]
    config = os.path.join(home, ".gitconfig")
    with open(config, "w", encoding="utf-8") as stream:
        stream.write(_GIT)
    os.environ |= {
        "HOME": home,
        "GIT_CONFIG_GLOBAL": config,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CEILING_DIRECTORIES": home,
        "ANTIPASTA_CACHE_DIR": os.path.join(home, "cache"),
    }

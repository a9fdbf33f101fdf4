#!/usr/bin/env python3
"""The two commands of a checkout: `demo` shows the tool at work, `test` checks everything.

Needs git and Python 3.11 with its venv module, nothing else. What stands above the version check parses and runs on
every Python from 3.6 on, so that a Python that is too old can be told so in a sentence.
"""

import argparse
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from typing import NamedTuple

ROOT = os.path.dirname(os.path.abspath(__file__))
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
ASKING_MUCH = (
    "tests/unit/config",
    "tests/unit/test_progress.py",
    "tests/unit/test_screen.py",
    "tests/integration/cache",
    "tests/integration/changes",
    "tests/integration/test_explain.py",
    "tests/integration/test_run.py",
    "tests/integration/test_settings.py",
)
"""The tests that ask most of what the package needs."""
ASKING_PYTHON = (
    "tests/unit",
    "tests/fuzz",
    "tests/integration/cache",
    "tests/integration/test_api.py",
    "tests/integration/test_backtest.py",
    "tests/integration/test_blame.py",
    "tests/integration/test_cluster.py",
    "tests/integration/test_code_is_never_run.py",
    "tests/integration/test_executors.py",
    "tests/integration/test_explain.py",
    "tests/integration/test_invariants.py",
    "tests/integration/test_isolated_workers.py",
    "tests/integration/test_limits.py",
    "tests/integration/test_pool.py",
    "tests/integration/test_rollups.py",
    "tests/integration/test_run.py",
    "tests/integration/test_settings.py",
    "tests/integration/test_signals.py",
    "tests/integration/test_telemetry.py",
    "tests/integration/test_threads.py",
    "tests/integration/test_without_posix.py",
)
"""The tests that ask anything of the Python that runs them: those of how git is read and hooks are installed do not."""
PROBE = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"


def find_python(version: str) -> str:
    """A Python of this version ("3.12") that really starts and can make environments; "" where there is none."""
    names = [os.path.join(place, "python" + version) for place in os.get_exec_path()]
    pyenv = os.environ.get("PYENV_ROOT") or os.path.expanduser("~/.pyenv")
    names += sorted(glob.glob(os.path.join(pyenv, "versions", version + "[.-]*", "bin", "python")), reverse=True)
    return next((name for name in names if os.access(name, os.X_OK) and can_build(name, version)), "")


def can_build(python: str, version: str) -> bool:
    """Whether this is a Python of this version with venv and pip inside; a shim may exist and refuse all the same."""
    try:
        said = subprocess.check_output([python, "-I", "-c", PROBE], stderr=subprocess.DEVNULL, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return False
    return said.decode().strip() == version


if sys.version_info < (3, 11):  # noqa: UP036 - an older Python comes here to be told so
    newer = next(filter(None, map(find_python, PYTHONS)), "")
    sys.exit(
        f"antipasta-hook needs Python 3.11 or newer; this is {sys.version.split()[0]} ({sys.executable}).\n"
        + ("Go on with:  " if newer else "Install one (https://www.python.org/downloads/) and go on with:  ")
        + " ".join([newer or "python3.13", "dev.py", *sys.argv[1:]])
    )

HERE = f"{sys.version_info.major}.{sys.version_info.minor}"


class Trouble(Exception):  # noqa: N818 - it is about the machine, not about the code
    """Something that a person has to see to; the message says what, and how to go on."""


class Environment(NamedTuple):
    """A virtual environment of this checkout; ``.venv`` belongs to the Python that runs this file.

    ``lowest``: with the oldest version that pyproject.toml allows of everything that the package needs.
    """

    version: str
    lowest: bool = False

    @property
    def directory(self) -> str:
        """Where it is."""
        if self.lowest:
            return os.path.join(ROOT, ".venv-lowest")
        return os.path.join(ROOT, ".venv" if self.version == HERE else f".venv-{self.version}")

    @property
    def stamp(self) -> str:
        """The file that says what was installed, and that the directory is ours to replace."""
        return os.path.join(self.directory, "antipasta-dev.json")

    def program(self, name: str) -> str:
        """The path of one of its programs."""
        return os.path.join(self.directory, *(("Scripts", name + ".exe") if os.name == "nt" else ("bin", name)))


def prepare(version: str, *, dev: bool, lowest: bool = False) -> Environment:
    """The environment of this Python with the project in it, made, completed or reused. Raises Trouble."""
    environment = Environment(version, lowest)
    wanted = {"python": version, "checkout": ROOT, "dependencies": dependency_digest()}
    present = installed(environment)
    fits = present.items() >= wanted.items()
    if fits and (present.get("dev") or not dev):
        return environment
    if not fits:
        create(environment)
    place = os.path.relpath(environment.directory, ROOT)
    print(f"Installing the project into {place} (a minute the first time) ...", flush=True)
    pip = [
        environment.program("python"),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "-qq",
    ]
    if lowest:
        constraints = os.path.join(environment.directory, "lowest.txt")
        with open(constraints, "w", encoding="utf-8") as file:
            file.writelines(f"{each}\n" for each in lowest_versions())
        pip += ["--constraint", constraints]
    done = subprocess.run([*pip, "--editable", ".[dev]" if dev else "."], cwd=ROOT, env=clean_environ(), check=False)
    if done.returncode:
        raise Trouble("pip could not install the project; its own words are above. Can it reach a package index?")
    with open(environment.stamp, "w", encoding="utf-8") as file:
        json.dump({**wanted, "dev": dev}, file)
    return environment


def create(environment: Environment) -> None:
    """An empty environment in place of the one that no longer fits."""
    directory = environment.directory
    python = sys.executable if environment.version == HERE else find_python(environment.version)
    if not python:
        raise Trouble(f"There is no working Python {environment.version} on this machine.")
    if not can_build(python, environment.version):
        raise Trouble(
            f"{python} comes without venv or ensurepip. Debian and Ubuntu keep them in a package of their own:\n"
            f"  sudo apt install python{environment.version}-venv"
        )
    if os.path.lexists(directory):
        if not os.path.exists(environment.stamp):
            raise Trouble(f"{directory} was made by somebody else. Move it away and run this again.")
        shutil.rmtree(directory)
    os.makedirs(directory)
    with open(environment.stamp, "w", encoding="utf-8") as file:
        file.write("{}")
    print(f"Making {os.path.relpath(directory, ROOT)} with {python} ...", flush=True)
    if subprocess.run([python, "-m", "venv", directory], env=clean_environ(), check=False).returncode:
        raise Trouble(f"{python} could not make the environment {directory}; its own words are above.")


def installed(environment: Environment) -> dict[str, object]:
    """What the stamp says, or nothing where the environment is not there, not ours, not finished or broken."""
    try:
        with open(environment.stamp, encoding="utf-8") as file:
            stamp: dict[str, object] = json.load(file)
        subprocess.run([environment.program("python"), "-c", "import antipasta_hook"], capture_output=True, check=True)
    except (OSError, ValueError, subprocess.SubprocessError):
        return {}
    return stamp


def project_settings() -> dict[str, dict[str, object]]:
    """What pyproject.toml says."""
    import tomllib

    with open(os.path.join(ROOT, "pyproject.toml"), "rb") as file:
        return tomllib.load(file)


def lowest_versions() -> list[str]:
    """Each dependency of the package at the oldest version that is allowed, which its range begins with."""
    dependencies = project_settings()["project"]["dependencies"]
    assert isinstance(dependencies, list)  # noqa: S101 - as the standard says
    return [_lowest(each) for each in dependencies]


def _lowest(dependency: str) -> str:
    found = re.fullmatch(r"([\w.-]+)(?:>=|~=|==)([\d.]+)(?:,<[\d.]+)?", dependency)
    if not found:
        raise Trouble(f"In pyproject.toml {dependency!r} has to begin with its oldest version.")
    return f"{found[1]}=={found[2]}"


def dependency_digest() -> str:
    """Changes whenever an installation made before would not be the same today."""
    settings = project_settings()
    told = {name: settings[name] for name in ("build-system", "project")}
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def clean_environ() -> dict[str, str]:
    """The environment of this process without what would make pip or Python look elsewhere."""
    foreign = {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__"}
    foreign |= {"PIP_USER", "PIP_TARGET", "PIP_PREFIX"}
    return {name: value for name, value in os.environ.items() if name not in foreign}


# ------------------------------------------------------------------------------------------------------------- test


class Stage(NamedTuple):
    """One check on one Python, and how it ended."""

    version: str
    name: str
    outcome: str
    seconds: float
    failed: bool


def test(options: argparse.Namespace) -> int:
    """Run every check, go on after a failure, and end with one line for each."""
    main = version_of(options.python) if options.python else HERE
    others = [version for version in PYTHONS if version != main] if options.all_pythons else []
    stages = checks(main, options.pytest, first=True) + ([] if options.pytest else checks_of_lowest(main))
    for version in others:
        if version == HERE or find_python(version):
            stages += checks(version, options.pytest, first=False)
        else:
            stages.append(Stage(version, "all", "not found on this machine", 0, failed=False))
    return summary(stages)


def summary(stages: list[Stage]) -> int:
    """Print a line for each stage; the exit code says whether all of them went well."""
    print("\nSummary")
    for stage in stages:
        print(f"  Python {stage.version:5} {stage.name:13} {stage.outcome:26} {stage.seconds:6.1f} s")
    failed = sum(stage.failed for stage in stages)
    print(f"  {failed} of {len(stages)} failed." if failed else "  All passed.")
    return 1 if failed else 0


def version_of(text: str) -> str:
    """What ``--python`` names: ``3.12``, ``3.12.1`` or ``python3.12``. Raises Trouble."""
    named = re.fullmatch(r"(?:python)?3\.(\d+)(?:\.\d+)?", text)
    if not named or int(named[1]) < 11:
        raise Trouble(f"--python takes the version of a Python from 3.11 on, such as 3.12, not {text!r}.")
    version = f"3.{named[1]}"
    if version != HERE and not find_python(version):
        raise Trouble(f"There is no working Python {version} on this machine.")
    return version


def checks(version: str, arguments: list[str], *, first: bool) -> list[Stage]:
    """All checks on one Python; those that read the code without running it are done by the first Python only."""
    began = time.perf_counter()
    try:
        environment = prepare(version, dev=True)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return [Stage(version, "environment", "FAILED", time.perf_counter() - began, failed=True)]
    stages = [Stage(version, "environment", "ready", time.perf_counter() - began, failed=False)]
    commands = (static_checks(environment) if first else []) + test_runs(environment, arguments, first=first)
    return stages + [check(version, name, command) for name, command in commands]


def checks_of_lowest(main: str) -> list[Stage]:
    """What the package needs at the oldest versions that it allows: whatever it asks of them is there."""
    began = time.perf_counter()
    version = PYTHONS[0] if PYTHONS[0] == HERE or find_python(PYTHONS[0]) else main
    try:
        environment = prepare(version, dev=True, lowest=True)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return [Stage(version, "lowest", "FAILED", time.perf_counter() - began, failed=True)]
    pytest = [environment.program("python"), "-m", "pytest", "-q", *spread(), *ASKING_MUCH]
    return [check(version, "lowest", pytest)]


def static_checks(environment: Environment) -> list[tuple[str, list[str]]]:
    """Style, types and architecture."""
    python = [environment.program("python"), "-m"]
    return [
        ("ruff check", [*python, "ruff", "check", "."]),
        ("ruff format", [*python, "ruff", "format", "--check", "."]),
        ("mypy", [*python, "mypy", "--strict"]),
        ("mypy, Windows", [*python, "mypy", "--platform=win32", "--cache-dir=.mypy_cache/win32", "antipasta_hook"]),
        ("import-linter", [environment.program("lint-imports")]),
        ("own gate", [environment.program("antipasta-hook"), "ci"]),
    ]


def test_runs(environment: Environment, arguments: list[str], *, first: bool) -> list[tuple[str, list[str]]]:
    """The tests; the differential ones spread over the processors by themselves, the others are spread by xdist.

    That the project can be installed by pip is known for every Python by now; pre-commit has to show it for one. What
    git, hook managers and the system do to us is the same with all of them.
    """
    pytest = [environment.program("python"), "-m", "pytest", "-q"]
    if arguments:
        return [("tests", [*pytest, *arguments])]
    left_out = "not differential" if first else "not differential and not framework"
    return [
        ("tests", [*pytest, *spread(), "-m", left_out, *([] if first else ASKING_PYTHON)]),
        ("differential", [*pytest, "-m", "differential"]),
    ]


def spread() -> list[str]:
    """Have the tests run by as many processes as there are processors."""
    return ["-n", str(min(8, processors())), "--dist", "worksteal"] if processors() > 1 else []


def processors() -> int:
    """How many of them this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def check(version: str, name: str, command: list[str]) -> Stage:
    """Run one command to its end and see how it went."""
    print(f"\n--- Python {version}: {name}", flush=True)
    began = time.perf_counter()
    code = subprocess.run(command, cwd=ROOT, env=clean_environ(), stdin=subprocess.DEVNULL, check=False).returncode
    outcome = f"FAILED (exit code {code})" if code else "ok"
    return Stage(version, name, outcome, time.perf_counter() - began, failed=bool(code))


# ------------------------------------------------------------------------------------------------------------- demo

POSTAGE = '''\
"""What it costs to send a parcel. Nobody likes to touch this."""


def postage(parcel, country, express):
    if country == "IT":
        if parcel.weight < 1:
            if express:
                return 9
            return 5
        elif parcel.weight < 5:
            if express:
                return 14
            return 8
        else:
            return 20
    elif country in ("FR", "DE"):
        if parcel.weight < 1:
            if express:
                return 19
            return 11
        elif parcel.weight < 5:
            if express:
                return 27
            return 16
        else:
            return 35
    elif country == "US":
        if parcel.weight < 1:
            if express:
                return 39
            return 22
        elif parcel.weight < 5:
            if express:
                return 58
            return 31
        else:
            return 80
    raise ValueError(country)
'''

GENTLER_POSTAGE = '''\
"""What it costs to send a parcel. Nobody likes to touch this."""


def postage(parcel, country, express):
    if country == "IT":
        return domestic(parcel, express)
    elif country in ("FR", "DE"):
        if parcel.weight < 1:
            if express:
                return 19
            return 11
        elif parcel.weight < 5:
            if express:
                return 27
            return 16
        else:
            return 35
    elif country == "US":
        if parcel.weight < 1:
            if express:
                return 39
            return 22
        elif parcel.weight < 5:
            if express:
                return 58
            return 31
        else:
            return 80
    raise ValueError(country)


def domestic(parcel, express):
    if parcel.weight >= 5:
        return 20
    if parcel.weight < 1:
        return 9 if express else 5
    return 14 if express else 8
'''

BASKET = '''\
"""What a customer is about to buy."""


def total(items):
    return sum(item.price * item.count for item in items)


def is_gift(basket):
    return basket.wrapped and basket.address != basket.payer.address
'''

DISCOUNT = """

def discount(basket, customer, today):
    rate = 0
    for item in basket.items:
        if item.on_sale:
            if customer.member:
                if today.weekday() == 0 or customer.since < 2020:
                    rate += 3
                elif item.price > 100:
                    rate += 2
            elif item.count > 10:
                rate += 1
        elif customer.member and item.price > 100:
            for coupon in customer.coupons:
                if coupon.fits(item) and not coupon.used:
                    rate += coupon.rate
    return min(rate, 30)
"""


class Stageplay:
    """A scratch repository, what is done in it, and whether each commit ended as it should."""

    def __init__(self, environment: Environment, scratch: str) -> None:
        self.shop = os.path.join(scratch, "shop")
        self.environ = demo_environ(environment, scratch)
        self.surprises = 0
        os.mkdir(self.shop)

    def write(self, name: str, text: str) -> None:
        """One file of the shop."""
        with open(os.path.join(self.shop, name), "w", encoding="utf-8", newline="\n") as file:
            file.write(text)

    def run(self, *command: str, expect: int = 0, said: str = "", show: bool = True) -> None:
        """Run one command, show what it says, and see whether it ended as expected."""
        pipe = subprocess.PIPE
        done = subprocess.run(
            command,
            cwd=self.shop,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=pipe,
            stderr=subprocess.STDOUT,
            check=False,
        )
        output = done.stdout.decode(errors="replace").rstrip()
        right = done.returncode == expect and said in output
        if show or not right:
            print("  $ " + subprocess.list2cmdline(command))
            print("".join(f"  | {line}\n" for line in output.splitlines()), end="")
        if show and right:
            print(f"  exit code {done.returncode}, as it should be")
        if not right:
            self.surprises += 1
            print(
                f"  EXPECTED exit code {expect}"
                + (f" and the words {said!r}" if said else "")
                + f", got {done.returncode}"
            )


def demo(_: argparse.Namespace) -> int:
    """Show the main job for real, in a repository that is thrown away afterwards."""
    if not shutil.which("git"):
        raise Trouble("git is not on PATH, and the demo makes real commits. Install git and run this again.")
    environment = prepare(HERE, dev=False)
    with tempfile.TemporaryDirectory(prefix="antipasta demo ", ignore_cleanup_errors=True) as scratch:
        return perform(Stageplay(environment, scratch))


def perform(play: Stageplay) -> int:
    """The acts, one after the other; the exit code says whether all of them went as written here."""
    print("\n1. A project with a past: postage() is far over the limits already. Then the hook arrives.")
    play.run("git", "init", "-q", show=False)
    play.run("git", "config", "user.name", "Demo", show=False)
    play.run("git", "config", "user.email", "demo@example.org", show=False)
    play.write("postage.py", POSTAGE)
    play.run("git", "add", ".", show=False)
    play.run("git", "commit", "-q", "-m", "The past", show=False)
    play.run("antipasta-hook", "install")

    print("\n2. A good commit: two small functions. It passes, and nothing is said.")
    play.write("basket.py", BASKET)
    play.run("git", "add", ".", show=False)
    play.run("git", "commit", "-q", "-m", "Add the basket")

    print("\n3. A bad commit: discount() is hard to follow from its first day. It is stopped.")
    play.write("basket.py", BASKET + DISCOUNT)
    play.run("git", "commit", "-q", "-a", "-m", "Give discounts", expect=1, said="discount")
    play.run("git", "log", "--format=%s", "-1", said="Add the basket")
    play.run("antipasta-hook", "explain", "basket.py::discount", said="over the limit")
    play.run("git", "reset", "-q", "--hard", show=False)

    print("\n4. An old offender gets better, though it is not good yet: never stopped for that.")
    play.write("postage.py", GENTLER_POSTAGE)
    play.run("git", "commit", "-q", "-a", "-m", "Make postage() simpler")
    play.run("git", "log", "--format=%s", "-1", said="Make postage() simpler")

    print("\nEvery verdict was as expected." if not play.surprises else f"\n{play.surprises} NOT as expected.")
    return 1 if play.surprises else 0


def demo_environ(environment: Environment, scratch: str) -> dict[str, str]:
    """Neither the user's git settings nor the place this runs in may change what the demo shows."""
    foreign = ("GIT_", "PRE_COMMIT", "ANTIPASTA")
    environ = {name: value for name, value in clean_environ().items() if not name.startswith(foreign) and name != "CI"}
    path = os.path.dirname(environment.program("python")) + os.pathsep + environ.get("PATH", os.defpath)
    return environ | {
        "PATH": path,
        "HOME": scratch,
        "XDG_CONFIG_HOME": scratch,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "init.defaultBranch",
        "GIT_CONFIG_VALUE_0": "main",
        "ANTIPASTA_CACHE_DIR": os.path.join(scratch, "cache"),
    }


# -------------------------------------------------------------------------------------------------------------- main


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True, metavar="demo | test")
    commands.add_parser("demo", help="see the hook at work in a scratch repository").set_defaults(run=demo)
    command = commands.add_parser(
        "test",
        allow_abbrev=False,
        help="style, types, architecture and tests",
        usage=("dev.py test [--python 3.12] [--all-pythons] [pytest arguments]"),
    )
    command.add_argument("--python", metavar="VERSION", help="check with this Python, not the one that runs dev.py")
    command.add_argument("--all-pythons", action="store_true", help=f"and test with each of {', '.join(PYTHONS)} found")
    command.set_defaults(run=test)
    options, rest = parser.parse_known_args()
    if options.run is demo and rest:
        parser.error(f"demo takes no arguments: {' '.join(rest)}")
    options.pytest = rest
    try:
        code: int = options.run(options)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    return code


if __name__ == "__main__":
    sys.exit(main())

"""A backtest that is interrupted: what it still says, what it keeps, and whom it leaves behind."""

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from antipasta_hook import cli
from antipasta_hook.cli.progress import At, Progress
from tests.integration.repositories import Repo
from tests.integration.test_backtest import backtest, branching


@pytest.fixture
def long_history(repo: Repo) -> Repo:
    """Commits of a file of 2,000 lines, each of which takes some time to measure."""
    padding = "".join(branching(f"f{number}", 9) for number in range(100))
    stream = []
    for number in range(150):
        source = (padding + branching("g", number % 30, doc=str(number))).encode()
        head = b"commit refs/heads/main\ncommitter A <a@b> %d +0000\ndata 6\ncommit\n" % (1_700_000_000 + number)
        stream.append(head + b"M 100644 inline a.py\ndata %d\n%s\n" % (len(source), source))
    repo.git("fast-import", "--quiet", given=b"".join(stream))
    return repo


def test_the_report_is_about_what_was_judged_until_then(
    long_history: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(_: Progress, at: At) -> None:
        if at.done == 110:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Progress, "tell", tell)
        found = backtest(long_history, "--jobs", "1", code=130, capsys=capsys)
    assert not found["complete"]
    assert found["commits"]["judged"] == 110
    assert found["stopped"]
    again = backtest(long_history, "--last", "110", "--jobs", "1", capsys=capsys)
    assert again["stopped"] == found["stopped"]
    assert again["blobs"]["measured"] == 0


def test_before_the_first_commit_is_judged_there_is_no_report(
    long_history: Repo, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def tell(_: Progress, _at: At) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "tell", tell)
    assert cli.main(["backtest", "-C", str(long_history.path)], started=0) == 130
    out, err = capsys.readouterr()
    assert (out, err) == ("", "antipasta-hook: interrupted: nothing was judged\n")


def processes(session: int) -> list[int]:
    """The processes of a session that still run."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, _, sid = place.read_text().rpartition(")")[2].split()[:4]
        except OSError:
            continue
        if int(sid) == session and state != "Z":
            found.append(int(place.parent.name))
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_it_and_all_that_measure_for_it(long_history: Repo, number: signal.Signals, code: int) -> None:
    ours, theirs = pty.openpty()
    os.set_blocking(ours, True)
    subprocess.run(["stty", "cols", "100", "rows", "30"], stdin=theirs, check=True)
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "antipasta_hook", "backtest", "--no-cache", "--jobs", "2", "--format", "json"],
        cwd=long_history.path,
        env={**os.environ, "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    told = b""
    while b"file versions" not in told.replace(b" 0 file versions", b""):
        told += os.read(ours, 1000)
    assert len(processes(process.pid)) >= 2
    process.send_signal(number)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == code
    assert processes(process.pid) == []
    if out:
        assert json.loads(out)["complete"] is False
    os.close(ours)

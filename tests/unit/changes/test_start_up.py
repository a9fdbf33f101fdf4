import subprocess
import sys


def test_importing_the_room_loads_no_library() -> None:
    heavy = ["pygit2", "subprocess", "pathspec", "asyncio", "dataclasses", "pydantic", "hashlib"]
    script = f"import sys; import antipasta_hook.changes; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"

from hypothesis import given
from hypothesis import strategies as st

from antipasta_hook.changes.pairing import pair_renames, python_changes
from antipasta_hook.changes.reader import EXECUTABLE, REGULAR, RawChange
from antipasta_hook.model import Blob, Change, ChangeKind


def gone(path: str, oid: str) -> Change:
    return Change(path, Blob(oid, REGULAR), None)


def come(path: str, oid: str) -> Change:
    return Change(path, None, Blob(oid, REGULAR))


def renames(*changes: Change) -> dict[str, str | None]:
    return {change.path: change.old_path for change in pair_renames(list(changes)) if change.old_path}


def test_the_same_base_name_comes_before_the_order_of_paths() -> None:
    changes = (gone("a/x.py", "1"), gone("b/y.py", "1"), come("c/y.py", "1"), come("d/z.py", "1"))
    assert renames(*changes) == {"c/y.py": "b/y.py", "d/z.py": "a/x.py"}
    assert renames(*reversed(changes)) == renames(*changes)


def test_each_file_moves_once() -> None:
    assert renames(gone("a.py", "1"), come("b.py", "1"), come("c.py", "1")) == {"b.py": "a.py"}
    assert renames(gone("a.py", "1"), gone("b.py", "1"), come("c.py", "1")) == {"c.py": "a.py"}
    assert renames(gone("a.py", "1"), come("b.py", "2")) == {}


def test_thousands_of_equal_files_are_paired_quickly() -> None:
    changes = [each for n in range(20_000) for each in (gone(f"a/{n}.py", "1"), come(f"b/{n}x.py", "1"))]
    assert len(renames(*changes)) == 20_000


blobs = st.one_of(
    st.none(),
    st.builds(
        Blob,
        st.sampled_from(["python", "shell", "missing", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"]),
        st.sampled_from([REGULAR, EXECUTABLE, 0o120000, 0o160000]),
    ),
)
raws = st.builds(RawChange, st.sampled_from(["a.py", "b.pyi", "c", "d.txt"]), blobs, blobs)


@given(st.lists(raws, unique_by=lambda raw: raw.path))
def test_every_change_has_a_python_side_and_other_bytes(raw: list[RawChange]) -> None:
    changes = python_changes(raw, {"python": True, "shell": False, "missing": None}.get)
    assert changes == python_changes(raw[::-1], {"python": True, "shell": False, "missing": None}.get)
    assert [change.path for change in changes] == sorted(change.path for change in changes)
    for change in changes:
        sides = [side for side in (change.before, change.after) if side]
        assert sides
        assert all(side.mode in {REGULAR, EXECUTABLE} for side in sides)
        if change.kind is ChangeKind.MODIFIED:
            assert change.before is not None
            assert change.after is not None
            assert change.before.oid != change.after.oid
        if not change.path.endswith((".py", ".pyi")):
            assert any(side.mode == EXECUTABLE for side in sides)
            assert all(side.oid != "shell" for side in sides)

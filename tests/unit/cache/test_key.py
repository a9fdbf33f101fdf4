import pytest

from antipasta_hook.cache import cache_key

OID = "a1" * 20


def test_a_key_is_the_blob_and_the_engine() -> None:
    assert cache_key(OID, "1-3.11-6.0.1-8.3.0") == f"{OID}:1-3.11-6.0.1-8.3.0"


def test_sha256_ids_are_as_good() -> None:
    assert cache_key("0f" * 32, "1") != cache_key("0f" * 20, "1")


@pytest.mark.parametrize(
    "oid",
    ["", "a1", OID[:-1], OID + "a", OID.upper(), "g" * 40, " " * 40, "0" * 40, "0" * 64, "é" * 40, OID[:-1] + "\n"],
)
def test_what_is_no_blob_id_is_refused(oid: str) -> None:
    with pytest.raises(ValueError, match="blob id"):
        cache_key(oid, "1")


@pytest.mark.parametrize("fingerprint", ["", "a:b", "a\nb", "\0", "ü", "x" * 201, "\ud800"])
def test_what_is_no_fingerprint_is_refused(fingerprint: str) -> None:
    with pytest.raises(ValueError, match="fingerprint"):
        cache_key(OID, fingerprint)

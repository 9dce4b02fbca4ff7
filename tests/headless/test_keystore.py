"""The device's file: its owner's alone, locked while in use, whole or unchanged, and telling a thief little."""

import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from messenger.headless.errors import KeystoreUnusable
from messenger.headless.keystore import DeviceHead, Keystore, Remembered, Sealed, Waiting, default_path, write_privately
from messenger.protocol.encoding import b64u_encode
from tests.servers import ROOT

ACCOUNT = "acc_0196f0a1000070008000000000000001"
CONVERSATION = "cnv_0196f0a1000070008000000000000002"
MESSAGE = "msg_0196f0a1000070008000000000000003"
DEVICE = "dev_0196f0a1000070008000000000000004"
HASH = b64u_encode(bytes(32))
MASTER = b"m" * 32
REMEMBERED = Remembered("https://clinic.example", ACCOUNT, "peggy", HASH, DEVICE, 2, HASH, 3, "a checkpoint")
SEALED = Sealed(
    heads={CONVERSATION: DeviceHead(4, HASH)},
    waiting=(Waiting(CONVERSATION, MESSAGE, {"header": "x"}, HASH, 5, {"type": "text", "text": "a canary"}),),
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "state" / "keystore.json"


def _fill(file: Path) -> None:
    with Keystore(file) as keystore:
        keystore.unlock(MASTER)
        keystore.remember(REMEMBERED)
        keystore.keep(SEALED)


def test_what_was_kept_is_there_at_the_next_call(file: Path) -> None:
    _fill(file)
    with Keystore(file) as keystore:
        assert keystore.remembered == REMEMBERED
        keystore.unlock(MASTER)
        assert keystore.sealed == SEALED


def test_only_its_owner_may_read_it(file: Path) -> None:
    _fill(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700


def test_it_holds_no_word_that_was_written(file: Path) -> None:
    _fill(file)
    for secret in (b"canary", CONVERSATION.encode(), MESSAGE.encode(), MASTER):
        assert secret not in file.read_bytes()


def test_another_key_opens_nothing(file: Path) -> None:
    _fill(file)
    with Keystore(file) as keystore, pytest.raises(KeystoreUnusable) as refused:
        keystore.unlock(bytes(32))
    assert refused.value.code == "keystore_damaged"


def test_what_is_sealed_for_one_account_does_not_open_for_another(file: Path) -> None:
    _fill(file)
    text = file.read_text().replace(ACCOUNT, ACCOUNT.replace("1", "5"))
    file.write_text(text)
    with Keystore(file) as keystore, pytest.raises(KeystoreUnusable):
        keystore.unlock(MASTER)


@pytest.mark.parametrize("damage", ["", "{}", "no json", '{"format":2,"remembered":{},"sealed":""}'])
def test_a_damaged_file_is_told_and_left_as_it_is(file: Path, damage: str) -> None:
    _fill(file)
    file.write_text(damage)
    with pytest.raises(KeystoreUnusable) as refused, Keystore(file):
        pass
    assert refused.value.code == "keystore_damaged"
    assert file.read_text() == damage


def test_a_new_master_key_seals_it_anew(file: Path) -> None:
    _fill(file)
    with Keystore(file) as keystore:
        keystore.unlock(MASTER)
        keystore.unlock_again(b"n" * 32)
    with Keystore(file) as keystore:
        keystore.unlock(b"n" * 32)
        assert keystore.sealed == SEALED


def test_a_second_process_waits_for_nothing_and_is_refused(file: Path) -> None:
    _fill(file)
    opens = "import sys, pathlib, messenger.headless.keystore as k; k.Keystore(pathlib.Path(sys.argv[1])).__enter__()"
    with Keystore(file):
        command = [sys.executable, "-c", opens, str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "keystore_in_use" in done.stderr


def test_a_write_that_fails_leaves_the_file_as_it_was(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _fill(file)
    before = file.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("messenger.headless.keystore.os.fsync", full)
    with Keystore(file) as keystore:
        keystore.unlock(MASTER)
        with pytest.raises(OSError, match="No space"):
            keystore.remember(replace(REMEMBERED, vault_version=9))
    assert file.read_bytes() == before
    assert [one.name for one in file.parent.iterdir() if one.name.startswith(".")] == []


def test_a_checkpoint_is_kept_without_touching_anything_else(file: Path) -> None:
    _fill(file)
    with Keystore(file) as keystore:
        keystore.unlock(MASTER)
        keystore.keep_checkpoint("a newer one")
    with Keystore(file) as keystore:
        keystore.unlock(MASTER)
        assert keystore.remembered == replace(REMEMBERED, checkpoint="a newer one")
        assert keystore.sealed == SEALED


def test_each_service_and_account_has_a_file_whose_name_tells_neither(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    paths = {default_path(service, name) for service in ("https://a", "https://b") for name in ("peggy", "tom")}
    assert len(paths) == 4
    assert all(path.is_relative_to(tmp_path) and "peggy" not in str(path) for path in paths)


def test_a_private_file_replaces_whatever_was_there(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    target.chmod(0o644)
    write_privately(target, b"new")
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (b"new", 0o600)

"""What the operator may say, and what happens when it is wrong."""

import stat
from pathlib import Path

import pytest

from config import Settings, SettingsError
from messenger.nodes import base_url_of

SECRET = "a secret of the tests, of no worth to anyone"


def settings(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_env({"DATA_DIR": str(tmp_path), "SECRET_KEY": SECRET, **environ})


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "short"),
        ("PORT", "eighty"),
        ("PORT", "0"),
        ("PORT", "65536"),
        ("DATABASE_URL", "mysql://localhost/x"),
        ("DATABASE_URL", "sqlite:///relative.db"),
        ("DATABASE_URL", "sqlite://"),
        ("BASE_URL", "http://clinic.example"),
        ("BASE_URL", "https://clinic.example/path"),
        ("BASE_URL", "https://name:password@clinic.example"),
        ("CLOCK_FILE", "clock"),
        ("DEMO", "yes"),
        ("LOG_LEVEL", "LOUD"),
        ("EMERGENCY_NUMBER", "call me"),
        ("CLINIC_PHONE", "upstairs"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("NODES", "0"),
        ("NODES", "two"),
        ("REDIS_URL", "localhost:6379"),
    ],
)
def test_a_missing_or_wrong_setting_is_named_in_one_line(setting: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, **{setting: value})
    assert setting in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_wrong_database_address_is_not_repeated_for_it_may_hold_a_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, DATABASE_URL="mysql://somebody:hunter2@host/name")
    assert "hunter2" not in str(refused.value)


def test_the_defaults_serve_localhost_from_one_file(tmp_path: Path) -> None:
    made = settings(tmp_path)
    assert made.base_url == "http://localhost:8000"
    assert made.host == "127.0.0.1"
    assert made.database_url == f"sqlite:///{tmp_path}/between.db"
    assert not made.demo


def test_a_secret_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    assert SECRET not in repr(settings(tmp_path))


def test_the_demo_makes_its_own_secret_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = Settings.from_env({"DATA_DIR": str(tmp_path), "DEMO": "1"})
    again = Settings.from_env({"DATA_DIR": str(tmp_path), "DEMO": "1"})
    assert first.secret_key == again.secret_key
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600


def test_two_demos_have_two_secrets(tmp_path: Path) -> None:
    one, other = (Settings.from_env({"DATA_DIR": str(tmp_path / name), "DEMO": "1"}) for name in ("one", "other"))
    assert one.secret_key != other.secret_key


def test_the_clock_file_belongs_to_the_demo_alone(tmp_path: Path) -> None:
    made = Settings.from_env({"DATA_DIR": str(tmp_path), "DEMO": "1", "CLOCK_FILE": str(tmp_path / "clock")})
    assert made.clock_file == tmp_path / "clock"


@pytest.mark.parametrize("url", ["https://between.clinic.example", "https://[2001:db8::1]:8443", "http://127.0.0.1:9"])
def test_addresses_that_browsers_keep_keys_on_are_taken(url: str, tmp_path: Path) -> None:
    made = settings(tmp_path, BASE_URL=f"{url}/")
    assert made.base_url == url
    assert made.https == url.startswith("https")


def test_several_nodes_need_a_database_that_takes_them(tmp_path: Path) -> None:
    assert settings(tmp_path, NODES="2").nodes == 2
    assert settings(tmp_path, NODES="2", DATABASE_URL="postgresql://host/name").nodes == 2
    with pytest.raises(SettingsError, match="takes one process"):
        settings(tmp_path, NODES="2", DATABASE_URL="sqlite:////tmp/between.db")


def test_several_nodes_need_as_many_ports(tmp_path: Path) -> None:
    assert settings(tmp_path, NODES="2", PORT="65534").port == 65534
    with pytest.raises(SettingsError, match="2 nodes need 2 ports"):
        settings(tmp_path, NODES="2", PORT="65535")


def test_a_redis_address_is_not_repeated_for_it_may_hold_a_password(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(tmp_path, REDIS_URL="http://:hunter2@host")
    assert "hunter2" not in str(refused.value)
    assert "hunter2" not in repr(settings(tmp_path, REDIS_URL="redis://:hunter2@host"))


@pytest.mark.parametrize(
    ("base_url", "second"),
    [
        ("", "http://localhost:8001"),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001"),
        ("http://[::1]:8000", "http://[::1]:8001"),
        ("http://localhost:9000", "http://localhost:9000"),
        ("https://clinic.example", "https://clinic.example"),
    ],
)
def test_each_node_has_its_own_port_for_an_address_unless_a_proxy_stands_before_them(
    base_url: str, second: str, tmp_path: Path
) -> None:
    assert base_url_of(settings(tmp_path, NODES="2", BASE_URL=base_url), 1) == second

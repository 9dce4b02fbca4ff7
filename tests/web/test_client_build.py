"""The built client: the same bytes each time, and nothing but those bytes."""

import hashlib
import json
import re
import subprocess
from pathlib import Path

import pytest

from messenger.web.client_build import BuildDamaged, ClientBuild
from tests.web.tiny_client import SOURCES, build_tiny_client, served_client

POLICY = "Content-Security-Policy"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_tiny_client(tmp_path_factory.mktemp("tiny"))


def contents(folder: Path) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in folder.iterdir()}


def test_built_twice_in_two_places_it_is_the_same_byte_for_byte(dist: Path, tmp_path: Path) -> None:
    assert contents(build_tiny_client(tmp_path)) == contents(dist)


def test_one_changed_letter_changes_the_bundle_hash(dist: Path, tmp_path: Path) -> None:
    changed = build_tiny_client(tmp_path, {**SOURCES, "greeting.ts": "export const greeting = 'The page has come';"})
    assert ClientBuild.load(changed).bundle != ClientBuild.load(dist).bundle  # type: ignore[union-attr]


def test_the_bundle_hash_can_be_computed_by_anyone_from_the_files(dist: Path) -> None:
    files = {name: content for name, content in contents(dist).items() if name != "manifest.json"}
    lines = "".join(f"{name} {hashlib.sha256(files[name]).hexdigest()}\n" for name in sorted(files))
    manifest = json.loads((dist / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["bundle"] == hashlib.sha256(lines.encode()).hexdigest()


def test_the_service_worker_knows_every_file_of_the_shell_but_itself(dist: Path) -> None:
    worker = (dist / "service-worker.js").read_text(encoding="utf-8")
    shell = {name for name in contents(dist) if not name.endswith((".json", ".txt")) and name != "service-worker.js"}
    assert all(f"/static/dist/{name}" in worker for name in shell)
    assert "service-worker.js" not in worker


def test_a_dynamic_import_in_a_circle_is_refused_by_the_build(tmp_path: Path) -> None:
    circle = {**SOURCES, "later.ts": "export const farewell = () => import('./again');"}
    circle["again.ts"] = "export const again = () => import('./later');"
    with pytest.raises(subprocess.CalledProcessError) as refused:
        build_tiny_client(tmp_path, circle)
    assert b"dynamic import in a circle" in refused.value.stderr


def test_an_altered_file_is_not_handed_out(tmp_path: Path) -> None:
    dist = build_tiny_client(tmp_path)
    (dist / "service-worker.js").write_bytes(b"alert(1)")
    with pytest.raises(BuildDamaged, match=r"service-worker\.js"):
        ClientBuild.load(dist)


def test_a_missing_file_is_noticed(tmp_path: Path) -> None:
    dist = build_tiny_client(tmp_path)
    (dist / "service-worker.js").unlink()
    with pytest.raises(BuildDamaged, match=r"service-worker\.js"):
        ClientBuild.load(dist)


def test_files_are_kept_for_good_and_sent_gzipped_to_who_reads_that(dist: Path, tmp_path: Path) -> None:
    build = ClientBuild.load(dist)
    assert build is not None
    name = build.entries["sign-in"].module.name
    with served_client(build, tmp_path) as (_, app):
        plain = app.test_client().get(f"/static/dist/{name}")
        zipped = app.test_client().get(f"/static/dist/{name}", headers={"Accept-Encoding": "gzip"})
        worker = app.test_client().get("/service-worker.js")
        unknown = app.test_client().get("/static/dist/../manifest.json")
    assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert plain.data == build.entries["sign-in"].module.content
    assert zipped.headers["Content-Encoding"] == "gzip"
    assert len(zipped.data) < len(plain.data)
    assert worker.headers["Cache-Control"] == "no-cache"
    assert unknown.status_code == 404


def test_webassembly_is_granted_to_the_password_worker_alone(dist: Path, tmp_path: Path) -> None:
    build = ClientBuild.load(dist)
    assert build is not None
    with served_client(build, tmp_path) as (_, app):
        sent = {name: app.test_client().get(f"/static/dist/{name}") for name in build.files}
        page = app.test_client().get("/sign-in", headers={"Accept": "text/html"})
    granted = {name.rsplit("-", 1)[0] for name in build.files if "wasm" in sent[name].headers[POLICY]}
    assert granted == {"password-worker"}
    assert "wasm" not in page.headers[POLICY]
    assert "unsafe" not in page.headers[POLICY]


def test_every_script_of_a_shell_has_its_integrity_and_none_is_inline(dist: Path, tmp_path: Path) -> None:
    build = ClientBuild.load(dist)
    assert build is not None
    with served_client(build, tmp_path) as (_, app):
        page = app.test_client().get("/sign-in", headers={"Accept": "text/html"}).text
    tags = re.findall(r"<(?:script|link rel=\"(?:modulepreload|stylesheet)\")[^>]*>", page)
    assert len(tags) >= 3
    assert all(' integrity="sha384-' in tag for tag in tags)
    assert re.findall(r"<script[^>]*>([^<]*)</script>", page) == [""]
    assert "<style" not in page
    assert " style=" not in page

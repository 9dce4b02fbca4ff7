"""The project's own vectors are what their makers make, byte for byte."""

from tests.vectors.ours import make


def test_the_makers_make_the_committed_files_again() -> None:
    differing = [name for name, text in make.texts().items() if (make.FOLDER / name).read_text() != text]
    assert differing == []

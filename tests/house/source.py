"""The project's own source, as the house tests read it."""

import ast
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Import:
    """One module that another names, at module level or inside a function."""

    importer: str
    imported: str
    line: int


@cache
def written_files(*suffixes: str) -> tuple[Path, ...]:
    """Every file of the project that a person wrote, tracked or about to be, sorted."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    files = (ROOT / name for name in sorted(filter(None, listed)))
    return tuple(file for file in files if file.is_file() and (not suffixes or file.suffix in suffixes))


def relative(file: Path) -> str:
    """The path inside the project."""
    return file.relative_to(ROOT).as_posix()


def text_of(file: Path) -> str:
    """The file's text."""
    return file.read_text(encoding="utf-8")


@cache
def syntax_of(file: Path) -> ast.Module:
    """The parsed file."""
    return ast.parse(text_of(file), filename=relative(file))


@cache
def server_modules() -> dict[str, Path]:
    """Every module of the server package, and what stands beside it, by dotted name."""
    found = {}
    for file in written_files(".py"):
        path = relative(file)
        if path.startswith("messenger/") or path in {"config.py", "wsgi.py"}:
            dotted = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            found[dotted] = file
    return found


@cache
def imports() -> tuple[Import, ...]:
    """Every import in the server, function-local ones included, resolved to modules where they are ours."""
    return tuple(one for name, file in server_modules().items() for one in _imports_of(name, file))


def _imports_of(importer: str, file: Path) -> list[Import]:
    found = []
    for node in ast.walk(syntax_of(file)):
        if isinstance(node, ast.Import):
            found += [Import(importer, alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{importer}:{node.lineno}: imports are absolute"
            for alias in node.names:
                module = f"{node.module}.{alias.name}"
                found.append(Import(importer, module if module in server_modules() else str(node.module), node.lineno))
    return found

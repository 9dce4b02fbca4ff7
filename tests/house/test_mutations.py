"""Every attack that the design marks `spine` has a defence whose removal is noticed, in each client."""

from typing import Final

import pytest

from tests.mutations.mutation import ROOT, Mutation, list_mutations

SPINE: Final = (3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15, 16, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 33, 34)

EXEMPT: Final = {
    "python-A17": "defence by absence: nothing in the client seals to a key that a policy announces",
    "python-A28": "the command line sends no typing and its sizes are the padding's: A27 removes that",
    "python-A29": "the commitment is inside the library's Cobblestone; there is no line of ours to remove",
    "python-A34": "the command line runs no code that the server hands out",
    "browser-A17": "defence by absence, as in the command line",
}
"""Attack and client without a mutation of their own, and why; docs/threat-model.md says the same."""


@pytest.mark.parametrize("mutation", list_mutations(), ids=lambda mutation: mutation.name)
def test_a_mutation_applies_and_names_tests_that_exist(mutation: Mutation) -> None:
    assert mutation.applies_to(ROOT).returncode == 0, mutation.applies_to(ROOT).stderr
    for test in mutation.tests:
        file, _, name = test.partition("::")
        assert (ROOT / file).is_file()
        assert not name or f"def {name.partition('[')[0]}(" in (ROOT / file).read_text()


@pytest.mark.parametrize("client", ["python", "browser"])
def test_every_attack_has_a_mutation_in_each_client(client: str) -> None:
    there = {mutation.name[:3] for mutation in list_mutations() if f"-{client}-" in mutation.name}
    missing = {f"A{number:02}" for number in SPINE} - there
    assert {f"{client}-{attack}" for attack in missing} <= EXEMPT.keys()

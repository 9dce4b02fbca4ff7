"""How much JavaScript each page costs: what the manifest says, and what a browser really fetches."""

from bench.demo import DemoHouse, demo_house
from messenger.web.client_build import ClientBuild

BUDGET = 120 * 1024
FIRST = "sign-in"
PAGES = {
    "sign-in": ("", "/sign-in"),
    "join": ("", "/join"),
    "security": ("", "/security"),
    "home": ("peggy", "/home"),
    "conversation": ("peggy", "/conversations/{conversation}"),
    "inbox": ("amara", "/inbox"),
    "settings": ("amara", "/settings"),
    "clinic": ("ruth", "/clinic"),
}
"""Each page of the client: who looks at it, nobody for those before signing in, and its address."""

_SCRIPT_BYTES = """() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('.js'))
    .reduce((bytes, { encodedBodySize }) => bytes + encodedBodySize, 0)"""


def measure() -> None:
    """Print a line for each page, KB gzipped: what its shell names, and what a browser has fetched when it stands."""
    build = ClientBuild.load()
    assert build is not None, "make client"
    print(f"{'page':<14}{'files':>6}{'in the shell':>14}{'fetched':>10}   KB of JavaScript, gzipped")
    with demo_house() as house:
        for name, (person, address) in PAGES.items():
            files = [build.entries[name].module, *build.entries[name].imports]
            packed = sum(len(file.gzipped or file.content) for file in files)
            fetched = _fetched(house, person, address)
            print(f"{name:<14}{len(files):>6}{packed / 1024:>14.1f}{fetched / 1024:>10.1f}")
            assert name != FIRST or max(packed, fetched) <= BUDGET, "the first page costs more than it may"
    print(f"the first page, {FIRST}, may cost {BUDGET // 1024}")


def _fetched(house: DemoHouse, person: str, address: str) -> int:
    """Bytes on the wire of all the scripts that the page asked for until nothing more came."""
    context = house.profile(service_workers="block")  # it would fetch the whole shell, for later
    try:
        if person:
            page = house.signed_in(context, person)
            conversation = (house.accounts[person]["conversations"] or [""])[0]
            page.goto(house.server.here + address.format(conversation=conversation), wait_until="networkidle")
        else:
            page = context.new_page()
            page.goto(house.server.here + address, wait_until="networkidle")
        return int(page.evaluate(_SCRIPT_BYTES))
    finally:
        context.close()

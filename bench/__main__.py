"""`python -m bench [NAME …]`: all that is measured, or what is named; `bench/README.md` lists the names."""

import sys

from bench import chain, consent_check, opening, plans, reading, revoking, rotation, sealing, sending, sign_in, size

MEASUREMENTS = {
    "size": size.measure,
    "sign-in": sign_in.measure,
    "reading": reading.measure,
    "opening": opening.measure,
    "chain": chain.measure,
    "revoking": revoking.measure,
    "rotation": rotation.measure,
    "sealing": sealing.measure,
    "consent-check": consent_check.measure,
    "plans": plans.measure,
    "sending": sending.measure,
}


def main() -> int:
    """Run what was asked for; 2 for a name that there is none of."""
    named = sys.argv[1:] or list(MEASUREMENTS)
    if unknown := [name for name in named if name not in MEASUREMENTS]:
        print(f"no measurement called {', '.join(unknown)}; there are {', '.join(MEASUREMENTS)}", file=sys.stderr)
        return 2
    for name in named:
        print(f"\n== {name}", flush=True)
        MEASUREMENTS[name]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

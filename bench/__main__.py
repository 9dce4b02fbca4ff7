"""`python -m bench [sending] …`: all that is measured, or what is named."""

import sys

from bench import reading, sending

MEASUREMENTS = {
    "reading": reading.measure,
    "sending": sending.measure,
}


def main() -> int:
    """Run what was asked for."""
    for name in sys.argv[1:] or MEASUREMENTS:
        print(f"\n== {name}")
        MEASUREMENTS[name]()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

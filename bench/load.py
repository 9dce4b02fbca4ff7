"""The load, in a process of its own: pairs that each send, wait until it is stored and delivered, and send again.

`python -m bench.load URL FILE FIRST COUNT`: FILE holds the pairs; of each, messages FIRST … FIRST+COUNT are sent.
Prints JSON.
"""

from gevent import monkey

monkey.patch_all()

import json  # noqa: E402 (after the patch)
import sys  # noqa: E402
import time  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

import gevent  # noqa: E402

from bench.wire import Connection  # noqa: E402


def _run_pair(url: str, pair: dict[str, Any], first: int, count: int, start: Any) -> list[float]:
    follow = {"conversation": pair["conversation"]}
    with Connection(url, pair["sender"]) as sender, Connection(url, pair["receiver"]) as receiver:
        if not receiver.call("conversation:follow", follow)["ok"]:
            raise RuntimeError("the receiver may not follow")
        start.wait()
        seconds = []
        for encoded in pair["messages"][first : first + count]:
            began = time.perf_counter()
            sender.emit("message:send", encoded)
            receiver.heard("message:new")
            seconds.append(time.perf_counter() - began)
            answer = sender.acknowledged()
            if not answer["ok"]:
                raise RuntimeError(f"refused: {answer}")
    return seconds


def main() -> None:
    """Run all pairs at once and print messages a second and delivery times."""
    url, file, first, count = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    pairs = json.loads(file.read_text())
    start = gevent.event.Event()
    running = [gevent.spawn(_run_pair, url, pair, first, count, start) for pair in pairs]
    gevent.sleep(1)  # all are connected and follow; nothing is measured yet
    began = time.perf_counter()
    start.set()
    gevent.joinall(running, raise_error=True)
    taken = time.perf_counter() - began
    delivered = sorted(second for one in running for second in one.value)
    result = {
        "messages": len(delivered),
        "per_second": len(delivered) / taken,
        "p50": delivered[len(delivered) // 2],
        "p99": delivered[int(len(delivered) * 0.99)],
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()

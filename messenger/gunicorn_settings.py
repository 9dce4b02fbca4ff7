"""What gunicorn is told. Imported by its master process: nothing here may import what gevent has to patch first."""

import gc
from typing import Any

wsgi_app = "wsgi:app"
worker_class = "gevent"
workers = 1
worker_connections = 5_000
control_socket_disable = True  # it would listen at one fixed path in the home folder
timeout = 120  # seconds without a sign of life from the worker's loop
graceful_timeout = 5
keepalive = 75
forwarded_allow_ips = ""  # X-Forwarded-* from anyone counts for nothing
accesslog = None  # addresses and ids of who asked for what belong into the access log, not into a text file
errorlog = "-"


def post_worker_init(worker: Any) -> None:
    """Start what runs beside the requests, and see to it that neither that nor an open socket holds up a stop."""
    import gevent

    from messenger.app import start_background, stop_background

    application = worker.wsgi
    spare_what_stays()
    start_background(application)

    def end_with_the_worker() -> None:
        while worker.alive:
            gevent.sleep(0.2)
        stop_background(application)

    gevent.spawn(end_with_the_worker)


def spare_what_stays() -> None:
    """Have the collector leave alone what was imported: walking through all of it held up every answer for 60 ms."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 100)

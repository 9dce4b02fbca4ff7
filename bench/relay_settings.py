"""Gunicorn's settings for the relay: those of the real server, without what the real server starts beside it."""

worker_class = "gevent"
workers = 1
worker_connections = 5_000
control_socket_disable = True
timeout = 120
graceful_timeout = 5
accesslog = None

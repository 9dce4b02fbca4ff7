"""What a WSGI server loads."""

from config import Settings
from messenger.app import create_app

app = create_app(Settings.from_env())

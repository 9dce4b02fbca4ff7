"""What every room's routes and socket events stand on: guards, sessions, errors, headers, limits, words."""

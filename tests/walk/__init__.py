"""Everybody's way through the application, looked at in every width, theme and language (`make walk`)."""

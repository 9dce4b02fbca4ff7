"""What every room's routes and socket events stand on."""

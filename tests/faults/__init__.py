"""What breaks under a real server: its process, its disk, its commits."""

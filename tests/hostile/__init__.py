"""The hostile server: attacks of `attacks.csv`, played from between a real client and a real server."""

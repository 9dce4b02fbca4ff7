"""The rules of docs/architecture.md, read from the code itself."""

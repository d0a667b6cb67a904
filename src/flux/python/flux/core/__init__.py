"""The handle and its event loop."""

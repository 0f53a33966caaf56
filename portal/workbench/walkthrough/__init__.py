"""The main job end to end, done by the demonstration people through the HTTP API of a running server."""

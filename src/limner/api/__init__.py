"""The HTTP door: parses, authorises, calls one verb of the workspace, formats."""

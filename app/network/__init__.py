"""The Network room: palette, canvas, text and forms, all of them views of one YAML text."""

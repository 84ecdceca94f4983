"""Post pages: title, body, date, source and attachments."""

"""Tells a broken source from a quiet one; pure, from what the ledger remembers of its crawls."""

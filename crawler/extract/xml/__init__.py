"""Recordsets, other XML lists and feeds."""

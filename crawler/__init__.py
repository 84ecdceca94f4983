"""Fetches listing pages and turns them into posts; it decides nothing about news and tells nobody."""

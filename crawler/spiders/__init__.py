"""Spiders written by hand live here; configured sources need none (see crawler.spider_loader)."""

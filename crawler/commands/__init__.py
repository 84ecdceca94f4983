"""Scrapy commands of this project, named in COMMANDS_MODULE."""

"""Turns stored posts into something people read, and delivers it; it fetches nothing and knows no Scrapy."""

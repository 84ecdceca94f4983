"""Scrapy's settings, each with its reason; what a user may choose stands in zhaoshang.toml instead.

Per source (delay, response ceiling, User-Agent) see crawler.spiders.source.SourceSpider.update_settings.
"""

BOT_NAME = "zhaoshang"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"
SPIDER_LOADER_CLASS = "crawler.spider_loader.SourceSpiderLoader"  # every configured source is a spider
COMMANDS_MODULE = "crawler.commands"  # `scrapy crawl` with an exit code that is the crawl's result

EXTENSIONS = {"crawler.ledger.CrawlLedger": 0}  # first: no request before the crawl has its ledger row

# Handed over on the command line (-s), never set here: which configuration, and what time it is.
ZHAOSHANG_CONFIG = ""
ZHAOSHANG_NOW = ""

ROBOTSTXT_OBEY = True  # the code's default is False
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.robots.SharedRobotsTxtMiddleware": 100,  # in the place of Scrapy's own
}
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # one visitor at a time; the delay per source does the rest
DOWNLOAD_TIMEOUT = 60
RETRY_TIMES = 2
COOKIES_ENABLED = False  # every visit is the same visit

# Both open a port that runs code; the second is on by default since 2.19.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

DOWNLOAD_HANDLERS = {
    "file": "crawler.local_files.SourceFileHandler",  # only the file that a source names
    "data": None,
    "ftp": None,
    "s3": None,
}

FEED_EXPORT_ENCODING = "utf-8"  # not \u escapes
LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_DATEFORMAT = "%Y-%m-%d %H:%M:%S"

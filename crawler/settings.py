"""Scrapy's settings, each with its reason; what a user may choose stands in zhaoshang.toml instead.

Per source (delay, response ceiling, User-Agent, TLS, proxy, browser) see crawler.fetching.
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

# Set for each source by crawler.fetching: may it reach private addresses, through which proxy, and in a browser?
ZHAOSHANG_ALLOW_PRIVATE = False
ZHAOSHANG_PROXY = ""
ZHAOSHANG_RENDER = False

# -- who may be asked -------------------------------------------------------------------------------------------------

TWISTED_DNS_RESOLVER = "crawler.guard.GuardedResolver"  # no look-up answers with an address that may not be reached
DOWNLOAD_HANDLERS = {
    "http": "crawler.handlers.GuardedHandler",
    "https": "crawler.handlers.GuardedHandler",
    "file": "crawler.local_files.SourceFileHandler",  # only the file that a source names
    "data": None,
    "ftp": None,
    "s3": None,
}
DOWNLOAD_VERIFY_CERTIFICATES = True  # the code's default is False
HTTPPROXY_ENABLED = False  # only where a source has a proxy: http_proxy in somebody's environment is not its word

# -- how it is asked --------------------------------------------------------------------------------------------------

ROBOTSTXT_OBEY = True  # the code's default is False
ROBOTSTXT_USER_AGENT = "zhaoshang"  # and not the whole User-Agent, whose contact may contain another robot's name
DOWNLOADER_MIDDLEWARES = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "crawler.robots.SharedRobotsTxtMiddleware": 100,  # in the place of Scrapy's own
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "crawler.politeness.PoliteRetryMiddleware": 550,  # in the place of Scrapy's own
    "crawler.conditional.ConditionalMiddleware": 560,
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "crawler.fetching.NamingRedirectMiddleware": 600,  # in the place of Scrapy's own
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    "crawler.fetching.TolerantMetaRefreshMiddleware": 580,  # in the place of Scrapy's own
    "crawler.render.RenderMiddleware": 570,
    "crawler.fetching.SourceProxyMiddleware": 745,  # before Scrapy's own, which takes the password out of the address
}
DOWNLOAD_DELAY = 1.25  # with the jitter: a second to one and a half; for spiders that have no source
DOWNLOAD_DELAY_JITTER = 0.2
CONCURRENT_REQUESTS_PER_DOMAIN = 1  # one visitor at a time; the delay per host does the rest
ZHAOSHANG_PATIENCE = 600  # seconds that a crawl waits for a host that is busy (crawler.politeness)
DOWNLOAD_TIMEOUT = 60  # for the whole answer, so that one byte a second does not hold a crawl
DOWNLOAD_MAXSIZE = 8 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0  # the ceiling is one line already
RETRY_TIMES = 2
RETRY_GIVE_UP_LOG_LEVEL = "INFO"  # the ledger says it, with the reason
REDIRECT_MAX_TIMES = 10
METAREFRESH_MAXDELAY = 6  # seconds: a page that reloads itself every minute leads nowhere
COOKIES_ENABLED = False  # every visit is the same visit
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "zh-CN,zh;q=0.9,en;q=0.5",  # the code's default asks for the English page
}

# Both open a port that runs code; the second is on by default since 2.19.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

FEED_EXPORT_ENCODING = "utf-8"  # not \u escapes
LOG_LEVEL = "INFO"
LOG_FORMAT = "%(asctime)s %(levelname)s %(message)s"
LOG_DATEFORMAT = "%Y-%m-%d %H:%M:%S"
# For every answer Scrapy reads the source text of the callback, looking for `return` in a generator: our type checker
# does that, once. It made a first crawl a third more expensive (benchmarks/crawl.py: 2.76 times fetch-only, then 2.06).
WARN_ON_GENERATOR_RETURN_VALUE = False

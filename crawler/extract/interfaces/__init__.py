"""Lists that come as JSON, the calls behind which they are, and the paging of both."""

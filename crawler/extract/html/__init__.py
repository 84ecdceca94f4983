"""HTML listings: records without selectors, their fields, and the next page."""

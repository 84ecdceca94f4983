"""The process in which Apprise runs: addresses and message as JSON on standard input, an exit code as the answer.

Standard error holds one line that names no address: Apprise's own log is switched off, for it repeats them.
"""

import json
import logging
import sys

from digests.channels.apprise import End


def main() -> int:
    """Without a body it only looks whether the addresses are some."""
    asked = json.load(sys.stdin)
    try:
        import apprise  # noqa: PLC0415 - the extra may be missing, and that is an answer
    except ImportError:
        return End.NOT_INSTALLED
    logging.disable(logging.CRITICAL)
    found = [apprise.Apprise.instantiate(url, suppress_exceptions=True) for url in asked["urls"]]
    unknown = [number for number, service in enumerate(found, start=1) if service is None]
    services = [service for service in found if service is not None]
    if unknown or not services:
        print(f"address {', '.join(map(str, unknown))}" if unknown else "an empty list", file=sys.stderr)
        return End.NOT_AN_ADDRESS
    if "body" not in asked:
        return 0
    taken = []
    for service in services:
        one = apprise.Apprise()
        one.add(service)
        took = one.notify(body=asked["body"], title=asked["title"], body_format=apprise.NotifyFormat.MARKDOWN)
        taken.append(bool(took))
    if all(taken):
        return 0
    print(f"{sum(taken)} of {len(taken)}", file=sys.stderr)
    return End.SOME_TAKEN if any(taken) else End.NOT_TAKEN


if __name__ == "__main__":
    sys.exit(main())

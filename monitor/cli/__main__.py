"""`python -m monitor.cli`: the same as `zhaoshang`."""

from monitor.cli import main

main()

"""Says an amount of yuan as people write it; it reads none."""

_BIG = ((10**8, "亿元"), (10**4, "万元"))


def in_yuan(yuan: int, gap: str = "") -> str:
    """9.6亿元, 1200万元, 800元: to four places, which is exact to 万元 and 元; `gap` stands before the unit."""
    for size, unit in _BIG:
        if yuan >= size:
            return f"{yuan / size:.4f}".rstrip("0").rstrip(".") + gap + unit
    return f"{yuan}{gap}元"

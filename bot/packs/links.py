"""What a web address looks like. Imports nothing heavy: every message is asked."""

import re


def is_link(text: str) -> bool:
    """The text is one web address and nothing else.

    >>> is_link("https://example.com/a"), is_link("看 https://example.com/a"), is_link("ftp://example.com")
    (True, False, False)
    """
    return bool(re.fullmatch(r"https?://\S+", text.strip(), re.IGNORECASE))

"""How a reply looks in a terminal: plain text, the choices printed to be typed.

Invariant: no choice is dropped. Where the text has numbers of its own, buttons are printed as words; elsewhere
they are numbered.
"""

from bot.messages import Reply, plain


def printed(reply: Reply) -> str:
    """The reply as lines, its choices last, an empty line after it."""
    words = [button.label for button in reply.buttons if not button.label.isdigit()]
    if reply.numbered:
        choices = f"或：{'、'.join(words)}" if words else ""
    else:
        choices = "　".join(f"{n} {label}" for n, label in enumerate(words, 1))
    return plain(reply.text) + (f"\n{choices}" if choices else "") + "\n"

"""XML from strangers, parsed without entities, networks or endless trees.

Invariant: a document type declaration is refused; nothing outside the bytes given is ever opened.
"""

from typing import TYPE_CHECKING

from bot.packs.draft.archive import Broken

if TYPE_CHECKING:
    from lxml.etree import _Element


class Unsafe(Exception):
    """The document declares entities or a document type."""


def parse(data: bytes) -> "_Element":
    """The root element. Raises Unsafe for a DOCTYPE, Broken for what is no XML."""
    from lxml import etree

    head = data[:65536].replace(b"\0", b"")  # UTF-16 has a zero byte beside each ASCII letter
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise Unsafe
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Broken from error
    if root is None:
        raise Broken
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unsafe
    return root


def local(element: "_Element") -> str:
    """The name without its namespace: the two dialects of Office XML differ only there."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""

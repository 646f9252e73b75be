"""Word files put together part by part, for what python-docx cannot write."""

import io
import zipfile
from collections.abc import Mapping

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
SPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml"'
)
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_KINDS = ("styles", "numbering", "footnotes", "endnotes", "comments", "header1", "footer1")


def part(kind: str, inner: str) -> str:
    """A part of the package: `kind` is its root element."""
    return f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:{kind} {SPACES}>{inner}</w:{kind}>'


def p(text: str, properties: str = "", run: str = "") -> str:
    """A paragraph of one run."""
    look = f"<w:rPr>{run}</w:rPr>" if run else ""
    made = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f'<w:p>{made}<w:r>{look}<w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def docx(
    body: str, parts: Mapping[str, str] | None = None, media: Mapping[str, bytes] | None = None
) -> bytes:
    """A .docx with this w:body; parts: name such as "styles" → whole XML; media: file name → bytes (rId = "m" + n)."""
    relations = []
    files: dict[str, str | bytes] = {
        "[Content_Types].xml": '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="xml" ContentType="application/xml"/><Default Extension="rels" ContentType="application/xml"/></Types>',
        "_rels/.rels": '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATION}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": part("document", f"<w:body>{body}</w:body>"),
    }
    for name, xml in (parts or {}).items():
        kind = name.rstrip("0123456789")
        relations.append(f'<Relationship Id="r{name}" Type="{_RELATION}/{kind}" Target="{name}.xml"/>')
        files[f"word/{name}.xml"] = xml
    for number, (name, data) in enumerate((media or {}).items(), 1):
        relations.append(f'<Relationship Id="m{number}" Type="{_RELATION}/image" Target="media/{name}"/>')
        files[f"word/media/{name}"] = data
    files["word/_rels/document.xml.rels"] = (
        '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        + "".join(relations)
        + "</Relationships>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()

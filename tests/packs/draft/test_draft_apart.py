"""Hostile and broken files through the real way in: a child process with limits, which is gone afterwards."""

import errno
import http.server
import io
import os
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from making.docx import SPACES, docx, p
from making.pdf import Put, Set, pdf, typeset

from bot.model import Complaint
from bot.packs.draft import fetch, office
from bot.packs.draft.apart import Limits, Used, read_apart
from bot.packs.draft.archive import MAX_ENTRY, Archive, Bomb
from bot.packs.draft.reading import read_bytes

LONG = "渠修好的头三年，上游放水，下游看水，年年都要吵几架，后来村里立了规矩，吵架的人才慢慢少了。"
TOO_BIG = "解开后太大，为了安全停下了。请拆成几份再发，例如：每份 200 页以内"


def gone(pid: int) -> bool:
    """No process of this id is left, not even a zombie."""
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.ESRCH
    return False


def refused(path: Path, limits: Limits | None = None) -> tuple[str, Used]:
    used = Used()
    with pytest.raises(Complaint) as caught:
        read_apart(str(path), limits=limits, used=used)
    assert used.pid
    assert gone(used.pid)
    return str(caught.value), used


def zipped(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()


def save(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_a_good_file_comes_through_as_it_does_in_this_process(tmp_path: Path) -> None:
    data = docx(
        p("修渠的人", "<w:outlineLvl w:val='0'/>") + p(LONG) + p("图：") + p(LONG), media={"a.png": b"x"}
    )
    used = Used()
    there = read_apart(str(save(tmp_path / "好 的.docx", data)), used=used)
    assert there == read_bytes(data, "好 的.docx")
    assert gone(used.pid)
    assert 0 < used.peak < 400 * 1024 * 1024


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = save(tmp_path / "a.docx", zipped(word__document_xml=b"<a>" + b"0" * 120_000_000))
    assert bomb.stat().st_size < 1_000_000
    said, used = refused(bomb)
    assert said == f"《a.docx》{TOO_BIG}"
    assert used.peak < 150 * 1024 * 1024
    with pytest.raises(Bomb):
        Archive(bomb.read_bytes())


def test_an_archive_that_lies_about_sizes_gives_no_more_than_it_may() -> None:
    data = bytearray(zipped(word__document_xml=b"0" * 3_000_000))
    for marker, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = data.index(marker) + offset
        data[at : at + 4] = (100).to_bytes(4, "little")
    archive = Archive(bytes(data))
    with pytest.raises(Exception, match=r"^$|Bad CRC"):
        archive.read("word/document.xml")
    assert archive.unpacked <= 100
    assert MAX_ENTRY < 100 * 1024 * 1024


def test_many_small_bombs_are_one(tmp_path: Path) -> None:
    files = {f"a{n}.txt": b"0" * 1_000_000 for n in range(300)}
    said, _ = refused(save(tmp_path / "a.zip", zipped(**files)))
    assert said == f"《a.zip》{TOO_BIG}"


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "prolog",
    [
        f'<!DOCTYPE x [<!ENTITY e0 "水">{ENTITIES}]>',
        '<!DOCTYPE x [<!ENTITY e9 SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    ],
    ids=["bomb", "xxe", "outside-dtd", "parameter"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_entities_are_refused(tmp_path: Path, prolog: str, encoding: str) -> None:
    entity = "&e9;" if "e9" in prolog else "水"
    xml = f'<?xml version="1.0" encoding="{encoding}"?>{prolog}<w:document {SPACES}><w:body>{p(entity)}</w:body></w:document>'
    said, used = refused(save(tmp_path / "a.docx", zipped(word__document_xml=xml.encode(encoding))))
    assert said == "《a.docx》里有外部引用，为了安全没有读。请重新导出再发，例如：另存为 .docx"
    assert used.peak < 150 * 1024 * 1024


def test_a_zip_of_pictures_called_docx(tmp_path: Path) -> None:
    said, _ = refused(save(tmp_path / "a.docx", zipped(**{"1.png": b"\x89PNG", "2.jpg": b"\xff\xd8"})))
    assert said == "《a.docx》不完整或不是 Word 文件，读不了。请重新导出再发，例如：另存为 .docx"


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("a.docx", b"", "《a.docx》不完整或不是 Word 文件，读不了。请重新导出再发，例如：另存为 .docx"),
        ("a.docx", docx(p(LONG))[:-60], "《a.docx》不完整或不是 Word 文件，读不了。请重新导出再发，例如：另存为 .docx"),
        ("a.docx", docx(""), "《a.docx》里没有文字。请换一个有文字的文件，例如：原来的 .docx"),
        ("a.pdf", pdf(typeset([Set(LONG)]))[:700], "《a.pdf》不完整或不是 PDF，读不了。请重新导出再发，例如：另存为 .pdf"),
        ("a.pdf", pdf(typeset([Set(LONG)]))[:-200], "《a.pdf》不完整或不是 PDF，读不了。请重新导出再发，例如：另存为 .pdf"),
        ("a.pdf", b"hello", "《a.pdf》不完整或不是 PDF，读不了。请重新导出再发，例如：另存为 .pdf"),
        ("a.pdf", pdf([[], [], []]), "这份 PDF 只有图片，没有文字。请发文字版，例如：原来的 .docx"),
        ("a.zip", b"PK\x03\x04 torn", "《a.zip》不完整或不是压缩包，读不了。请重新打包再发，例如：讲义.zip"),
        ("a.zip", zipped(**{"b.exe": b"MZ"}), "“a.zip”里没有能读的文件（b.exe：不是能读的文件）。请放进 .docx、.pdf、.html、.md 或 .txt，例如：讲义.docx"),
        ("a.html", b"<html><body></body></html>", "《a.html》里没有读到文章。请发文章本身的网址，或把文字存成 .txt 再发，例如：讲义.txt"),
        ("a.docx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "《a.docx》有密码，读不了。请发一份没有密码的，例如：另存为新的 .docx"),
        ("a.rtf", b"{\\rtf1 x}", "《a.rtf》是 RTF 文件。请另存为 .docx 再发，例如：辅导材料.docx"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_says_what_to_do(name: str, data: bytes, sentence: str) -> None:
    with pytest.raises(Complaint) as caught:
        read_bytes(data, name)
    assert str(caught.value) == sentence


def test_a_pdf_with_a_password(tmp_path: Path) -> None:
    """The password is in the trailer: a standard handler of 40 bits whose user key fits no empty password."""
    plain = pdf(typeset([Set(LONG)]))
    lock = (
        b"/Encrypt << /Filter /Standard /V 1 /R 2 /O <" + b"41" * 32 + b"> /U <" + b"42" * 32 + b"> /P -4 >> "
    )
    lock += b"/ID [<" + b"43" * 16 + b"> <" + b"43" * 16 + b">] /Root"
    said, _ = refused(save(tmp_path / "a.pdf", plain.replace(b"/Root", lock)))
    assert said == "这份 PDF 有密码，读不了。请发一份没有密码的，例如：另存为新的 PDF"


def test_an_entry_with_a_password() -> None:
    data = bytearray(zipped(**{"a.txt": LONG.encode()}))
    for marker, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(marker) + offset] |= 1
    with pytest.raises(Complaint, match=r"没有能读的文件（a\.txt：这个文件读不出来）"):
        read_bytes(bytes(data), "a.zip")


def test_time_is_limited(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        pytest.skip("no pipes with names here")
    os.mkfifo(tmp_path / "a.txt")  # a file that never comes to an end, nor to a beginning
    began = time.monotonic()
    said, used = refused(tmp_path / "a.txt", Limits(seconds=0.5))
    assert said == "《a.txt》读了太久，为了安全停下了。请拆成几份再发，例如：每份 200 页以内"
    assert time.monotonic() - began < 20
    assert used.code is not None
    assert used.code < 0


@pytest.mark.skipif(sys.platform == "win32", reason="no such limit there")
def test_memory_is_limited(tmp_path: Path) -> None:
    big = save(tmp_path / "a.txt", (LONG + "\n").encode() * 200_000)  # 28 MB of text
    said, used = refused(big, Limits(memory=100 * 1024 * 1024))
    assert said == f"《a.txt》{TOO_BIG}"
    assert used.peak < 100 * 1024 * 1024


def test_the_child_ends_with_its_parent(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    program = (
        "import subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-m', 'bot.packs.draft.worker', {str(tmp_path / 'a.txt')!r}, 'a', '60', '999999999'], stdin=subprocess.PIPE)\n"
        "print(child.pid, flush=True)\nsys.stdin.read()\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    until = time.monotonic() + 20
    while _running(child):
        assert time.monotonic() < until
        threading.Event().wait(0.02)


def _running(pid: int) -> bool:
    """Alive; a zombie whose new parent has not fetched it yet is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except OSError:
        return False


def test_a_long_pdf_tells_how_far_it_is_and_stays_small(tmp_path: Path) -> None:
    page = [Put(72, 760 - 20 * n, LONG[:36], 12) for n in range(30)]
    seen: list[tuple[int, int]] = []
    used = Used()
    found = read_apart(
        str(save(tmp_path / "a.pdf", pdf([page] * 500))), lambda done, of: seen.append((done, of)), used=used
    )
    assert len(seen) >= 20
    assert seen == sorted(seen)
    assert seen[-1] == (500, 500)
    assert used.peak < 400 * 1024 * 1024
    assert gone(used.pid)
    assert sum(len(b.text) for a in found.draft.articles for b in a.blocks) > 500_000


def test_old_word_files_without_an_office_suite(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert office.soffice() == ""
    with pytest.raises(
        Complaint, match=r"^服务器上不能读 \.doc。请另存为 \.docx 再发，例如：辅导材料\.docx$"
    ):
        read_apart(
            str(
                save(
                    tmp_path / "a.doc", b"\xd0\xcf\x11\xe0" + "WordDocument".encode("utf-16-le") + b"\0" * 600
                )
            )
        )


NO_DOC = "服务器上不能读 .doc。请另存为 .docx 再发，例如：辅导材料.docx"


@pytest.mark.parametrize(
    "data",
    [
        b"\xdb\xa5\x2d\x00" + b"\0" * 500 + "翻土".encode("gbk") + b"\0" * 500,  # Word 2
        b"\xd0\xcf\x11" + bytes(range(256)) * 8,
        bytes(range(256)) * 8,
    ],
)
def test_what_is_called_doc_and_is_no_text_is_no_text(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(Complaint) as complaint:
        read_apart(str(save(tmp_path / "a.doc", data)))
    assert str(complaint.value) == NO_DOC


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_plain_text_called_doc_is_read_and_said(tmp_path: Path, encoding: str) -> None:
    text = "土要松\n\n翻土要在雨后两三天，土不粘锹的时候。等土面发白、一捏就散再下锹，翻得深，根扎得稳。\n"
    found = read_apart(str(save(tmp_path / "讲义.doc", text.encode(encoding))))
    assert found.note == "《讲义.doc》其实是纯文字，按文字读了。"
    assert "土面发白" in found.draft.articles[0].blocks[0].text
    (tmp_path / "两份").mkdir()
    save(tmp_path / "两份" / "1.txt", text.encode())
    save(tmp_path / "两份" / "2.doc", text.encode(encoding))
    assert read_apart(str(tmp_path / "两份")).note == "《2.doc》其实是纯文字，按文字读了。"


# ---------------------------------------------------------------- folders and archives


def test_a_folder_is_one_pack_in_the_order_of_its_names(tmp_path: Path) -> None:
    save(tmp_path / "10-管水.md", f"# 管水的人\n{LONG}".encode())
    save(
        tmp_path / "2-修渠.txt",
        f"修渠的人\n【来源：清水日报】\n{LONG}，\n{LONG}\n\n渠；就是命。".encode("gb18030"),
    )
    save(tmp_path / "坏.docx", b"PK\x03\x04")
    save(tmp_path / "图.png", b"\x89PNG")
    (tmp_path / ".hidden").write_text("x")
    draft = read_apart(str(tmp_path)).draft
    assert [a.title for a in draft.articles] == ["修渠的人", "管水的人"]
    assert draft.title == tmp_path.name
    assert {(each.text, each.why) for each in draft.left_out} == {
        ("坏.docx", "《坏.docx》不完整或不是 Word 文件，读不了"),
        ("图.png", "不是能读的文件"),
    }
    assert (
        draft.damage == ("第 1 篇末段以“渠；”开头，像是缺了字。留在文章里，这一句不做卡片。",) or draft.damage
    )


def test_a_zip_with_old_names_is_read_like_a_folder() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("讲义/一.md", f"# 修渠的人\n{LONG}")
        archive.writestr("讲义/二.zip", b"PK")
    found = read_bytes(out.getvalue(), "讲义.zip")
    assert [a.title for a in found.draft.articles] == ["修渠的人"]
    assert [(each.text, each.why) for each in found.draft.left_out] == [("讲义/二.zip", "压缩包里的压缩包")]


def test_links_out_of_a_folder_are_not_followed(tmp_path: Path) -> None:
    inside = tmp_path / "in"
    inside.mkdir()
    save(tmp_path / "secret.txt", LONG.encode())
    (inside / "a.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(Complaint, match="没有能读的文件"):
        read_apart(str(inside))


# ---------------------------------------------------------------- web pages

PAGE = f"""<!doctype html><html><head><meta charset="gb18030"><title>修渠的人_清水网</title></head><body>
<nav><a href="/">首页</a> <a href="/x">要闻</a></nav><h1>修渠的人</h1>
<div class="info"><span>来源：清水日报</span>　<span>作者：李长山</span>　<span>2024-03-05 10:20</span></div>
<div id="main"><p>{LONG}</p><h2>上山</h2><p>{LONG.replace("渠", "路")}</p><ul><li>先远后近</li><li>先田后园</li></ul></div>
<script>var hidden = "脚本";</script><footer>版权所有 清水网</footer></body></html>"""


class Site(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    sent = 0

    def do_GET(self) -> None:
        body = PAGE.encode("gb18030")
        if self.path == "/loop":
            self.send_response(302)
            self.send_header("Location", "/loop")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/inside":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.2:1/secret")
            self.send_header("Content-Length", "0")
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.close_connection = True
            try:
                while True:
                    type(self).sent += self.wfile.write(b"<p>" + b"0" * 65536)
            except OSError:
                return
        elif self.path == "/bomb":
            packed = __import__("gzip").compress(b"0" * 50_000_000)
            self._send(packed, "text/html", ("Content-Encoding", "gzip"))
        elif self.path == "/gone":
            self.send_error(404)
        else:
            self._send(body, "text/html; charset=gb2312")

    def _send(self, body: bytes, kind: str, *more: tuple[str, str]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for key, value in more:
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def site() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def loopback(address: str) -> bool:
    """The tests' own server counts as public; its neighbour does not."""
    return address == "127.0.0.1"


def test_a_web_page_becomes_one_article(site: str) -> None:
    page = fetch.fetch(f"{site}/a", loopback)
    found = __import__("bot.packs.draft.reading", fromlist=["x"]).read_page(
        page.data, "a", page.charset, page.url
    )
    (article,) = found.draft.articles
    assert (article.title, article.source, article.author, article.date) == (
        "修渠的人", "清水日报", "李长山", "2024-03-05",
    )  # fmt: skip
    assert [(b.kind, b.text[:5]) for b in article.blocks] == [
        ("para", "渠修好的头"), ("head", "上山"), ("para", "路修好的头"), ("list", "先远后近\n"),
    ]  # fmt: skip
    (left,) = found.draft.left_out
    assert "首页 要闻" in left.text
    assert "版权所有 清水网" in left.text
    assert "脚本" not in left.text
    assert found.link == f"{site}/a"


def test_a_page_without_labels_has_no_author() -> None:
    page = PAGE.replace("<span>作者：李长山</span>", "<span>李长山</span>").encode("gb18030")
    assert read_bytes(page, "a.html").draft.articles[0].author == ""


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/a", "http://localhost:8080/", "http://10.0.0.1/", "http://192.168.1.1/a", "http://169.254.169.254/latest/",
        "http://[::1]/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/", "http://0.0.0.0/", "http://2130706433/",
        "http://0x7f.1/", "ftp://example.com/a", "file:///etc/passwd", "http://user:pw@example.com/", "http:///a", "http://a b/",
        "http://[bad/", "https://example.com:99999/",
    ],
)  # fmt: skip
def test_addresses_that_are_not_public(url: str) -> None:
    with pytest.raises(Complaint) as caught:
        fetch.fetch(url)
    assert (
        str(caught.value)
        == "这个网址不能读，只支持公开的网页。请发 http 或 https 的公开地址，例如：https://example.com/a"
    )


def test_a_private_address_through_the_whole_way_in() -> None:
    with pytest.raises(Complaint, match="这个网址不能读，只支持公开的网页"):
        read_apart("http://127.0.0.1:1/a")


def test_a_redirect_to_a_private_address_is_not_followed(site: str) -> None:
    with pytest.raises(Complaint, match="这个网址不能读"):
        fetch.fetch(f"{site}/inside", loopback)


def test_redirects_for_ever(site: str) -> None:
    with pytest.raises(Complaint, match="这个网址一直跳转"):
        fetch.fetch(f"{site}/loop", loopback)


@pytest.mark.parametrize("path", ["/endless", "/bomb"])
def test_an_endless_file_is_cut_off(site: str, path: str) -> None:
    Site.sent = 0
    with pytest.raises(Complaint, match="这个网页超过 1 MB，为了安全停下了"):
        fetch.fetch(site + path, loopback, most=1024 * 1024)
    assert Site.sent < 16 * 1024 * 1024  # what lay in the buffers between us counts as sent


def test_a_page_that_is_gone_and_a_server_that_is(site: str) -> None:
    with pytest.raises(Complaint, match="对方答复 404"):
        fetch.fetch(f"{site}/gone", loopback)
    with pytest.raises(Complaint, match="这个网址连不上"):
        fetch.fetch("http://127.0.0.1:1/", loopback)

"""How fast a document is read: ours (a process of its own, to articles and cards) against markitdown and pdfplumber.

All of them are started fresh and read the same file; what counts is the whole process. The long version adds a
PDF of 500 pages, read with its memory measured.
"""

import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.table import Table, quantile

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / ".venv-peers" / "bin" / "python"
RUNS = 3
SENTENCES = (
    "渠修好的头三年，上游放水，下游看水，年年都要吵几架，县里派人来劝了好几回也没有用。",
    "水少人多的时候，没有规矩就没有公平，规矩是吵出来、试出来、改出来的，所以大家才肯照着做。",
    "全县三十二个斗口已经全部装上了量水的表，表上的数字每天傍晚贴在村口，谁用了多少一眼就明白。",
    "过去说不清的账，现在有了凭据，邻里之间说话的声音也低了下来，渠边又听得见笑声。",
)
MARKITDOWN = "import sys; from markitdown import MarkItDown; print(len(MarkItDown().convert(sys.argv[1]).text_content))"
PDFPLUMBER = (
    "import sys, pdfplumber\n"
    "with pdfplumber.open(sys.argv[1]) as pdf: print(sum(len(page.extract_text() or '') for page in pdf.pages))"
)
OURS = "import sys; from bot.packs.draft.apart import read_apart; print(len(read_apart(sys.argv[1]).draft.cards))"


def run(full: bool) -> Table:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for pages in (100, 500) if full else (100,):
            rows += _compared(Path(folder), pages, 1 if pages > 100 else RUNS)
        memory = _memory(Path(folder), 500) if full else ""
    note = "100 pages: to stay at or below 0.5 of markitdown's time." + memory
    return Table(("whole process, fresh start", "median", "pages/s", "of markitdown"), tuple(rows), note)


def document(folder: Path, pages: int) -> Path:
    """A PDF of that many pages of running text with heads, a running head and page numbers."""
    sys.path.insert(0, str(ROOT / "tests"))
    from making.pdf import Set, pdf, typeset

    def paragraphs(count: int) -> list[Set]:
        out = []
        for n in range(count):
            if n % 40 == 0:
                out.append(Set(f"第{n // 40 + 1}讲 一条渠的故事", 18, True, True, lead=12))
            if n % 8 == 0:
                out.append(Set(f"{n // 8 % 5 + 1}. 渠上的第{n}天", 14, True, lead=6))
            out.append(Set("".join(SENTENCES[(n + k) % 4] for k in range(3 + n % 3)), 12, indent=2))
        return out

    count = pages * 5
    made = typeset(paragraphs(count), head="职工读书会材料")
    while len(made) < pages:
        count += pages
        made = typeset(paragraphs(count), head="职工读书会材料")
    path = folder / f"{pages}.pdf"
    path.write_bytes(pdf(made[:pages]))
    return path


def _compared(folder: Path, pages: int, runs: int) -> list[tuple[str, str, str, str]]:
    path = document(folder, pages)
    programs: list[tuple[str, Path, str]] = [("ours", Path(sys.executable), OURS)]
    if PEER.exists():
        programs += [("markitdown", PEER, MARKITDOWN), ("pdfplumber", PEER, PDFPLUMBER)]
    times: dict[str, list[float]] = {name: [] for name, _, _ in programs}
    for _ in range(runs):
        for name, python, program in programs:
            times[name].append(timed(lambda python=python, program=program: _started(python, program, path)))
    base = quantile(times["markitdown"], 0.5) if "markitdown" in times else 0.0
    rows = []
    for name, taken in times.items():
        middle = quantile(taken, 0.5)
        ratio = f"{middle / base:.2f}" if base else "–"
        rows.append((f"{name}, {pages} pages", f"{middle:.2f} s", f"{pages / middle:.0f}", ratio))
    return rows


def _started(python: Path, program: str, path: Path) -> None:
    subprocess.run([python, "-c", program, path], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)


def timed(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _memory(folder: Path, pages: int) -> str:
    from bot.packs.draft.apart import Used, read_apart

    used, seen = Used(), []
    read_apart(str(folder / f"{pages}.pdf"), lambda done, of: seen.append((done, of)), used=used)
    mb = used.peak / 1024 / 1024
    return (
        f" {pages} pages: peak {mb:.0f} MB of the reading process (bound 400), {len(seen)} words of progress."
    )

"""The playground's page as files: nothing from outside, no word without use, modules as short as ours in Python."""

import re
from pathlib import Path

import glassnet

PAGE = Path(glassnet.__file__).parent / "playground" / "page"
OURS = sorted(path for path in PAGE.glob("*.js") if path.name != "uplot.js")
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in OURS}


def test_it_asks_for_nothing_from_outside() -> None:
    for path in [*OURS, PAGE / "index.html", PAGE / "style.css", PAGE / "uplot.css"]:
        assert re.findall(r"https?://|@import|url\(", path.read_text(encoding="utf-8")) == [], path.name
    assert re.findall(r"https?://[^\s)]+", (PAGE / "uplot.js").read_text(encoding="utf-8")) == [
        "https://github.com/leeoniya/uPlot"  # who wrote it, in a comment
    ]


def test_nothing_in_it_stands_in_the_way_of_its_policy() -> None:
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    assert re.findall(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|<style", page) == []
    assert [name for name, text in TEXTS.items() if re.search(r"\beval\(|new Function|\.cssText", text)] == []


def test_every_word_is_used_and_every_used_word_is_there() -> None:
    words = TEXTS["words.en.js"]
    there = set(re.findall(r"(?:^ {2}|, )(\w+): ", words, re.MULTILINE))
    inner = set(re.findall(r"\w+", "".join(re.findall(r"^ {2}\w+: \{(.*?)\}", words, re.MULTILINE | re.DOTALL))))
    elsewhere = "".join(text for name, text in TEXTS.items() if name != "words.en.js")
    page = (PAGE / "index.html").read_text(encoding="utf-8")
    used = set(re.findall(r"\bW\.(\w+)", elsewhere)) | set(re.findall(r"data-(?:words|label|heading)=\"(\w+)\"", page))
    by_name = {"step", "epoch", "rewind", "again", "training", "validation", "before", "positive", "negative"}
    assert used - there - inner == set()
    assert there - used - inner - by_name == set()


def test_modules_import_what_is_there() -> None:
    for name, text in TEXTS.items():
        for names, module in re.findall(r"import \{([^}]+)\} from \"\./([\w.]+)\"", text):
            exported = set(re.findall(r"export (?:async )?(?:const|function\*?|class) (\w+)", TEXTS[module]))
            assert {one.strip() for one in names.split(",") if one.strip()} <= exported, (name, module)
            for one in filter(None, map(str.strip, names.split(","))):
                assert len(re.findall(rf"\b{one}\b", text)) > 1, f"{name} imports {one} and does not use it"


def test_what_the_first_picture_needs_is_asked_for_at_once_and_nothing_else() -> None:
    needed, found = ["main.js"], set()
    while needed:
        name = needed.pop()
        if name not in found:
            found.add(name)
            needed += re.findall(r"^(?:import|\}) .*from \"\./([\w.]+)\"", TEXTS[name], re.MULTILINE)
    asked = re.findall(r'(?:src|href)="/page/([\w.]+\.js)"', (PAGE / "index.html").read_text(encoding="utf-8"))
    later = re.findall(r"\[(.*?)\]\) \(await import", TEXTS["main.js"])[0]
    assert sorted(asked) == sorted(found)
    assert found | {f"{name}.js" for name in re.findall(r"\w+", later)} == set(TEXTS)


def test_modules_are_as_short_as_those_of_python() -> None:
    for path in [*OURS, PAGE / "style.css"]:
        lines = path.read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 400, path.name
        assert [line for line in lines if len(line) > (120 if path in OURS else 200)] == [], path.name


def test_what_others_wrote_lies_beside_its_licence() -> None:
    licence = (PAGE / "uplot.license.txt").read_text(encoding="utf-8")
    version = re.search(r"\(v([\d.]+)\)", (PAGE / "uplot.js").read_text(encoding="utf-8"))
    assert version and f"uPlot {version[1]}" in licence and "The MIT License" in licence
    assert sum(path.stat().st_size for path in PAGE.iterdir()) < 200_000

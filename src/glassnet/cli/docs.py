"""`glassnet docs`: the pages of the manual, which come along with every glassnet, so that none needs a network."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from click.shell_completion import CompletionItem

from ..errors import GlassnetError, did_you_mean, join
from ..installs import carried
from .edge import say
from .sections import command

EXAMPLES = """\b
Examples:
  glassnet docs                     all pages
  glassnet docs publish
  glassnet docs write-a-part
  glassnet docs tables --path       where it lies, for an editor or a browser
"""
_WIDEST = 100


class PageType(click.ParamType):
    """A page's name, as it is listed."""

    name = "page"

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        """Pages that begin as typed."""
        return [CompletionItem(name) for name in pages() if name.startswith(incomplete)]


@command(epilog=EXAMPLES)
@click.argument("page", type=PageType(), required=False)
@click.option("--path", "as_path", is_flag=True, help="Say where the page lies, and print nothing of it.")
def docs(page: str | None, as_path: bool) -> None:
    """Read a PAGE of the manual, or list them.

    A terminal shows it set; a pipe or a file gets its Markdown.
    """
    found = pages()
    if page is None:
        if as_path:
            raise GlassnetError("--path is about one page: name it, such as glassnet docs first-steps --path")
        _list(found)
        return
    name = page.lower().removeprefix("docs/").removesuffix(".md")
    if name not in found:
        raise GlassnetError(f"there is no page {page!r}.{did_you_mean(name, found)} Pages: {join(found)}.")
    if as_path:
        say(str(found[name]))
    elif sys.stdout.isatty():
        _show(found[name].read_text("utf-8"))
    else:
        say(found[name].read_text("utf-8").rstrip())


def pages() -> dict[str, Path]:
    """Each page by its name."""
    folder = carried("_docs", "docs", "first-steps.md")
    if folder is None:
        raise GlassnetError("the pages of glassnet are missing in this installation. What to do: install it again")
    return {path.stem: path for path in sorted(folder.glob("*.md"))}


def _list(found: dict[str, Path]) -> None:
    from ..tables import Table, width_of_output

    rows = [(name, _title(path)) for name, path in found.items()]
    for line in Table(("PAGE", "WHAT IT IS ABOUT"), rows, left=("WHAT IT IS ABOUT",)).lines(width_of_output()):
        say(line)
    say("\nRead one: glassnet docs first-steps")


def _title(path: Path) -> str:
    with path.open(encoding="utf-8") as file:
        return file.readline().lstrip("# ").strip()


def _show(text: str) -> None:
    from rich.markdown import Markdown

    from ..tables import width_of_output
    from .display import page_console

    page_console(min(width_of_output() or _WIDEST, _WIDEST)).print(Markdown(text, code_theme="default"))

"""A real chrome that looks at pages: what they ask for, what they complain about, whether their words can be read."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from waiting import PATIENCE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
)

#: Ratio of contrast (WCAG 2.1) of every piece of text on the page itself to what lies behind it.
CONTRASTS = """
() => {
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const numbers = text => text.match(/[\\d.]+/g).map(Number);
  const behind = element => {
    for (; element; element = element.parentElement) {
      const colour = numbers(getComputedStyle(element).backgroundColor);
      if (colour.length < 4 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const found = [];
  for (const element of document.querySelectorAll("body *:not(svg, svg *)")) {
    const own = [...element.childNodes].some(node => node.nodeType === 3 && node.textContent.trim());
    if (!own) continue;
    const pair = [numbers(getComputedStyle(element).color), behind(element)].map(light).sort((a, b) => b - a);
    found.push([(pair[0] + 0.05) / (pair[1] + 0.05), element.tagName + " " + element.textContent.trim().slice(0, 40)]);
  }
  return found;
}
"""


def serious(page) -> list[str]:  # type: ignore[no-untyped-def]
    """What axe-core, which looks for what shuts people out, calls serious or critical on a page that is open."""
    sync = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe-playwright-python is not installed")
    page.evaluate("document.querySelectorAll('details').forEach(one => one.open = true)")
    found = sync.Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


def started() -> Iterator[object]:
    """A chrome, or the test is skipped with the reason."""
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    if CHROMIUM is None:
        pytest.skip("there is no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET.split(), timeout=PATIENCE * 1000)
        yield chrome
        chrome.close()


def opened(chrome, path: Path, width: int, scheme: str = "light", beside: str = ""):  # type: ignore[no-untyped-def]
    """(the page in a window of that width, all that it asked for or complained about); it may ask for what lies
    `beside` it, in the folder with that address."""
    context = chrome.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, reduced_motion="reduce")
    context.set_default_timeout(PATIENCE * 1000)
    page, noticed = context.new_page(), []
    page.on("console", lambda message: noticed.append(f"console: {message.text}"))
    page.on("pageerror", lambda error: noticed.append(f"error: {error}"))
    page.on("dialog", lambda dialog: (noticed.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def only_itself(route) -> None:  # type: ignore[no-untyped-def]
        asked = route.request.url.split("#")[0]
        if asked == path.as_uri() or (beside and asked.startswith(beside)):
            route.continue_()
        else:
            noticed.append(f"asked for {route.request.url[-80:]}")
            route.abort()

    page.route("**/*", only_itself)
    page.goto(path.as_uri())
    return page, noticed

"""The playground's page in a real chrome, beside the real server: what a student sees, by pointer and by keys.

One server and one window serve the whole module. A test begins with an address, which builds its own experiment.
"""

import http.server
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from browsers import CONTRASTS, serious
from waiting import PATIENCE, wait_until

pytestmark = pytest.mark.slow

SWISH = '''
import threading
import numpy as np
from glassnet import Activation, hookimpl

def swish(beta: float = 1.0):
    """z times its own sigmoid."""
    def f(z):
        return z / (1 + np.exp(-beta * z))
    def df(z, a):
        s = 1 / (1 + np.exp(-beta * z))
        return s + beta * z * s * (1 - s)
    return Activation(f=f, df=df)

def stuck(stand: bool = False):
    """Stands still for ever."""
    def f(z):
        while stand:
            sum(range(1000))
        return z
    return Activation(f=f, df=lambda z, a: np.ones_like(z))

def asleep():
    """Never comes to be."""
    threading.Event().wait()

@hookimpl
def activations():
    return [swish, stuck, asleep]
'''
MOONS = "dataset=moons&hidden=4,3&activation=tanh&optimizer=adam:lr=0.03&epochs=300"
#: What stands on the plane, as one text that is equal for equal pictures.
PLANE = "document.querySelector('.plane').toDataURL()"

#: Whether the chart of the loss has a dot in the colour of an earlier run.
PALE = """(() => {
    const pale = getComputedStyle(document.documentElement).getPropertyValue('--pale').trim();
    const [r, g, b] = [1, 3, 5].map(at => parseInt(pale.slice(at, at + 2), 16));
    const canvas = document.querySelector('.chart canvas');
    const dots = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
    return dots.some((red, at) => at % 4 === 0 && red === r && dots[at + 1] === g && dots[at + 2] === b);
})()"""


class Play:
    """The window, and what it was heard to say and seen to ask for."""

    def __init__(self, chrome: Any, address: str) -> None:
        self.base, _, self.token = address.partition("#")
        self.context = chrome.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        self.context.set_default_timeout(PATIENCE * 1000)
        self.page = self.context.new_page()
        self.noticed: list[str] = []
        self.asked: set[str] = set()
        self.page.on("console", lambda message: self.noticed.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.noticed.append(f"error: {error}"))
        self.page.on("request", lambda request: self.asked.add(request.url))

    def open(self, address: str) -> None:
        """The page with another experiment, as somebody opens it who was sent the address."""
        self.page.goto(f"{self.base}?{address}#{self.token}")
        self.until("document.querySelectorAll('#network button.unit').length")
        self.until(f"{self.number('epoch')} === '0'")
        self.page.select_option("#speed", "20")  # it belongs to the tab, whatever an earlier test has chosen
        self.settle()

    def settle(self) -> None:
        """Until what was drawn last is on the screen."""
        self.page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def until(self, seen: str) -> None:
        wait_until(lambda: self.page.evaluate(seen))

    def number(self, name: str) -> str:
        """The expression of a number in the bar: `epoch`, `loss`, ..."""
        entry = f"[...document.querySelectorAll('.numbers div')].find(d => d.firstChild.textContent === '{name}')"
        return f"{entry}?.lastChild.textContent"

    def epoch(self) -> int:
        return int(self.page.evaluate(self.number("epoch")).replace(",", ""))

    def text(self, selector: str) -> str:
        return str(self.page.inner_text(selector))

    def train(self) -> None:
        """Some epochs, by pointer."""
        before = self.epoch()
        self.page.click("#start")
        wait_until(lambda: self.epoch() > before + 1)
        self.until("document.querySelector('#start').textContent.includes('Pause')")
        self.page.click("#start")
        self.until("document.querySelector('#start').textContent.includes('Start')")
        self.settle()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("play")
    (made / "swish.py").write_text(dedent(SWISH), encoding="utf-8")
    return made


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "glassnet", "--no-plugins", "--plugin", "swish.py", "play", "--no-open"]
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    yield process
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)


@pytest.fixture(scope="module")
def play(chrome: Any, server: subprocess.Popen[str]) -> Iterator[Play]:
    assert server.stdout
    line = next(line for line in server.stdout if "playground at" in line)
    made = Play(chrome, line.split()[-1])
    yield made
    made.context.close()


@pytest.fixture(autouse=True)
def silent(play: Play) -> Iterator[None]:
    """After each test: nothing was said on the console, and everything asked for was asked of the server."""
    play.noticed.clear()
    yield
    assert [words for words in play.noticed if "status of 422" not in words] == []  # chrome's own word for a refusal
    assert {url for url in play.asked if not url.startswith((play.base, "blob:", "data:"))} == set()


def test_it_opens_with_data_and_a_network_and_the_space_bar_starts_and_pauses(play: Play) -> None:
    play.open(MOONS)
    assert "token" not in play.page.url and play.page.evaluate("document.cookie") == ""
    assert play.page.title() == "moons – glassnet play"
    assert play.page.evaluate("document.querySelectorAll('#network button.unit').length") == 4 + 3 + 1
    assert "288 rows to learn from" in play.text("#data")
    untrained = play.page.evaluate(PLANE)
    play.page.keyboard.press("Space")
    wait_until(lambda: play.epoch() > 2)
    play.until("document.querySelector('#start').textContent.includes('Pause')")
    play.page.keyboard.press("Space")
    play.until("document.querySelector('#start').textContent.includes('Start')")
    stood = play.epoch()
    assert play.page.evaluate(PLANE) != untrained
    assert float(play.page.evaluate(play.number("loss"))) < 0.7
    play.page.click("#epoch")
    wait_until(lambda: play.epoch() == stood + 1)


def test_starting_over_gives_the_very_same_picture_and_the_last_curve_stays_pale(play: Play) -> None:
    play.open(MOONS)
    before = play.page.evaluate(PLANE)
    play.train()
    play.page.click("#rewind")
    play.until(f"{play.number('epoch')} === '0'")
    play.until(f"{PLANE} === {before!r}")
    play.until(PALE)


def test_an_address_opens_the_same_start_wherever_it_is_opened(play: Play) -> None:
    play.open(MOONS)
    picture, address = play.page.evaluate(PLANE), play.page.url
    play.page.click("#more-1")
    play.until("document.querySelectorAll('#network button.unit').length === 9")
    assert "hidden=5,3" in play.page.url
    play.until(f"{PLANE} !== {picture!r}")
    play.page.goto(address)  # without the token: this browser has it
    play.until("document.querySelectorAll('#network button.unit').length === 8")
    play.until(f"{PLANE} === {picture!r}")


def test_back_and_undo_take_a_change_back(play: Play) -> None:
    play.open(MOONS)
    play.page.click("#add-layer")
    play.until("document.querySelectorAll('#network button.unit').length === 11")
    play.page.click("#undo")
    play.until("document.querySelectorAll('#network button.unit').length === 8")
    play.page.select_option("#activation-2", "relu")
    play.until("location.search.includes('relu')")
    play.page.go_back()
    play.until("document.querySelector('#activation-2').value === 'tanh'")


def test_a_setting_out_of_range_is_refused_in_words_beside_its_control(play: Play) -> None:
    play.open(MOONS)
    play.page.fill("#optimizer-lr", "-1")
    play.page.keyboard.press("Tab")
    play.until("document.querySelector('.error')")
    assert "lr=-1" in play.text(".error")
    assert play.page.get_attribute("#optimizer-lr", "aria-invalid") == "true"
    play.page.fill("#optimizer-lr", "0.1")
    play.page.keyboard.press("Tab")
    play.until("!document.querySelector('.error')")
    assert "lr%3D0.1" in play.page.url or "lr=0.1" in play.page.url


def test_a_guests_activation_is_in_the_menus_and_trains(play: Play) -> None:
    play.open(MOONS)
    option = play.page.locator("#activation-1 option", has_text="swish").first
    assert option.inner_text() == "swish · local"
    play.page.select_option("#activation-1", label="swish · local")
    play.until("document.querySelector('#activation-1').selectedOptions[0].text.includes('swish')")
    play.train()
    assert play.page.evaluate("document.querySelector('#activation-2').value") == "tanh"


def test_an_own_table_with_texts_gaps_and_three_classes(play: Play, folder: Path) -> None:
    lines = ["length,weight,colour,kind"]
    for row in range(90):
        kind, colour = ("ant", "bee", "cat")[row % 3], ("red", "", "blue")[row % 5 % 3]
        weight = "" if row % 11 == 0 else row % 7 + 5 * (row % 3)
        lines.append(f"{row % 9 + 4 * (row % 3)},{weight},{colour},{kind}")
    (folder / "animals.csv").write_text("\n".join(lines), encoding="utf-8")
    play.open(MOONS)
    play.page.set_input_files("#file", str(folder / "animals.csv"))
    play.until("document.querySelector('#target-asked')")
    assert play.page.input_value("#target-asked") == "kind"
    assert "90 rows" in play.text("#data") and play.page.title().startswith("moons")  # nothing is built before
    play.page.click("#learn-it")
    play.until("document.title.startsWith('animals')")
    assert play.page.locator("#output .legend li").all_inner_texts()[:3] == ["ant", "bee", "cat"]
    play.train()
    play.page.select_option("#axis-1", label="length")
    play.until("document.querySelector('#axis-0').selectedOptions[0].text === 'weight'")
    assert play.noticed == []


def test_a_table_without_numbers_has_no_plane_and_trains(play: Play, folder: Path) -> None:
    rows = [f"{'red' if row % 3 else 'blue'},{'big' if row % 2 else 'small'},{'ab'[row % 2]}" for row in range(40)]
    (folder / "words.csv").write_text("\n".join(["colour,size,kind", *rows]), encoding="utf-8")
    play.open(MOONS)
    play.page.set_input_files("#file", str(folder / "words.csv"))
    play.page.click("#learn-it")
    play.until("document.title.startsWith('words')")
    assert not play.page.is_visible(".plane") and "no plane" in play.text("#output")
    play.train()


def test_what_breaks_down_is_said_in_words(play: Play) -> None:
    play.open("dataset=sine&hidden=8&activation=relu&optimizer=sgd:lr=1000&epochs=1000")
    play.page.select_option("#speed", "full")
    play.page.click("#start")
    play.until(
        "!document.querySelector('#words').hidden && document.querySelector('#words').innerText.match(/diverged|broke/)"
    )
    play.until("document.querySelector('#words .finding button')?.innerText.startsWith('Try learning rate')")
    everything = play.page.evaluate("document.body.innerText")
    assert "NaN" not in everything and "undefined" not in everything and "[object" not in everything


def test_the_network_is_walked_by_keys_alone(play: Play) -> None:
    play.open(MOONS)
    page = play.page
    page.focus("#add-layer")
    stops = 0
    while not page.evaluate("document.activeElement.classList.contains('unit')"):
        page.keyboard.press("Tab")
        stops += 1
        assert stops < 30
    assert page.evaluate("document.activeElement.id") == "unit-1-0"
    for key, unit in [
        ("Down", "1-1"),
        ("Right", "2-1"),
        ("Down", "2-2"),
        ("Down", "2-2"),
        ("Right", "3-0"),
        ("Left", "2-0"),
    ]:
        page.keyboard.press(f"Arrow{key}")
        assert page.evaluate("document.activeElement.id") == f"unit-{unit}"
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("hidden 2, unit 1")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    play.until("document.activeElement.id === 'heading-card'")
    assert play.text("#heading-card") == "hidden 2, unit 1"
    assert page.evaluate("document.querySelectorAll('#card tbody tr').length") == 4 + 1
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "unit-2-0"
    page.keyboard.press("Tab")  # one stop for the whole network
    assert not page.evaluate("document.activeElement.classList.contains('unit')")


def test_a_weight_is_changed_by_hand_and_the_output_moves(play: Play) -> None:
    play.open(MOONS)
    before = play.page.evaluate(PLANE)
    play.page.click("#unit-3-0")
    play.until("document.querySelector('#weight-0')")
    play.page.fill("#weight-0", "25")
    play.page.keyboard.press("Tab")
    play.until(f"{PLANE} !== {before!r}")
    play.until("document.querySelector('#words').innerText.includes('1 change by hand')")
    play.page.click("#undo")
    play.until(f"{PLANE} === {before!r}")


def test_a_click_is_heard_before_what_shows_its_outcome_is_loaded(play: Play) -> None:
    held: list[Any] = []
    play.page.route("**/page/card.js", lambda route: held.append(route))
    play.open(MOONS)
    play.page.click("#unit-3-0")
    wait_until(lambda: play.settle() or held)
    held.pop().continue_()
    play.until("document.activeElement.id === 'heading-card'")
    play.page.unroute("**/page/card.js")


def test_a_row_is_followed_by_keys_through_the_card(play: Play) -> None:
    play.open(MOONS)
    play.page.click("#unit-1-0")
    play.until("document.activeElement.id === 'heading-card'")
    play.page.focus(".plane")
    play.page.keyboard.press("ArrowRight")
    play.until("document.querySelector('#card .sums:not([hidden])')")
    play.until("document.querySelector('#output [role=status]').innerText.includes('Row')")
    cells = play.page.locator("#card tbody tr").first.locator("td").all_inner_texts()
    weight = float(play.page.input_value("#weight-0"))
    assert float(cells[2]) == pytest.approx(weight * float(cells[1]), abs=2e-3)
    play.page.keyboard.press("Escape")
    play.until("!document.querySelector('#card .sums:not([hidden])')")


def test_frozen_weights_stay_while_the_others_move(play: Play) -> None:
    play.open(MOONS)
    play.page.check("#freeze-1")
    play.page.click("#unit-1-0")
    play.until("document.querySelector('#weight-0')")
    frozen = play.page.input_value("#weight-0")
    play.train()
    assert play.page.input_value("#weight-0") == frozen
    play.page.click("#unit-2-0")
    play.until("document.querySelector('#heading-card').textContent === 'hidden 2, unit 1'")


def test_a_rate_is_changed_while_it_runs(play: Play) -> None:
    play.open(MOONS)
    play.page.click("#start")
    wait_until(lambda: play.epoch() > 1)
    before = play.epoch()
    play.page.fill("#optimizer-lr", "0.005")
    play.page.keyboard.press("Enter")
    play.until("document.querySelector('#words').innerText.includes('1 change by hand')")
    wait_until(lambda: play.epoch() > before + 1)
    assert play.page.input_value("#optimizer-lr") == "0.005"
    play.page.click("#rewind")  # the address is the whole truth again
    play.until(f"{play.number('epoch')} === '0'")
    play.until("document.querySelector('#optimizer-lr').value === '0.03'")
    play.page.click("#replay")
    play.until("document.querySelector('#words').innerText.includes('1 change by hand')")


EXERCISE = {
    "kind": "exercise",
    "name": "one",
    "done": True,
    "html": "<p>Do it.</p>",
    "doing": True,
    "hints": ["<p>A hint</p>"],
}
LESSON = {
    "name": "first",
    "title": "A lesson",
    "done": 0,
    "total": 3,
    "blocks": [
        {"kind": "html", "html": "<p>Look at <strong>it</strong>.</p><script>throw 1</script>"},
        {"kind": "play", "title": "", "settings": ["dataset=xor", "hidden=2"], "address": "dataset=xor&hidden=2"},
        EXERCISE,
    ],
}


def test_a_lesson_stands_beside_the_network_and_sets_it_up(play: Play) -> None:
    held: list[Any] = []

    def lessons(route: Any) -> None:
        asked = route.request.post_data_json
        if asked["do"] != "lesson":
            route.fallback()
        elif not asked["name"]:
            route.fulfill(json={"lessons": [{"name": "first", "title": "A lesson"}]})
        elif "done" not in asked:
            route.fulfill(json={"lesson": LESSON})
        else:
            held.append(route)

    play.page.route("**/do", lessons)
    play.open(MOONS)
    play.page.click("#lessons")
    play.page.click("#lesson li button")
    play.until("document.querySelector('#heading-lesson').textContent === 'A lesson'")
    assert "Look at it." in play.text("#lesson") and "0 of 3" in play.text("#lesson")  # before it is played
    wait_until(lambda: play.settle() or held)
    found = {"kind": "html", "html": "<p>It is 7.</p>"}
    held.pop().fulfill(json={"lesson": {"done": 3, "total": 3, "blocks": [found, None, None]}})
    play.until("document.querySelector('#lesson').innerText.includes('It is 7.')")
    play.until("!document.querySelector('#lesson progress')")
    assert play.text("#lesson .exercise").startswith("Done.")
    plane, panel = play.page.locator(".plane").bounding_box(), play.page.locator("#lesson").bounding_box()
    assert plane["x"] + plane["width"] < panel["x"]
    play.page.click("#lesson .play button")
    play.until("document.title.startsWith('xor')")
    play.page.keyboard.press("Escape")
    assert not play.page.is_visible("#lesson")
    assert play.page.evaluate("document.activeElement.id") == "lessons"
    play.page.unroute("**/do")


def test_a_guest_that_hangs_is_named_and_stopped_also_while_the_page_is_loaded(play: Play) -> None:
    play.open("dataset=moons:size=60&hidden=2&activation=stuck&epochs=9")
    stop = "document.querySelector('#notice').innerText.includes('takes long') && !!document.querySelector('#stop')"
    there = "document.title.startsWith('moons') && document.querySelector('#notice').hidden"
    play.page.evaluate(
        "import('/page/state.js').then(m => void m.act('build', { settings: { 'activation.stand': 'true' } }))"
    )
    play.until(stop)
    assert "stuck (local)" in play.text("#notice")
    play.page.click("#stop")
    play.until(there)
    assert play.page.input_value("#activation-1") == "stuck"
    play.page.goto(f"{play.base}?dataset=moons:size=60&hidden=2&activation=stuck:stand=true#{play.token}")
    play.page.reload()
    play.until(stop)
    play.page.click("#stop")
    play.until(there)
    play.until("document.querySelectorAll('#network button.unit').length")
    play.noticed.clear()  # chrome itself says that a question was not answered


def test_a_link_with_a_part_that_never_comes_to_be_can_be_stopped_by_whoever_opens_it(play: Play) -> None:
    page = play.context.new_page()  # a tab that has had no session
    page.goto(f"{play.base}?dataset=iris&hidden=2&activation=asleep")
    wait_until(lambda: "what the address asks for takes long" in page.inner_text("#notice"))
    page.click("#stop")
    wait_until(lambda: page.title() == "moons – glassnet play")
    assert "here is something else" in page.inner_text("#notice") and "asleep" not in page.url
    assert page.evaluate("document.querySelectorAll('#network button.unit').length") == 8 + 8 + 1
    page.reload()
    wait_until(lambda: page.title() == "moons – glassnet play" and not page.is_visible("#notice"))
    page.close()


def test_points_are_drawn_by_pointer_and_by_keys(play: Play) -> None:
    play.open(MOONS)
    page = play.page
    page.click("#draw-points")
    box = page.locator(".plane").bounding_box()
    for share in (0.2, 0.3, 0.4):
        page.mouse.click(box["x"] + share * box["width"], box["y"] + 0.5 * box["height"])
    page.select_option("#draw-as", "1")
    page.focus(".plane")
    for _ in range(4):
        for _ in range(2):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Enter")
    assert play.text("#drawn") == "7 points"
    page.keyboard.press("Delete")
    assert play.text("#drawn") == "6 points"
    page.click("#learn-points")
    play.until("document.title.startsWith('points')")
    assert page.locator("#output .legend li").all_inner_texts()[:2] == ["a", "b"]
    play.train()


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("dataset=sine&hidden=6&activation=tanh", "document.querySelector('.plane').ariaLabel.includes('sine')"),
        ("dataset=digits8x8&hidden=12", "document.querySelectorAll('.pictures [data-right]').length === 40"),
        ("dataset=iris&hidden=4", "document.querySelectorAll('#axis-0 option').length === 4"),
        ("dataset=iris&hidden=4&axes=4,3", "document.querySelector('#axis-0').value === '3'"),
    ],
)  # fmt: skip
def test_every_kind_of_data_is_drawn(play: Play, address: str, seen: str) -> None:
    play.open(address)
    play.page.click("#step")
    play.until(seen)
    play.until(f"{play.number('epoch')} !== undefined")
    assert "axes" not in address or play.page.url.endswith("&axes=4,3")


def test_what_is_taken_away_repeats_it(play: Play) -> None:
    play.open(MOONS)
    play.page.click("#take-away")
    play.until("document.querySelector('#take').open")
    told = play.text("#take")
    assert "glassnet train moons --hidden 4,3" in told and "Experiment(" in told
    address = play.page.locator("#take pre").first.inner_text()
    assert address.startswith(play.base) and "token" not in address
    play.page.keyboard.press("Escape")
    assert not play.page.evaluate("document.querySelector('#take').open")


def test_a_teacher_can_hide_panels_and_show_it_on_a_screen(play: Play) -> None:
    play.open(f"{MOONS}&hide=settings,inside&present")
    assert not play.page.is_visible("#settings") and not play.page.is_visible("#inside")
    assert play.page.is_visible("#network")
    assert play.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)") > 17
    assert "hide=settings" in play.page.url and "present" in play.page.url


@pytest.mark.parametrize(
    ("width", "scheme"), [(360, "light"), (360, "dark"), (1280, "light"), (1280, "dark"), (2560, "light")]
)
def test_nobody_is_shut_out(play: Play, width: int, scheme: str) -> None:
    play.page.set_viewport_size({"width": width, "height": 900})
    play.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    play.open(MOONS)
    play.page.click("#unit-1-0")
    play.until("document.querySelector('#weight-0')")
    assert play.page.evaluate("document.documentElement.scrollWidth") <= width
    if width < 2000:
        assert serious(play.page) == []
    assert [words for ratio, words in play.page.evaluate(CONTRASTS) if ratio < 4.5] == []
    if width == 360:
        order = "[...document.querySelectorAll('.panel')].filter(e => e.offsetParent).map(e => e.id)"
        assert play.page.evaluate(order)[:2] == ["output", "network"]
    play.page.set_viewport_size({"width": 1280, "height": 900})
    play.page.emulate_media(color_scheme="light", reduced_motion="reduce")


def test_a_lost_server_is_said_and_found_again(play: Play) -> None:
    play.open(MOONS)
    play.page.evaluate(  # a sign of life that was on its way takes the words back at once
        "new MutationObserver(() => window.said = `${window.said} ${document.querySelector('#notice').textContent}`)"
        ".observe(document.querySelector('#notice'), { childList: true })"
    )
    play.context.set_offline(True)
    play.page.click("#step")
    play.until("window.said?.includes('does not answer')")
    play.context.set_offline(False)
    play.until("document.querySelector('#notice').hidden")
    play.train()
    play.noticed.clear()  # chrome itself says that a connection was lost


def test_a_page_of_somebody_else_reads_and_steers_nothing(play: Play) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        context = play.context.browser.new_context()
        page = context.new_page()
        page.goto(f"http://127.0.0.1:{other.server_address[1]}/")
        ask = """async ([url, token]) => {
            const outcome = [];
            for (const [path, method] of [["do", "POST"], ["session", "POST"], ["table", "PUT"]]) {
                try {
                    const reply = await fetch(url + path, {method, mode: "cors", headers: {"X-Glassnet-Token": token},
                        body: method === "POST" ? '{"do": "state"}' : undefined});
                    outcome.push(reply.status);
                } catch { outcome.push("refused"); }
            }
            const frame = document.createElement("iframe");
            frame.src = url;
            document.body.append(frame);
            await new Promise(done => frame.onload = done);
            try { outcome.push(frame.contentDocument ? "read" : "refused"); } catch { outcome.push("refused"); }
            return outcome;
        }"""
        assert page.evaluate(ask, [play.base, play.token.removeprefix("token=")]) == ["refused"] * 4
        context.close()
        other.shutdown()


class Empty(http.server.BaseHTTPRequestHandler):
    """A page of another origin."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(b"<!DOCTYPE html><title>other</title>")

    def log_message(self, *words: object) -> None:
        pass

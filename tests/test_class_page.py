"""The teacher's page of a class index: who may see it, what it shows, what its buttons do, and that others' may not."""

from __future__ import annotations

import datetime
import io
import re
import ssl
import urllib.request
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from urllib.parse import urlencode

import pytest
from archives import wheel
from browsers import CONTRASTS, serious
from indexes import CLASS, TOKEN, Answer, Running, running
from test_class_index import login

from glassnet.publish import serving
from glassnet.publish.classroom.opening import HERE, Opening


@dataclass
class Teacher:
    """A browser, as far as the page can tell."""

    index: Running
    cookie: str = ""

    def post(self, path: str, origin: str | None = None, **words: str) -> Answer:
        headers = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": self.cookie}
        headers |= {"Origin": self.index.url if origin is None else origin} if origin != "none" else {}
        return self.index.ask(f"/-/teacher/{path}", "POST", urlencode(words).encode(), **headers)

    def enter(self) -> Answer:
        answer = self.post("enter", token=TOKEN)
        self.cookie = answer.headers.get("set-cookie", "").partition(";")[0]
        return answer

    def page(self) -> str:
        return self.index.ask("/-/teacher", Cookie=self.cookie).text


@pytest.fixture
def teacher(tmp_path: Path) -> Iterator[Teacher]:
    with running(tmp_path / "state", CLASS) as index:
        there = Teacher(index)
        there.enter()
        yield there


def test_the_page_opens_to_the_token_alone(teacher: Teacher) -> None:
    index, stranger = teacher.index, Teacher(teacher.index)
    assert "For the teacher" in stranger.page() and "Refused since" not in stranger.page()
    assert "not+the+token" in stranger.post("enter", token="wrong").headers["location"].replace("%20", "+")
    assert "set-cookie" not in stranger.post("enter", origin="http://evil.example", token=TOKEN).headers
    (student,) = index.students("ada").values()
    assert "set-cookie" not in stranger.post("enter", token=student).headers
    assert index.ask("/-/teacher/state", Authorization=login(student)).status == 403
    assert index.ask("/-/teacher/wheels.zip").status == 303
    answer = teacher.enter()
    assert {"httponly", "samesite=strict", "path=/-/"} <= set(answer.headers["set-cookie"].lower().split("; "))
    assert "The teacher's page" in teacher.page()
    assert TOKEN not in teacher.page()


def test_nothing_is_done_for_another_sites_page(teacher: Teacher, tmp_path: Path) -> None:
    teacher.index.publish(wheel(tmp_path, "glassnet-safe"))
    for path in ("wipe", "remove", "dismiss", "yank", "show"):
        for origin in ("http://evil.example", "null", "none"):
            assert teacher.post(path, origin, sure="wipe", student="", project="glassnet-safe").status == 403
        assert Teacher(teacher.index).post(path, sure="wipe").status == 403
    assert len(teacher.index.store.files()) == 1
    headers = teacher.index.ask("/-/teacher", Cookie=teacher.cookie).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "frame-ancestors 'none'" in policy
    assert headers["cache-control"] == "no-store"
    assert "<script>" not in teacher.page() and "style=" not in teacher.page() and "onclick" not in teacher.page()


def test_it_shows_who_published_what_and_takes_it_back(teacher: Teacher, tmp_path: Path) -> None:
    index = teacher.index
    tokens = index.students("ada", "ben")
    built = wheel(tmp_path, "glassnet-shown")
    assert index.publish(built, tokens["ada"]).status_code == 200
    assert index.publish(wheel(tmp_path, "glassnet-shown", "0.2.0"), tokens["ben"]).status_code == 403
    index.index.reports.keep("glassnet-shown", "0.1.0", ["Tests: 5 passed <b>", "\x1b[31mred"])
    index.ask(f"/files/glassnet-shown/{built.name}")
    page = teacher.page()
    for words in ("glassnet-shown 0.1.0", "Tests: 5 passed &lt;b&gt;", "1 time<", "\\x1b[31mred", "nothing yet"):
        assert words in page, words
    assert "The user &#39;ben&#39; isn&#39;t allowed to upload to project &#39;glassnet-shown&#39;" in page
    with zipfile.ZipFile(io.BytesIO(index.ask("/-/teacher/wheels.zip", Cookie=teacher.cookie).content)) as archive:
        assert archive.namelist() == [built.name]
    assert teacher.post("yank", project="glassnet-shown", version="0.1.0").status == 303
    listed = index.ask("/simple/glassnet-shown/", Accept="text/html").text
    assert index.publish(wheel(tmp_path, "glassnet-shown", "0.0.9"), tokens["ada"]).status_code == 200
    assert "glassnet-shown==0.0.9</code>" in index.ask("/").text, "a yanked release is advised to nobody"
    index.store.remove("glassnet_shown-0.0.9-py3-none-any.whl")
    assert 'data-yanked=""' in listed and "Show again" in teacher.page()
    assert "Not%20done" in teacher.post("yank", project="glassnet-shown", version="9").headers["location"]
    teacher.post("show", project="glassnet-shown", version="0.1.0")
    assert index.store.yanked() == {}
    assert "Removed%201%20file%20of%20ada" in teacher.post("remove", student="ada").headers["location"]
    assert index.ask("/simple/glassnet-shown/").status == 404
    teacher.post("dismiss", student="ben")
    assert index.publish(wheel(tmp_path, "glassnet-ben"), tokens["ben"]).status_code == 403
    assert "type%20wipe" in teacher.post("wipe", sure="yes").headers["location"]
    teacher.post("wipe", sure="wipe")
    assert index.store.history() == [] and "Nobody has a token yet" in teacher.page()


@pytest.mark.slow
def test_in_a_browser_it_brings_itself_up_to_date_and_shuts_nobody_out(
    teacher: Teacher, tmp_path: Path, chrome
) -> None:
    page, said = chrome.new_page(viewport={"width": 390, "height": 900}), []
    page.on("console", lambda message: said.append(message.text))
    (token,) = teacher.index.students("grace-hopper").values()
    page.goto(f"{teacher.index.url}/-/teacher")
    page.fill("#token", TOKEN)
    page.click("button")
    page.wait_for_selector("#state")
    teacher.index.publish(wheel(tmp_path, "glassnet-a-rather-long-name-of-a-package"), token)
    page.wait_for_selector("text=glassnet-a-rather-long-name-of-a-package 0.1.0")
    for address, width in product(("/-/teacher", "/"), (390, 1280)):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"{teacher.index.url}{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert [words for ratio, words in page.evaluate(CONTRASTS) if ratio < 4.5] == []
        assert serious(page) == []
    page.close()
    assert said == [], "the policy let nothing through that the page needs"


def test_a_certificate_makes_it_https(tmp_path: Path) -> None:
    x509 = pytest.importorskip("cryptography.x509", reason="cryptography is not installed")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    (tmp_path / "cert.pem").write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    (tmp_path / "key.pem").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    files = (tmp_path / "cert.pem", tmp_path / "key.pem")
    with running(tmp_path / "state", Opening(("localhost",), HERE, tls=files)) as index:
        trusting = ssl.create_default_context(cafile=str(files[0]))
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=trusting)
        )
        with opener.open(f"https://localhost:{index.port}/") as answer:
            page = answer.read().decode()
    assert f"index-url https://localhost:{index.port}/simple/" in page
    served = serving.start(tmp_path / "other", opening=Opening(("localhost",), HERE, tls=files))
    assert served.url.startswith("https://localhost:") and serving.running(served.folder) == served
    assert serving.stop(served.folder) == served
    assert "What plain HTTP means" not in page and not re.search("--trusted-host|global.trusted-host", page)

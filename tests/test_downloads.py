"""A file is believed only if its checksum is right, and every failure is one line that says what to do."""

import hashlib
import io
import logging
import socket
import tarfile

import publisher
import pytest
from publisher import publishing

from glassnet import GlassnetError, fetch
from glassnet.data.downloads import NotFetched

CONTENT = b"1,2,3\n" * 1000
SHA = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A cache of our own, no mirror, and no proxy between us and the loopback."""
    monkeypatch.delenv("GLASSNET_DATA_MIRROR", raising=False)
    monkeypatch.setenv("GLASSNET_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return tmp_path


@pytest.fixture
def server(tmp_path):
    with publishing(tmp_path / "published") as running:
        yield running


def publish(server, path, content=CONTENT):
    return publisher.publish(server, path, content)


def closed():
    """An address on the loopback where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{probe.getsockname()[1]}/numbers.csv"


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file())


def test_a_file_is_fetched_once_and_kept(server, place):
    url = publish(server, "numbers.csv")
    path = fetch("small", "numbers.csv", sha256=SHA, urls=[url])
    assert path == place / "cache/small/numbers.csv"
    assert path.read_bytes() == CONTENT
    assert fetch("small", "numbers.csv", sha256=SHA, urls=[url]) == path
    assert server.asked == ["/numbers.csv"]
    assert files(place / "cache") == ["small/numbers.csv"]


def test_addresses_are_tried_in_order(server):
    publish(server, "damaged.csv", b"other")
    good = publish(server, "numbers.csv")
    urls = [closed(), f"{server.url}/gone.csv", f"{server.url}/damaged.csv", good]
    assert fetch("small", "numbers.csv", sha256=SHA, urls=urls).read_bytes() == CONTENT
    assert server.asked == ["/gone.csv", "/damaged.csv", "/numbers.csv"]


def test_when_no_address_gives_the_file_all_are_named(server, place):
    offline, wrong = closed(), publish(server, "damaged.csv", b"other")
    with pytest.raises(GlassnetError) as caught:
        fetch("small", "numbers.csv", sha256=SHA, urls=[offline, wrong, f"{server.url}/gone.csv"])
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("small/numbers.csv could not be fetched.")
    assert f"{offline} (no connection)" in message
    assert f"{wrong} (another checksum: {hashlib.sha256(b'other').hexdigest()})" in message
    assert f"{server.url}/gone.csv (answered 404)" in message
    assert "set GLASSNET_DATA_MIRROR to a folder or an address that holds small/numbers.csv" in message
    assert files(place / "cache") == []


def test_a_damaged_cached_file_is_fetched_again(server, place):
    url = publish(server, "numbers.csv")
    cached = place / "cache/small/numbers.csv"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(CONTENT[:100])
    assert fetch("small", "numbers.csv", sha256=SHA, urls=[url]).read_bytes() == CONTENT


def test_the_cache_serves_without_any_network(place):
    cached = place / "cache/small/numbers.csv"
    cached.parent.mkdir(parents=True)
    cached.write_bytes(CONTENT)
    assert fetch("small", "numbers.csv", sha256=SHA, urls=[closed()]) == cached


def test_a_folder_as_mirror_is_used_in_place(place, monkeypatch):
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", str(place / "mirror"))
    held = place / "mirror/small/numbers.csv"
    held.parent.mkdir(parents=True)
    held.write_bytes(CONTENT)
    assert fetch("small", "numbers.csv", sha256=SHA, urls=[closed()]) == held
    assert not (place / "cache").exists()


@pytest.mark.parametrize(("content", "trouble"), [(b"other", "another checksum: d9298a"), (None, "no such file")])
def test_a_mirror_that_lacks_the_file_never_falls_back_to_the_publisher(content, trouble, server, place, monkeypatch):
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", str(place / "mirror"))
    held = place / "mirror/small/numbers.csv"
    held.parent.mkdir(parents=True)
    if content is not None:
        held.write_bytes(content)
    with pytest.raises(GlassnetError) as caught:
        fetch("small", "numbers.csv", sha256=SHA, urls=[publish(server, "numbers.csv")])
    assert f"{held} ({trouble}" in str(caught.value)
    assert server.asked == []


@pytest.mark.parametrize("slash", ["", "/"])
def test_an_address_as_mirror_replaces_the_publisher(slash, server, monkeypatch, place):
    publish(server, "copies/small/numbers.csv")
    monkeypatch.setenv("GLASSNET_DATA_MIRROR", f"{server.url}/copies{slash}")
    path = fetch("small", "numbers.csv", sha256=SHA, urls=[closed()], member="packed", archive_sha256="0" * 64)
    assert path == place / "cache/small/numbers.csv"
    assert server.asked == ["/copies/small/numbers.csv"]


def archive(members):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return packed.getvalue()


def test_one_member_of_an_archive(server, place):
    packed = archive({"../escape.txt": b"bad", "Folder/numbers.csv": CONTENT})
    url = publish(server, "all.tgz", packed)
    sha = hashlib.sha256(packed).hexdigest()
    member = "Folder/numbers.csv"
    path = fetch("small", "numbers.csv", sha256=SHA, urls=[url], member=member, archive_sha256=sha)
    assert path.read_bytes() == CONTENT
    assert files(place / "cache") == ["small/numbers.csv"]
    assert not (place / "escape.txt").exists()


@pytest.mark.parametrize(
    ("members", "words"),
    [
        ({"Folder/numbers.csv": b"other"}, "another checksum of Folder/numbers.csv inside"),
        ({"else.csv": CONTENT}, "no Folder/numbers.csv inside"),
    ],
)
def test_an_archive_with_something_else_inside(members, words, server, place):
    packed = archive(members)
    url = publish(server, "all.tgz", packed)
    sha = hashlib.sha256(packed).hexdigest()
    with pytest.raises(GlassnetError, match=words):
        fetch("small", "numbers.csv", sha256=SHA, urls=[url], member="Folder/numbers.csv", archive_sha256=sha)
    assert files(place / "cache") == []


def test_an_archive_of_another_checksum_is_not_opened(server):
    url = publish(server, "all.tgz", archive({"numbers.csv": CONTENT}))
    with pytest.raises(GlassnetError, match=r"all\.tgz \(another checksum: [0-9a-f]{64}\)"):
        fetch("small", "numbers.csv", sha256=SHA, urls=[url], member="numbers.csv", archive_sha256="0" * 64)


def test_a_cache_that_cannot_be_written(server, place, monkeypatch):
    blocked = place / "a-file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("GLASSNET_CACHE", str(blocked))
    with pytest.raises(GlassnetError, match=r"can't write .*numbers\.csv.*Set GLASSNET_CACHE to a folder"):
        fetch("small", "numbers.csv", sha256=SHA, urls=[publish(server, "numbers.csv")])


def test_nothing_is_printed_but_the_address_is_logged(server, capfd, caplog):
    url = publish(server, "numbers.csv")
    with caplog.at_level(logging.INFO, logger="glassnet"):
        fetch("small", "numbers.csv", sha256=SHA, urls=[url])
    assert capfd.readouterr() == ("", "")
    assert f"fetching {url}" in caplog.messages


@pytest.mark.parametrize(
    ("urls", "answered"),
    [
        (["{closed}"], False),
        (["{url}/gone.csv"], True),
        (["{url}/damaged.csv"], True),
        (["{closed}", "{url}/gone.csv"], True),
        (["{url}/busy"], False),
        (["htps://example.org/numbers.csv"], True),
        (["numbers.csv"], True),
        ([], True),
    ],
)
def test_an_address_that_is_wrong_is_told_from_one_that_could_not_be_asked(urls, answered, server):
    publish(server, "damaged.csv", b"other")
    known = [url.replace("{closed}", closed()).replace("{url}", server.url) for url in urls]
    with pytest.raises(NotFetched) as caught:
        fetch("small", "numbers.csv", sha256=SHA, urls=known)
    assert caught.value.answered is answered

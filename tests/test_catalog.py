"""Finding parts by name, over our own and over real guests; and that order changes nothing."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from guests import environment, write_good, write_guest
from waiting import PATIENCE

from glassnet import Activation, GlassnetError, Optimizer
from glassnet.catalog import Catalog, Part, Phrase, ambiguous_names
from glassnet.kinds import KINDS


@pytest.fixture
def catalog() -> Catalog:
    return Catalog.discover(guests=False)


def make_part(name: str, distribution: str, kind: str = "activation") -> Part:
    return Part(kind, name, f"{distribution}/{name}", lambda: None, distribution, "1", "", "f.py", 1, (), False)


def message(action: Callable[[], object]) -> str:
    with pytest.raises(GlassnetError) as caught:
        action()
    text = str(caught.value)
    assert len(text.splitlines()) == 1
    return text


def test_a_lesson_called_like_a_part_is_found_through_its_own_door() -> None:
    catalog = Catalog.discover(guests=False)
    assert catalog.kinds_of("xor") == ["dataset"] and catalog.kinds_of("momentum") == ["optimizer"]
    assert catalog.kinds_of("perceptron") == ["lesson"] and catalog.kinds_of("nothing_like_it") == []


def test_every_kind_has_parts_of_ours_in_the_order_of_the_hooks(catalog: Catalog) -> None:
    kinds = [part.kind for part in catalog.parts()]
    assert list(dict.fromkeys(kinds)) == [name for name, kind in KINDS.items() if kind.ours]
    assert kinds == sorted(kinds, key=list(KINDS).index)
    for part in catalog.parts():
        assert part.full_name == f"glassnet/{part.name}" and part.distribution == "glassnet"


def test_every_part_of_ours_says_what_it_is_and_where(catalog: Catalog) -> None:
    for part in catalog.parts():
        assert part.help and len(part.help.splitlines()) == 1, part.full_name
        source = Path(part.file).read_text(encoding="utf-8").splitlines()
        assert f"def {part.name}(" in "".join(source[part.line - 1 : part.line + 3]), part.where


def test_every_part_of_ours_is_rebuilt_from_its_words(catalog: Catalog) -> None:
    for part in catalog.parts():
        choice = catalog.choose(part.kind, part.name)
        again = catalog.choose(part.kind, str(choice))
        assert again == choice and str(again) == str(choice)
        assert set(choice.options) == {option.name for option in part.options}
        assert all(type(value) in (float, int, bool, str, type(None)) for value in choice.options.values())
        if part.kind != "dataset":
            assert isinstance(part.build(), KINDS[part.kind].bag)


def test_a_choice_fills_in_every_option(catalog: Catalog) -> None:
    choice = catalog.choose("optimizer", "adam:lr=1")
    assert str(choice).startswith("glassnet/adam:lr=1.0,beta1=0.9,beta2=0.999,")
    assert choice.short == str(choice).partition("/")[2]
    assert isinstance(choice.build(), Optimizer)
    assert choice.rebuildable
    assert catalog.choose("optimizer", Phrase("adam", (("lr", "1"),))) == choice


def test_a_function_of_the_catalog_is_known_as_its_part(catalog: Catalog) -> None:
    relu = catalog.find("activation", "relu")
    assert catalog.choose("activation", relu.function).part is relu
    assert catalog.choose("activation", relu.function).rebuildable


def test_a_dataset_gets_its_generator_and_that_is_no_option(catalog: Catalog) -> None:
    part = catalog.find("dataset", "moons")
    assert part.takes_rng and "rng" not in {option.name for option in part.options}
    first, second = catalog.choose("dataset", "moons").build(), catalog.choose("dataset", "moons").build()
    assert (first.X == second.X).all()  # a look shows the same rows each time


def test_kinds_are_known_in_singular_and_plural(catalog: Catalog) -> None:
    assert catalog.parts("loss") == catalog.parts("losses") != []
    assert catalog.find("activations", "relu") is catalog.find("activation", "glassnet/relu")
    text = message(lambda: catalog.parts("activatoin"))
    assert "there is no kind 'activatoin'. Did you mean 'activation'?" in text
    assert "Kinds: activation, loss, optimizer, initializer, schedule, metric, dataset" in text


def test_an_unknown_name_is_explained(catalog: Catalog) -> None:
    text = message(lambda: catalog.find("optimizer", "adm"))
    assert "there is no optimizer 'adm'. Did you mean 'adam'?" in text
    for part in catalog.parts("optimizer"):
        assert part.name in text.partition("Known names: ")[2]
    assert "'relu' is the name of another kind: activation" in message(lambda: catalog.find("loss", "relu"))


def test_an_unknown_option_is_explained(catalog: Catalog) -> None:
    text = message(lambda: catalog.choose("optimizer", "adam:beta3=1"))
    assert "glassnet/adam has no option 'beta3'. Did you mean 'beta" in text
    for option in catalog.find("optimizer", "adam").options:
        assert option.name in text.partition("Its options: ")[2]
    assert "It takes none" in message(lambda: catalog.choose("activation", "relu:slope=1"))
    assert "glassnet/adam: lr=fast is not a number" in message(lambda: catalog.choose("optimizer", "adam:lr=fast"))


def test_a_short_name_that_two_guests_share_is_an_error_naming_both() -> None:
    catalog = Catalog([make_part("lion", "alice"), make_part("lion", "bob")], [])
    text = message(lambda: catalog.find("activation", "lion"))
    assert text == "activation 'lion' is provided by 2 plugins: write one of alice/lion, bob/lion"
    assert catalog.find("activation", "bob/lion").distribution == "bob"
    assert [catalog.short_name(part) for part in catalog.parts()] == ["alice/lion", "bob/lion"]
    assert [part.full_name for part in ambiguous_names(catalog)[0]] == ["alice/lion", "bob/lion"]


def test_a_short_name_is_ones_own_then_ours_then_a_unique_guests() -> None:
    ours, alices = make_part("relu", "glassnet"), make_part("relu", "alice")
    other = make_part("lion", "bob")
    catalog = Catalog([ours, alices, other], [])
    assert catalog.find("activation", "relu") is ours
    assert catalog.find("activation", "relu", home="alice") is alices
    assert catalog.find("activation", "relu", home="bob") is ours
    assert catalog.find("activation", "lion", home="alice") is other
    assert catalog.short_name(ours) == "relu"
    assert catalog.short_name(alices) == "alice/relu"


def test_a_full_name_may_be_written_as_the_distribution_spells_itself() -> None:
    catalog = Catalog([make_part("lion", "glassnet-alice")], [])
    assert catalog.find("activation", "Glassnet_Alice/lion").distribution == "glassnet-alice"
    assert "there is no activation 'glassnet-bob/lion'" in message(
        lambda: catalog.find("activation", "glassnet-bob/lion")
    )


def test_a_guest_cannot_take_the_place_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_good(tmp_path, "shadow-relu", "relu")
    monkeypatch.syspath_prepend(tmp_path)
    catalog = Catalog.discover()
    assert catalog.find("activation", "relu").distribution == "glassnet"
    assert catalog.find("activation", "shadow-relu/relu").distribution == "shadow-relu"
    assert isinstance(catalog.choose("activation", "shadow-relu/relu:scale=2").build(), Activation)


def test_a_docstring_of_a_guest_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "from glassnet import hookimpl\ndef mute(): ...\n@hookimpl\ndef losses(): return [mute]"
    write_guest(tmp_path, "mute-guest", source)
    monkeypatch.syspath_prepend(tmp_path)
    assert Catalog.discover().find("loss", "mute").help == ""


LISTING = """
import json
from glassnet.catalog import Catalog
catalog = Catalog.discover(without=[])
try:
    clash = str(catalog.find("activation", "lion"))
except Exception as error:
    clash = str(error)
print(json.dumps([[p.full_name for p in catalog.parts()], clash, [str(g) for g in catalog.guests]]))
"""


def test_the_order_of_installation_of_folders_and_of_hashes_changes_nothing(tmp_path: Path) -> None:
    guests = [("guest-zoe", "lion"), ("guest-alice", "lion"), ("guest-mia", "tiger"), ("guest-bob", "bear")]
    seen = set()
    for attempt in range(6):
        turned = guests[attempt % 4 :] + guests[: attempt % 4]
        one, two = tmp_path / f"{attempt}-one", tmp_path / f"{attempt}-two"
        for index, (distribution, name) in enumerate(turned[:: -1 if attempt % 2 else 1]):
            write_good(one if index % 2 else two, distribution, name)
        folders = (one, two) if attempt < 3 else (two, one)
        done = subprocess.run(
            [sys.executable, "-c", LISTING],
            env=environment(*folders, PYTHONHASHSEED=str(attempt)),
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=True,
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    names, clash, listed = json.loads(seen.pop())
    ours = [name for name in names if name.startswith("guest-")]
    assert ours == ["guest-alice/lion", "guest-bob/bear", "guest-mia/tiger", "guest-zoe/lion"]
    assert clash.endswith("write one of guest-alice/lion, guest-zoe/lion")
    assert [guest for guest in listed if guest.startswith("guest-")] == [
        "guest-alice 1.0",
        "guest-bob 1.0",
        "guest-mia 1.0",
        "guest-zoe 1.0",
    ]


def test_discovering_twice_gives_the_same_catalog(catalog: Catalog) -> None:
    again = Catalog.discover(guests=False)
    assert [part.full_name for part in again.parts()] == [part.full_name for part in catalog.parts()]

"""The glossary: every word is found by each of its names, and the lesson and command that it names are there."""

import json
import re
from html import unescape

import pytest
from click.testing import CliRunner
from test_help import check

from glassnet import GlassnetError
from glassnet.builtin.lessons import lessons
from glassnet.cli import main
from glassnet.glossary import id_of, look_up, on_one_page, words, words_linked
from glassnet.glossary.words import everyday, terms
from glassnet.lessons import mathematics

WORDS = words()


def said(*typed: str, code: int = 0) -> str:
    done = CliRunner().invoke(main, ["explain", *typed])
    assert done.exit_code == code, done.output
    return done.output


def test_there_are_eighty_words_and_no_name_means_two() -> None:
    names = [name.lower() for word in WORDS for name in {word.name, *word.also}]
    assert len(WORDS) >= 80
    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("word", WORDS, ids=lambda word: word.name)
def test_every_word_says_what_it_should(word) -> None:
    assert word.says.endswith(".") and 1 <= len(re.findall(r"[.!?](?:\s|$)", word.says)) <= 3
    assert len(word.says) <= 200
    assert not word.formula or mathematics.trouble(word.formula) == ""
    assert word.lesson in {lesson.__name__ for lesson in lessons()}
    assert all(look_up(name) is word for name in (word.name, *word.also, word.name.upper()))


@pytest.mark.parametrize("command", sorted({word.command for word in WORDS}))
def test_the_command_of_a_word_is_understood(command: str) -> None:
    check(command)


def test_a_word_is_found_however_it_is_written() -> None:
    weight = look_up("weight")
    assert weight is look_up("Weights") is look_up("coefficients")
    assert look_up("batch_normalization") is look_up("Batch  Norm")
    with pytest.raises(GlassnetError, match=r"has no word 'gradeint'\. Did you mean 'gradient'\?"):
        look_up("gradeint")


def test_explain_shows_a_word_with_its_lesson_and_its_command() -> None:
    shown = said("learning", "rate").splitlines()
    assert shown[:2] == ["learning rate", "also: rate, step size, eta, lr"]
    assert shown[-4:] == [
        "    Δw = -η g",
        "",
        "Learn it  glassnet lesson foggy_mountain",
        "See it    glassnet plot last learning_rate_range",
    ]
    assert json.loads(said("ridge", "--json"))["word"] == "l2"


def test_explain_lists_all_words() -> None:
    listed = said()
    assert f"\n{len(WORDS)} words." in listed
    assert all(re.search(rf"^{re.escape(word.name)}  ", listed, re.MULTILINE) for word in WORDS)
    assert [entry["word"] for entry in json.loads(said("--json"))] == [word.name for word in WORDS]


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("last", "explain is for words; what stands out about a run, and what to try, is in its report: "),
        ("7", "glassnet report 7"),
        ("elu", "elu is no word but a part (activation), with a page: glassnet show elu"),
        ("over fiting", "Did you mean 'overfitting'?"),
        ("zzzz", "the glossary has no word 'zzzz'. `glassnet explain` lists"),
    ],
)
def test_what_is_no_word_is_answered(typed: str, words: str) -> None:
    assert words in " ".join(said(typed, code=2).split())


def test_one_word_of_a_name_is_enough_where_no_other_has_it() -> None:
    assert look_up("vanishing").name == "vanishing gradient"
    with pytest.raises(GlassnetError, match="has no word 'absolute squared'"):
        look_up("absolute squared")
    for asked, inside in {"ridge regression": "ridge", "cross entropy loss": "cross entropy"}.items():
        with pytest.raises(GlassnetError, match=f"no word '{asked}'. Did you mean '{inside}'"):
            look_up(asked)


# --- words on a page -------------------------------------------------------------------------------------------------


def linked(markup: str) -> list[str]:
    """The words of a page that lead to the glossary, as they stand there."""
    return re.findall(r'<a class="term"[^>]*>([^<]*)</a>', words_linked(markup, lambda id: f"words.html#{id}")[0])


def test_each_name_leads_to_its_own_word_in_singular_and_plural() -> None:
    assert len(terms()) > 200 and {word.name for word in terms().values()} == {word.name for word in WORDS}
    for name, word in terms().items():
        for written in (name, f"{name}s", name[0].upper() + name[1:]):
            page, found = words_linked(f"<p>Of the {written}.</p>", lambda id: f"words.html#{id}")
            assert found == [word] and f'href="words.html#{id_of(word)}"' in page, written
            title = re.search('title="([^"]*)"', page)
            assert title and word.says.startswith(unescape(title[1])) and title[1].endswith("."), name


def test_a_word_is_linked_at_its_first_place_alone_however_it_is_written() -> None:
    page = "<p>Learning-rates, a <b>learning rate</b>; Mini-batch and batches, MSE, <i>exclusive\nor</i>.</p>"
    assert linked(page) == ["Learning-rates", "Mini-batch", "MSE", "exclusive\nor"]
    assert linked("<p>A step of this case, mse, roc, my_loss, lossless, pre-loss, loss-free &loss;</p>") == []


def test_headings_code_formulas_pictures_links_and_folds_are_left_alone() -> None:
    left = [
        "<h2>The loss</h2>", "<code>loss</code>", "<pre>loss</pre>", "<svg><text>loss</text></svg>", '<p title="loss">',
        "<math><mi>loss</mi></math>", '<a href="x">loss</a>', "<details><summary>A</summary>loss</details>",
        "<nav>loss</nav>", '<div class="panels" aria-hidden="true"><p>loss</p></div>', "<!-- loss -->",
        "<table><thead><tr><th>loss</th></tr></thead></table>",
    ]  # fmt: skip
    page, found = words_linked("".join(left), str)
    assert page == "".join(left) and found == []
    assert linked("".join(left) + "<details open>the loss</details>") == ["loss"]


def test_a_page_that_is_whole_in_itself_tells_the_words_that_it_uses_and_no_others() -> None:
    page = on_one_page("<title>loss</title><body><main><p>An epoch lowers the loss of the rows.</p></main></body>")
    assert re.findall(r'<dt id="([^"]*)"', page) == ["word-epoch", "word-loss", "word-row"]
    assert re.findall(r'href="#([^"]*)"', page) == ["word-epoch", "word-loss", "word-row"]
    assert page.endswith("</section>\n</main></body>") and page.startswith("<title>loss</title>")
    plain = "<body><main><p>Nothing of that.</p></main></body>"
    assert on_one_page(plain) == plain


def test_names_that_are_everyday_words_are_names_and_are_found() -> None:
    assert {name for word in WORDS for name in (word.name, *word.also)} >= everyday()
    assert look_up("step").name == "iteration" and look_up("score").name == "score"
    assert linked("<p>One score, a step, this case, its part.</p>") == []

"""What the words of networks and of statistics mean: looked up when somebody asks, linked where a page uses them."""

from .linking import STYLE, id_of, on_one_page, words_linked
from .words import Word, look_up, words

__all__ = ["STYLE", "Word", "id_of", "look_up", "on_one_page", "words", "words_linked"]

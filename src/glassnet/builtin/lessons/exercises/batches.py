"""Exercises on batches: deal the rows so that each is seen once an epoch."""

import numpy as np

from glassnet import Exercise, Verdict

DEALS = ((4, 2), (10, 4), (23, 5), (6, 10))


def by_permutation(n, size, seed):
    """The batches of one epoch: lists of row numbers from 0 to n - 1, shuffled by the seed."""
    deck = np.random.default_rng(seed).permutation(n)
    return [deck[start : start + size].tolist() for start in range(0, n, size)]


def by_popping(n, size, seed):
    import random

    deck = list(range(n))
    random.Random(seed).shuffle(deck)
    batches = []
    while deck:
        batches.append([deck.pop() for _ in range(min(size, len(deck)))])
    return batches


def with_replacement(n, size, seed):
    deck = np.random.default_rng(seed).integers(0, n, n)
    return [deck[start : start + size].tolist() for start in range(0, n, size)]


def rest_lost(n, size, seed):
    deck = np.random.default_rng(seed).permutation(n)
    return [deck[start : start + size].tolist() for start in range(0, n - size + 1, size)]


def not_shuffled(n, size, seed):
    return [list(range(start, min(start + size, n))) for start in range(0, n, size)]


def starts_shuffled(n, size, seed):
    starts = np.random.default_rng(seed).permutation(np.arange(0, n, size))
    return [list(range(start, min(start + size, n))) for start in starts]


def always_the_same(n, size, seed):
    deck = np.random.default_rng(0).permutation(n)
    return [deck[start : start + size].tolist() for start in range(0, n, size)]


def never_again(n, size, seed):
    deck = np.random.default_rng().permutation(n)
    return [deck[start : start + size].tolist() for start in range(0, n, size)]


def so_many_batches(n, size, seed):
    deck = np.random.default_rng(seed).permutation(n)
    return [part.tolist() for part in np.array_split(deck, min(size, n))]


def small_one_first(n, size, seed):
    deck, rest = np.random.default_rng(seed).permutation(n).tolist(), n % size
    batches = [deck[start : start + size] for start in range(rest, n, size)]
    return [deck[:rest], *batches] if rest else batches


def from_one(n, size, seed):
    deck = np.random.default_rng(seed).permutation(n) + 1
    return [deck[start : start + size].tolist() for start in range(0, n, size)]


def check(deal):
    """Whether each row is dealt once, in batches of the size asked for, and anew for each seed."""
    for n, size in DEALS:
        try:
            batches = [[int(row) for row in batch] for batch in deal(n, size, 3)]
        except (TypeError, ValueError):
            return Verdict(False, "Return a list of batches, each of them a list of row numbers.")
        rows = [row for batch in batches for row in batch]
        fault = _rows_at_fault(rows, n) or _order_at_fault(deal) or _sizes_at_fault(batches, n, size)
        if fault:
            return Verdict(False, f"{fault} deal({n}, {size}, 3) is {batches}.", batches, at=(n, size, 3))
    return Verdict(True, "Each row once, and anew for each epoch.")


def _rows_at_fault(rows, n):
    if any(row not in range(n) for row in rows):
        return f"Rows are numbered from 0 to n - 1, here to {n - 1}."
    if len(set(rows)) < len(rows):
        return "Some rows are dealt twice, and others never: a deck has no replacement."
    if len(rows) < n:
        return "Some rows are never dealt: the last batch takes what is left, even if it is smaller."
    return ""


def _sizes_at_fault(batches, n, size):
    sizes, wanted = [len(batch) for batch in batches], [min(size, n - start) for start in range(0, n, size)]
    if sizes == wanted:
        return ""
    if sorted(sizes) == sorted(wanted):
        return "The smaller batch comes last."
    return "size is how many rows a batch has, and not how many batches there are."


def _order_at_fault(deal):
    """What is wrong with the shuffling, seen on 40 rows that are dealt three times."""
    first, second, again = ([[int(row) for row in batch] for batch in deal(40, 4, seed)] for seed in (1, 2, 1))
    in_order = [list(range(start, start + 4)) for start in range(0, 40, 4)]
    if first == in_order:
        return "Nothing is shuffled: the rows come in the order of the file."
    if sorted(sorted(batch) for batch in first) == in_order:
        return "Only the order of the batches is shuffled: neighbours stay together for ever. Shuffle the rows."
    if first != again:
        return "The same seed deals something else each time: draw from np.random.default_rng(seed)."
    if first == second:
        return "Each seed deals the same: the seed is not used, so every epoch would have these batches."
    return ""


exercises = (
    Exercise(
        "deal",
        "Write `deal(n, size, seed)`: the batches of one epoch, a list of lists of row numbers from 0 to n - 1. Rows "
        "are shuffled by the seed, and each is dealt once; the last batch has what is left.",
        check,
        right=(by_permutation, by_popping),
        wrong=(
            (with_replacement, "Some rows are dealt twice, and others never: a deck has no replacement."),
            (rest_lost, "Some rows are never dealt: the last batch takes what is left, even if it is smaller."),
            (not_shuffled, "Nothing is shuffled: the rows come in the order of the file."),
            (starts_shuffled, "Only the order of the batches is shuffled: neighbours stay together for ever."),
            (
                always_the_same,
                "Each seed deals the same: the seed is not used, so every epoch would have these batches.",
            ),
            (never_again, "The same seed deals something else each time: draw from np.random.default_rng(seed)."),
            (from_one, "Rows are numbered from 0 to n - 1"),
            (small_one_first, "The smaller batch comes last."),
            (so_many_batches, "size is how many rows a batch has, and not how many batches there are."),
        ),
        hints=(
            "np.random.default_rng(seed).permutation(n) is a shuffled deck.",
            "Cut it at 0, size, 2 size, ...: deck[start : start + size].",
        ),
        stub=by_permutation,
    ),
)

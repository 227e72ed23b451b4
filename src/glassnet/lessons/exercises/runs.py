"""Train it yourself: the answer is a command or its settings, trained anew with seeds of the checker's own."""

from __future__ import annotations

import ast
import shlex
import time
from collections.abc import Mapping, Sequence
from typing import Any

from ...errors import GlassnetError
from ...faces import in_brief
from ...teaching import Exercise, Verdict
from ...wording import count, figure, listed

SEEDS = (101, 102, 103)
#: Options of `glassnet train` that choose what is printed and kept, not how it is trained; the second take a value.
_SHOWN, _SHOWN_WITH_VALUE = ("quiet", "json", "report", "no_report"), ("note", "watch", "runs")


def run(
    name: str,
    question: str,
    *,
    dataset: str,
    right: Sequence[Any],
    wrong: Sequence[tuple[Any, str]],
    reach: Mapping[str, float],
    split: str = "test",
    most: Mapping[str, float] | None = None,
    least: Mapping[str, float] | None = None,
    seeds: Sequence[int] = SEEDS,
    hints: Sequence[str] = (),
    seconds: float = 30,
) -> Exercise:
    """A training that reaches a score: `solves = "glassnet train xor --hidden 8"`, or a mapping of its settings.

    It is trained with each of `seeds`, and every training has to `reach` the scores of the `split`, {"accuracy": 0.9};
    those that are better low are reached from above. `most` bounds what it may use: "epochs", "parameters",
    "hidden" (units in all), "layers" (hidden ones), and `least` what it has to use. An answer that falls short and has
    all the settings of one of `wrong` gets that one's words.
    """
    bounds = (dict(most or {}), dict(least or {}))

    def check(answer: Any) -> Verdict:
        settings = settings_of(answer, dataset)
        if isinstance(settings, str):
            return Verdict(False, settings, answer)
        verdict = _trained(settings, reach, split, bounds, seeds, seconds)
        for known, words in () if verdict.right else wrong:
            if _typed_settings(known, dataset).items() <= settings.items():
                return Verdict(False, f"{words} {verdict.words}", verdict.yours, verdict.expected)
        return verdict

    return Exercise(name, question, check, tuple(right), tuple(wrong), tuple(hints), seconds=seconds, sort="run")


def _typed_settings(known: Any, dataset: str) -> dict[str, Any]:
    settings = settings_of(known, dataset)
    if isinstance(settings, str):
        raise GlassnetError(f"a wrong answer of the lesson is no training: {settings}")
    return settings


def settings_of(answer: Any, dataset: str) -> dict[str, Any] | str:
    """The settings of a command or a mapping; words, where it is neither or trains something else."""
    if isinstance(answer, Mapping):
        return {"dataset": dataset} | dict(answer)
    if isinstance(answer, list | tuple) and all(isinstance(word, str) for word in answer):
        answer = shlex.join(answer)
    if not isinstance(answer, str) or not answer.strip():
        return f'{in_brief(answer)} is no training: write a command such as "glassnet train {dataset} --hidden 8".'
    try:
        words = shlex.split(answer.strip().lstrip("$!%> ").replace("\\\n", " "))
    except ValueError as error:
        return f"the command can't be read: {error}."
    if words[:2] != ["glassnet", "train"]:
        begin = " ".join(words[:2]) + " ..." * (len(words) > 2)
        return f"{in_brief(begin)} is no training: begin with `glassnet train {dataset}`."
    return _typed(words[2:], dataset)


def _typed(words: Sequence[str], dataset: str) -> dict[str, Any] | str:
    found: dict[str, Any] = {"dataset": dataset}
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("--"):
            if word.partition(":")[0] != dataset:
                return f"it trains {word}, and {dataset} is asked for."
            found["dataset"] = word
            continue
        key, equals, value = word[2:].partition("=")
        key = key.replace("-", "_")
        if key in (*_SHOWN, *_SHOWN_WITH_VALUE):
            del rest[: int(key in _SHOWN_WITH_VALUE and not equals)]
        elif equals:
            found[key] = _value(value)
        elif rest and not rest[0].startswith("--"):
            found[key] = _value(rest.pop(0))
        else:
            found[key.removeprefix("no_")] = not key.startswith("no_")
    found.pop("seed", None)
    return found


def _value(text: str) -> Any:
    try:
        value = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        return text
    return value if isinstance(value, int | float) else text


def _trained(
    settings: Mapping[str, Any],
    reach: Mapping[str, float],
    split: str,
    bounds: tuple[Mapping[str, float], Mapping[str, float]],
    seeds: Sequence[int],
    seconds: float,
) -> Verdict:
    from ...experiment import Experiment, run

    begin = time.process_time()
    for seed in seeds:
        try:
            training = run(Experiment(**{**settings, "seed": seed}))
            outside = _outside(training, *bounds)
            if outside:
                return Verdict(False, outside, dict(settings))
            for _ in training:
                if time.process_time() - begin > seconds:
                    return Verdict(False, f"it takes more than the {seconds:g} seconds of CPU that there are.")
        except (GlassnetError, TypeError) as error:
            return Verdict(False, f"It can't be trained: {str(error).partition(' It may hold:')[0]}", dict(settings))
        scores = training.scores()[split]
        for metric, wanted in reach.items():
            if metric not in scores:
                return Verdict(False, f"{metric} is no score of it; there are {listed(list(scores))}.")
            higher = _higher(training, metric)
            if (scores[metric] < wanted) if higher else (scores[metric] > wanted):
                words = f"With seed {seed} its {metric} on the {split} rows is {figure(scores[metric])}, and "
                return Verdict(False, words + f"{figure(wanted)} is to be reached.", scores[metric], wanted)
    return Verdict(True, f"Reached with {count(len(seeds), 'seed')} of the checker's own.")


def _higher(training: Any, metric: str) -> bool:
    """Whether more of a score is better: losses are better low."""
    from ...catalog import Catalog

    found = Catalog.discover().matches("metric", metric)
    return bool(found) and found[0].build().better == "higher"


def _outside(training: Any, most: Mapping[str, float], least: Mapping[str, float]) -> str:
    """Which bound the network or its training breaks, in words; empty where it keeps all."""
    network = training.network
    used = {
        "epochs": training.experiment.epochs,
        "parameters": network.w.size,
        "hidden": sum(network.widths[1:-1]),
        "layers": len(network.widths) - 2,
    }
    for name, bound in most.items():
        if used[name] > bound:
            return f"it uses {_counted(used[name], name)}, and at most {bound:g} are allowed."
    for name, bound in least.items():
        if used[name] < bound:
            return f"it uses {_counted(used[name], name)}, and at least {bound:g} are asked for."
    return ""


def _counted(number: int, name: str) -> str:
    """`1 hidden layer` of 1 and "layers"."""
    return count(number, {"hidden": "hidden unit", "layers": "hidden layer"}.get(name, name.removesuffix("s")))

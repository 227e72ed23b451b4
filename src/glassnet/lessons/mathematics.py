r"""Formulas of a page in two forms: as a line of text for a terminal, and as MathML for a browser.

`\frac{1}{1+e^{-z}}` is `1/(1 + e^(-z))` in a terminal. The commands that a page may use are listed here: each of them
has both forms, and a formula with any other is refused by the check `accessible`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any
from unicodedata import normalize

from .links import CODE, code_kept, unlinked
from .mathml import FUNCTIONS, as_mathml


def _pairs(table: str) -> dict[str, str]:
    """Names and signs that stand beside each other."""
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


_GREEK = _pairs("""
    alpha α  beta β  gamma γ  delta δ  epsilon ε  varepsilon ε  zeta ζ  eta η  theta θ  kappa κ  lambda λ
    mu μ  nu ν  xi ξ  pi π  rho ρ  sigma σ  tau τ  phi φ  varphi φ  chi χ  psi ψ  omega ω  Gamma Γ  Delta Δ
    Theta Θ  Lambda Λ  Sigma Σ  Phi Φ  Psi Ψ  Omega Ω
""")
_SIGNS = _pairs("""
    cdot ·  times ×  odot ⊙  circ ∘  pm ±  mp ∓  div ÷  le ≤  leq ≤  ge ≥  geq ≥  neq ≠  ne ≠  approx ≈  sim ~
    propto ∝  equiv ≡  ll ≪  gg ≫  to →  rightarrow →  leftarrow ←  Rightarrow ⇒  mapsto ↦  in ∈  notin ∉
    subset ⊂  cup ∪  cap ∩  infty ∞  partial ∂  nabla ∇  sum Σ  prod ∏  int ∫  forall ∀  exists ∃  top ᵀ
    mid |  vert ❘  lVert ‖  rVert ‖  Vert ‖  ldots …  cdots ⋯  dots …  vdots ⋮  prime ′  star *  ast *  ell ℓ
    langle ⟨  rangle ⟩  lfloor ⌊  rfloor ⌋  lceil ⌈  rceil ⌉  lbrace {  rbrace }  wedge ∧  vee ∨  neg ¬
    oplus ⊕
""")
_FONTS = ("mathbf", "mathrm", "mathit", "mathcal", "text", "operatorname", "boldsymbol", "mathsf", "textbf", "textrm")
_ACCENTS = {"hat": "\u0302", "bar": "\u0304", "tilde": "\u0303", "vec": "\u20d7", "dot": "\u0307", "overline": "\u0304",
            "widehat": "\u0302"}  # fmt: skip
_BLACKBOARD = {"R": "ℝ", "E": "𝔼", "N": "ℕ", "P": "ℙ", "Z": "ℤ", "C": "ℂ", "1": "𝟙"}
_STRUCTURES = (
    "frac",
    "dfrac",
    "tfrac",
    "sqrt",
    "binom",
    "mathbb",
    "left",
    "right",
    "underbrace",
    "overbrace",
    "limits",
)
#: Marks behind a backslash: those that are a sign themselves, and spaces.
_SPACES = {mark: mark for mark in "{}%#&_$"} | dict.fromkeys(",;: ", " ") | {"!": "", "\\": "\n", "|": "‖"}
_MATRICES = {
    "pmatrix": "()",
    "bmatrix": "[]",
    "vmatrix": "||",
    "matrix": "  ",
    "cases": "{ ",
    "aligned": "  ",
    "array": "  ",
}
_WIDE = "\x01"  # a blank that stays beside others
SYMBOLS = _GREEK | _SIGNS | {"quad": 3 * _WIDE, "qquad": 5 * _WIDE}
#: Every command that a page may use.
COMMANDS = frozenset((*SYMBOLS, *FUNCTIONS, *_FONTS, *_ACCENTS, *_STRUCTURES, *_SPACES))

_ARGUMENTS = (
    dict.fromkeys(("frac", "dfrac", "tfrac", "binom"), "{{")
    | dict.fromkeys(("underbrace", "overbrace", "mathbb", *_FONTS, *_ACCENTS), "{")
    | {"sqrt": "[{"}
)
_UPPER = dict(zip("0123456789+-=()niT*'jkmtlh", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵀ*′ʲᵏᵐᵗˡʰ", strict=True)) | {"ᵀ": "ᵀ", "′": "′"}
_LOWER = dict(zip("0123456789+-=()aeijkmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑᵢⱼₖₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))
_STRESSED = re.compile(r"(?<![\w*\\])\*(?=[A-Za-z])([^*\n$]*\w)\*(?![\w*])")
_INLINE = re.compile(r"\$\$(.+?)\$\$|(?<![\\$])\$(?!\s)([^$\n]+?)(?<!\s)\$(?!\d)", re.S)


def formulas(text: str) -> Iterator[str]:
    """The formulas of a Markdown text, without their dollar signs; code is none."""
    for found in _INLINE.finditer(CODE.sub("", text)):
        yield (found[1] or found[2]).strip()


def replaced(text: str, write: Callable[[str, bool], str]) -> str:
    """The text with `write(formula, displayed)` in place of each formula; code stays as it is."""
    return code_kept(text, lambda words: _INLINE.sub(lambda f: write((f[1] or f[2]).strip(), f[1] is not None), words))


def plain(text: str) -> str:
    """A text with its formulas as text and its links and stressed words as words, for a hint or a verdict."""
    unstressed = code_kept(unlinked(text), lambda words: _STRESSED.sub(r"\1", words))
    return replaced(unstressed, lambda formula, displayed: as_text(formula))


def trouble(formula: str) -> str:
    """What a formula uses that has not both forms, in words; empty where all is well."""
    for name in re.findall(r"\\([A-Za-z]+|.)", formula):
        if name not in COMMANDS and name not in ("begin", "end"):
            return f"\\{name} is none of the commands that a page may use"
    for name in re.findall(r"\\begin\{(\w+)\}", formula):
        if name not in _MATRICES:
            return f"\\begin{{{name}}} is none of the forms that a page may use"
    try:
        text, markup = as_text(formula), as_mathml(formula)
    except Exception as error:
        return f"it can't be read: {type(error).__name__}: {error}"
    return "" if text and "<math" in markup else "it is empty"


@lru_cache(maxsize=512)
def as_text(formula: str) -> str:
    """A formula as one line of text, several where it has rows."""
    from pylatexenc.latexwalker import LatexWalker, get_default_latex_context_db
    from pylatexenc.macrospec import EnvironmentSpec, MacroSpec

    context = get_default_latex_context_db()
    context.add_context_category(
        "page",
        macros=[MacroSpec(name, _ARGUMENTS.get(name, "")) for name in COMMANDS if name.isalpha()],
        environments=[EnvironmentSpec(name, "{" if name == "array" else "") for name in _MATRICES],
        prepend=True,
    )
    walker = LatexWalker(f"${formula}$", latex_context=context, tolerant_parsing=False)
    (whole,), _, _ = walker.get_latex_nodes()
    return _tidy(_line(whole.nodelist))


_FRACTIONS = ("frac", "dfrac", "tfrac")
_GAP = "\x00"  # a space between letters or digits, and nothing beside anything else


def _tidy(text: str) -> str:
    text = re.sub(rf"(?<=[\w)]){_GAP}+(?=[^\s)\],;.])|{_GAP}+(?=[\wΣ∂∇√(])(?<=[\w)]{_GAP})", " ", text).replace(
        _GAP, ""
    )
    text = re.sub(r"([‖❘]) ?([^‖❘]*?) ?\1", r"\1\2\1", text).replace("❘", "|")
    lines = [re.sub(r" {2,}", " ", line) for line in text.split("\n")]
    lines = [
        re.sub(r"(?<=[(\[⟨⌊⌈]) | (?=[)\],;.⟩⌋⌉])", "", line) for line in lines
    ]  # blanks of the source mean nothing
    lines = [re.sub(rf" *({_WIDE}+) *", r"\1", line).replace(_WIDE, " ").strip() for line in lines]
    return "\n".join(line for line in lines if line)


# --- one line ---------------------------------------------------------------------------------------------------------


def _line(nodes: Sequence[Any]) -> str:
    """Nodes one after the other, with what stands above and below them."""
    pieces: list[str] = []
    rest = list(nodes)
    while rest:
        node = rest.pop(0)
        if node.isNodeType(_type("Chars")):
            text = node.chars
            while (mark := re.search(r"[_^]", text)) is not None:
                pieces.append(_spaced(text[: mark.start()], pieces))
                inner, text = _script(text[mark.end() :], rest)
                pieces.append(_raised(inner) if mark[0] == "^" else _lowered(inner))
            pieces.append(_spaced(text, pieces))
        else:
            pieces.append(_one(node, rest))
            if getattr(node, "macroname", "") in _FRACTIONS:
                pieces[-1] = f"{_GAP}{pieces[-1]}{_GAP}"
    return "".join(pieces)


def _type(name: str) -> Any:
    from pylatexenc import latexwalker

    return getattr(latexwalker, f"Latex{name}Node")


def _script(text: str, rest: list[Any]) -> tuple[str, str]:
    """What stands high or low, and the letters that go on after it."""
    text = text.lstrip()
    if text:
        return text[0], text[1:]
    return (_one(rest.pop(0), rest), "") if rest else ("", "")


def _one(node: Any, rest: list[Any]) -> str:
    if node.isNodeType(_type("Group")):
        return _line(node.nodelist)
    if node.isNodeType(_type("Environment")):
        return _rows(node)
    if node.isNodeType(_type("Macro")):
        return _macro(node, rest)
    if node.isNodeType(_type("Specials")):
        return {"&": "\t", "~": " "}.get(node.specials_chars, node.specials_chars)
    return str(node.latex_verbatim()) if not node.isNodeType(_type("Chars")) else str(node.chars)


def _macro(node: Any, rest: list[Any]) -> str:
    name = node.macroname
    inner = [_line(arg.nodelist) if hasattr(arg, "nodelist") else _one(arg, []) for arg in _arguments(node)]
    if name in _FRACTIONS:
        return f"{_grouped(inner[0])}/{_grouped(inner[1])}"
    if name == "sqrt":
        root = inner[0] if len(inner) == 2 else ""
        return f"{_raised(root) if root else ''}√{_grouped(inner[-1])}"
    if name == "binom":
        return f"({inner[0]} over {inner[1]})"
    if name == "mathbb":
        return _BLACKBOARD.get(inner[0], inner[0])
    if name in _FONTS or name in ("underbrace", "overbrace"):
        if name in ("text", "textrm", "textbf"):
            return _text_of(node)
        return _grouped(inner[0]) if "brace" in name else inner[0].strip()
    if name in _ACCENTS:
        return normalize("NFC", inner[0] + _ACCENTS[name]) if len(inner[0]) == 1 else f"{name}({inner[0]})"
    if name in FUNCTIONS:
        return f"{_GAP}{name}" + ("" if _opens(rest) else " ")
    if name in ("left", "right", "limits"):
        return ""
    sign = SYMBOLS.get(name, _SPACES.get(name, name))
    return f" {sign} " if sign in _APART or name == "mid" else sign


#: Relations and operators stand apart from their sides.
_APART = set("·×⊙∘±∓÷≤≥≠≈~∝≡≪≫→←⇒↦∈∉⊂∪∩∧∨⊕")


def _arguments(node: Any) -> list[Any]:
    return [arg for arg in (node.nodeargd.argnlist if node.nodeargd else []) if arg is not None]


def _text_of(node: Any) -> str:
    (group,) = _arguments(node)
    return "".join(
        one.chars if one.isNodeType(_type("Chars")) else _one(one, []) for one in getattr(group, "nodelist", [group])
    )


def _opens(rest: Sequence[Any]) -> bool:
    """Whether a bracket, or something high or low, comes next."""
    if not rest or not rest[0].isNodeType(_type("Chars")):
        return bool(rest) and getattr(rest[0], "macroname", "") == "left"
    return rest[0].chars.lstrip()[:1] in ("(", "[", "_", "^")


def _spaced(text: str, pieces: Sequence[str]) -> str:
    """`a+b=c` as `a + b = c`; a sign that begins a formula or stands after a bracket stays at its number."""
    before = "".join(pieces)[-1:]
    text = re.sub(r"\s+", " ", before + text)
    text = re.sub(r"\s*([=<>])\s*", r" \1 ", text)
    text = re.sub(r"\s*,\s*", ", ", text)
    spaced = re.sub(rf"(?<=[\w)\]}}′…⋯∞{_GAP}\u0300-\u0307])\s*([-+])\s*(?=\S|$)", r" \1 ", text)
    return spaced[len(before) :] if before.strip() else spaced.removeprefix(before)


def _grouped(text: str) -> str:
    """In brackets, unless it is one thing."""
    text = text.strip().strip(_GAP)
    whole = re.fullmatch(r"[\w.′^∂∇ΣαβγδεζηθκλμνξπρστφχψωΔ̂̄̃₀-₉ᵢⱼₖⁿ²³ᵀℓ]+(\([^()]*\))?|\([^()]*\)", text)
    return text if whole else f"({text})"


def _raised(text: str) -> str:
    text = text.strip()
    if text and all(letter in _UPPER for letter in text.replace(" ", "")):
        return "".join(_UPPER[letter] for letter in text.replace(" ", ""))
    return f"^{text}" if len(text) == 1 or text.startswith("(") else f"^({text})"


def _lowered(text: str) -> str:
    text = text.strip()
    if text and all(letter in _LOWER for letter in text.replace(" ", "")):
        return "".join(_LOWER[letter] for letter in text.replace(" ", ""))
    return f"_{_grouped(text)}"


def _rows(node: Any) -> str:
    name = node.environmentname
    brackets = _MATRICES[name]
    nodes = list(node.nodelist)
    rows = [[cell.strip() for cell in row.split("\t")] for row in _line(nodes).split("\n") if row.strip()]
    if name in ("aligned", "cases", "array"):
        if name == "cases":
            return "{ " + "; ".join(", ".join(row) for row in rows) + " }"
        return "\n".join("  ".join(row) for row in rows)
    return f"{brackets[0]}{'; '.join(', '.join(row) for row in rows)}{brackets[1]}".strip()

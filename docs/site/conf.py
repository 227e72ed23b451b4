"""Settings of the site that `make docs` builds: nothing is asked of another machine, formulas are MathML."""

import re

from docutils.nodes import SkipNode

from glassnet import __version__
from glassnet.glossary import words_linked
from glassnet.lessons.mathml import as_mathml

project = "glassnet"
version = release = __version__
html_title = f"glassnet {__version__}"
html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css", "shared.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_search_summary = False  # a browser reads no other page for it where the site is opened as files
extensions = ["myst_parser"]
myst_enable_extensions = ["dollarmath"]
myst_dmath_allow_digits = False  # so that $5 and $6 are money
myst_heading_anchors = 4
myst_disable_syntax = ["html_inline", "html_block"]  # markup in a page is shown and not obeyed
html_math_renderer = "mathml"


def _formula(displayed):
    """What writes a formula into a page."""

    def visit(self, node):
        markup = as_mathml(node.astext(), displayed)
        self.body.append(f'<div class="formula" tabindex="0">{markup}</div>' if displayed else markup)
        raise SkipNode

    return visit


def _reached(app, pagename, templatename, context, doctree):
    """Code that moves sideways is reached with the keyboard, too."""
    if "body" in context:
        context["body"] = context["body"].replace(
            '<div class="highlight"><pre>', '<div class="highlight"><pre tabindex="0">'
        )


#: Pages that tell the words themselves, list other pages, or are for those who build glassnet.
_UNLINKED = re.compile(
    r"glossary|changelog|contributing|decisions|architecture|coverage|parity|api|guides|(.*/)?index|parts/[a-z]+"
)


def _words(app, pagename, templatename, context, doctree):
    """The first place of each word leads to the glossary."""
    if "body" in context and not _UNLINKED.fullmatch(pagename):
        context["body"], _ = words_linked(context["body"], lambda id: f"{context['pathto']('glossary')}#{id}")


def setup(app):
    inline, block = (_formula(False), None), (_formula(True), None)
    app.add_html_math_renderer("mathml", inline_renderers=inline, block_renderers=block)
    app.connect("html-page-context", _reached)
    app.connect("html-page-context", _words)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""Trusted Publishing: GitHub proves to the index who it is, and nobody has a token that could leak."""

from __future__ import annotations

import re

from ..project import Project
from ..repository import git
from .state import Said, Saying

_WORKFLOW = "publish.yml"  # what `glassnet new` calls it
_ACTION = "pypa/gh-action-pypi-publish"
_GITHUB = re.compile(r"github\.com[:/]([\w.-]+)/([\w.-]+?)(?:\.git)?(?:[/#?].*)?$")


def trusted_publisher(project: Project, to: str = "pypi") -> Saying:
    """The better way than a token, and the fields to type at that index."""
    owner, repository = _home(project)
    workflow = _workflow(project)
    yield Said(
        "note",
        "better than a token: Trusted Publishing, where GitHub itself publishes a tag and no secret can leak. "
        "Type this under Publishing in your account there, letter by letter:",
    )
    yield Said("note", f"  project      {project.canonical_name}  (asked while the project is not there yet)")
    yield Said("note", f"  owner        {owner}")
    yield Said("note", f"  repository   {repository}")
    yield Said("note", f"  workflow     {workflow or _WORKFLOW}")
    yield Said("note", f"  environment  {to}")
    if not workflow:
        yield Said("note", f"  (this project has no .github/workflows/{_WORKFLOW} yet: `glassnet new` writes one)")


def _workflow(project: Project) -> str:
    """The workflow of this repository that publishes, by what it calls; empty where there is none."""
    for file in sorted((project.folder / ".github" / "workflows").glob("*.y*ml")):
        if _ACTION in file.read_text("utf-8", errors="replace"):
            return file.name
    return ""


def _home(project: Project) -> tuple[str, str]:
    """Owner and repository on GitHub, from the links of the project or from git."""
    urls = project.table.get("urls", {})
    places = [str(url) for url in urls.values()] if isinstance(urls, dict) else []
    for place in [*places, (git(project.folder, "remote", "get-url", "origin") or "").strip()]:
        found = _GITHUB.search(place)
        if found:
            return found.group(1), found.group(2)
    return "your account on GitHub", f"the repository of {project.canonical_name}"

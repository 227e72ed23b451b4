"""glassnet's own repository does what its template teaches: tests and releases by workflows, pinned, with no secret."""

import re
import runpy
import tomllib
from pathlib import Path

import pytest
import yaml
from releases import follow

from glassnet.publish.project import read_project
from glassnet.publish.release.trusted import trusted_publisher

ROOT = Path(__file__).parent.parent
FLOWS = {path.name: path for path in (ROOT / ".github" / "workflows").iterdir()}
#: Ours, those of our guests, and the one of the template, which is no YAML before its blanks are filled.
ALL = [*FLOWS.values(), *ROOT.glob("plugins/*/.github/workflows/*"), *ROOT.glob("template/*/.github/workflows/*")]
tagged = runpy.run_path(str(ROOT / ".github" / "tagged.py"))["tagged"]


def flow(name: str) -> dict:
    """A workflow; YAML 1.1 reads its key `on` as true."""
    return yaml.safe_load(FLOWS[name].read_text())


def test_every_action_is_pinned_to_one_commit_the_same_everywhere():
    pins: dict[str, set[str]] = {}
    for path in ALL:
        for action, pin in re.findall(r"uses: ([\w/.-]+)@(.*)", path.read_text()):
            pins.setdefault(action, set()).add(pin)
    assert len(ALL) > 8 and "actions/checkout" in pins and "pypa/gh-action-pypi-publish" in pins
    for action, found in pins.items():
        (pin,) = found
        assert re.fullmatch(r"[0-9a-f]{40} # v\d+\.\d+\.\d+", pin), action


@pytest.mark.parametrize("name", FLOWS)
def test_no_job_may_do_more_than_it_has_to(name):
    found = flow(name)
    assert found["permissions"] == {}
    for title, job in found["jobs"].items():
        publishes = any("pypi-publish" in step.get("uses", "") for step in job["steps"])
        assert job["permissions"] == ({"id-token": "write"} if publishes else {"contents": "read"})
        assert publishes == ("environment" in job) and job["timeout-minutes"] <= 60
        if publishes:
            assert job["environment"]["name"] == title
            assert [step for step in job["steps"] if "run" in step] == []  # nothing but the proved files gets there
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")  # a name of a branch would be a command
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
    assert "secrets." not in FLOWS[name].read_text() and "pull_request_target" not in FLOWS[name].read_text()


def test_tests_run_on_each_python_that_is_promised():
    python = flow("tests.yml")["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert python == ["3.11", "3.12", "3.13", "3.14"]
    told = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert told == f">={python[0]}"


def test_testpypi_comes_before_pypi_and_only_a_release_gets_there():
    found = flow("release.yml")
    assert set(found[True]) == {"release", "workflow_dispatch"}
    jobs = found["jobs"]
    assert [*jobs] == ["build", "testpypi", "pypi"]
    assert jobs["pypi"]["needs"] == ["build", "testpypi"] and jobs["pypi"]["if"] == "github.event_name == 'release'"
    assert jobs["testpypi"]["steps"][-1]["with"]["repository-url"] == "https://test.pypi.org/legacy/"


def test_a_tag_is_a_package_and_its_version():
    version = read_project(ROOT).version
    assert tagged(f"v{version}") == {"name": "glassnet", "folder": ".", "extra": "[test]", "host": ""}
    for file in ROOT.glob("plugins/*/pyproject.toml"):
        guest = read_project(file.parent)
        found = tagged(f"{guest.name}-v{guest.version}")
        assert found == {"name": guest.name, "folder": f"plugins/{guest.name}", "extra": "", "host": "."}


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("main", "'main' is no tag of a release: write v0.1.0, or glassnet-lion-v0.1.0 for a guest"),
        ("v0.1.0; rm -r /", "is no tag of a release"),
        ("../../x-v0.1.0", "is no tag of a release"),
        ("glassnet-none-v0.1.0", "there is no guest 'glassnet-none' in plugins: glassnet-autograd, "),
        ("v99.0.0", "'v99.0.0' is a release of version 99.0.0, and ./pyproject.toml says 0.1.0"),
    ],
)
def test_any_other_tag_is_refused(tag, words):
    with pytest.raises(ValueError, match=re.escape(words)):
        tagged(tag)


def test_the_release_names_our_own_workflow():
    for to in ("testpypi", "pypi"):
        said = follow(trusted_publisher(read_project(ROOT), to)).words
        assert "workflow     release.yml" in said and f"environment  {to}" in said
    (lion,) = ROOT.glob("plugins/glassnet-lion")
    assert "workflow     publish.yml" in follow(trusted_publisher(read_project(lion))).words


def test_forms_and_schedules_can_be_read():
    for path in [*(ROOT / ".github" / "ISSUE_TEMPLATE").iterdir(), ROOT / ".github" / "dependabot.yml"]:
        assert isinstance(yaml.safe_load(path.read_text()), dict)
    assert "glassnet doctor" in (ROOT / ".github" / "ISSUE_TEMPLATE" / "bug.yml").read_text()

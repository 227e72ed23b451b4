"""What is known of the part from outside goes here: by hand, or from a paper."""

from {{ cookiecutter.__package }} import plugin


def test_it_is_built_with_its_defaults():
    """The checks of `test_contract.py` look closer."""
    assert plugin.{{ cookiecutter.__hook }}()[0]() is not None

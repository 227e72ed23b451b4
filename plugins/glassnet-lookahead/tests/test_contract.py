"""Every part of this package keeps the promises of its kind; glassnet brings the checks."""

from glassnet import contract_tests

# The least number of checks is written down, so that a run that lost some does not stay green.
test_contract = contract_tests("glassnet-lookahead", minimum=8)

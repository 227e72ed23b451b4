"""The parts we ship, each found through the same hooks as anyone else's."""

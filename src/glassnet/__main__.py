"""`python -m glassnet` is the same as `glassnet`."""

from .cli import main

if __name__ == "__main__":
    main(prog_name="glassnet")

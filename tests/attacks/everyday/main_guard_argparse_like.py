"""A script with a main function, as scripts have."""
import sys
from typing import Sequence


def parse(argv: Sequence[str]) -> dict:
    options = {"--height": "0.1", "--verbose": False}
    it = iter(argv)
    for word in it:
        if word in ("-v", "--verbose"):
            options["--verbose"] = True
        elif word.startswith("--") and "=" in word:
            key, _, value = word.partition("=")
            options[key] = value
        elif word.startswith("--"):
            options[word] = next(it, "")
    return options


def main(argv=None) -> int:
    options = parse(sys.argv[1:] if argv is None else argv)
    height = float(options["--height"])
    if not 0 <= height <= 1:
        print("height out of range", file=sys.stderr)
        return 2
    print("height", height, sep="=", end="\n", flush=True)
    sys.stdout.write("done\n")
    return 0


if __name__ == "__main__":
    assert main(["--height=0.2", "-v"]) == 0 and main(["--height", "7"]) == 2
    sys.exit(main())

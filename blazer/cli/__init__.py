"""The command line, `blazer ...`: one command a file, each loaded only when it is called."""

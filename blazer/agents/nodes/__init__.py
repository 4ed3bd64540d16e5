"""The graph's nodes, one a file: `(state, runtime) -> update`."""

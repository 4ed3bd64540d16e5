"""From stored traces to training data, and from data to students."""

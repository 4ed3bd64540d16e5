"""The checks of the conformance battery, by what they are about; `conformance.py` runs them."""

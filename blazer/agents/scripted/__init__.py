"""The built-in model: words in, plausible plans and programs with seeded mistakes out. Not an LLM."""

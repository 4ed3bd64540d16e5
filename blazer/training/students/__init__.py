"""Students from scratch: tokenizer, architecture, and the warm-up that makes the base model."""

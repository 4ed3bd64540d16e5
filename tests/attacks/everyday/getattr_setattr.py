class Settings:
    pass
s = Settings()
for key, value in {"speed": 1, "height": 2}.items():
    setattr(s, key, value)
assert getattr(s, "speed") == 1 and getattr(s, "missing", None) is None and hasattr(s, "height") and not hasattr(s, "q")
delattr(s, "speed")
del s.height
assert not hasattr(s, "speed")

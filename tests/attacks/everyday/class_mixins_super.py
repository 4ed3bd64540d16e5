class Named:
    def __init__(self, *, name="thing", **kwargs):
        super().__init__(**kwargs)
        self.name = name

    def describe(self):
        return f"name={self.name}"


class Weighted:
    def __init__(self, *, weight=1.0, **kwargs):
        super().__init__(**kwargs)
        self.weight = weight

    def describe(self):
        return f"weight={self.weight}"


class Item(Named, Weighted):
    def describe(self):
        return "Item(" + ", ".join([super().describe(), Weighted.describe(self)]) + ")"


item = Item(name="jar", weight=0.3)
assert item.describe() == "Item(name=jar, weight=0.3)"
assert vars(item) == {"weight": 0.3, "name": "jar"} and item.__dict__["name"] == "jar"
item.__dict__.update(color="red")
assert item.color == "red" and sorted(vars(item)) == ["color", "name", "weight"]
assert isinstance(item, (Named, Weighted)) and Item.__name__ == "Item"

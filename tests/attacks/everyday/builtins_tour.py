assert list(map(str, [1, 2])) == ["1", "2"] and list(filter(None, [0, 1])) == [1] and any([0, 1]) and all([])
assert list(zip([1, 2], "ab")) == [(1, "a"), (2, "b")] and list(reversed([1, 2])) == [2, 1] and sum([1, 2], 3) == 6
assert round(2.567, 2) == 2.57 and abs(-1) == 1 and divmod(7, 2) == (3, 1) and pow(2, 3) == 8 and bin(5) == "0b101"
assert isinstance(1, (int, float)) and issubclass(bool, int) and callable(len) and id(1) == id(1)
assert tuple([1]) == (1,) and frozenset([1]) == {1} and complex(1, 2).imag == 2 and hex(255) == "0xff"
assert int("7") == 7 and float("1e3") == 1000 and bool([]) is False and next(iter([4])) == 4 and next(iter([]), 5) == 5

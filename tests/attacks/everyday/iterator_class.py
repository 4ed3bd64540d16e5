class Countdown:
    def __init__(self, n):
        self.n = n
    def __iter__(self):
        return self
    def __next__(self):
        if self.n <= 0:
            raise StopIteration
        self.n -= 1
        return self.n
assert list(Countdown(3)) == [2, 1, 0] and sum(Countdown(4)) == 6

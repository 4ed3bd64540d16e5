def stack_height(n, height=0.04):
    if n <= 0:
        return 0.0
    return height + stack_height(n - 1, height)


def hanoi(n, source, target, spare, moves=None):
    moves = [] if moves is None else moves
    if n == 1:
        moves.append((source, target))
        return moves
    hanoi(n - 1, source, spare, target, moves)
    moves.append((source, target))
    hanoi(n - 1, spare, target, source, moves)
    return moves


assert abs(stack_height(3) - 0.12) < 1e-9
moves = hanoi(4, "A", "C", "B")
assert len(moves) == 15 and moves[0] == ("A", "B")
pegs = {"A": [4, 3, 2, 1], "B": [], "C": []}
for a, b in moves:
    pegs[b].append(pegs[a].pop())
    assert pegs[b] == sorted(pegs[b], reverse=True)
assert pegs["C"] == [4, 3, 2, 1]

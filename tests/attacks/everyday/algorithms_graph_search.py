import heapq
from collections import defaultdict, deque

grid = [
    "..#....",
    ".##.##.",
    "....#..",
    ".##...#",
    "...#...",
]
ROWS, COLS = len(grid), len(grid[0])


def neighbours(cell):
    r, c = cell
    for dr, dc in ((1, 0), (-1, 0), (0, 1), (0, -1)):
        nr, nc = r + dr, c + dc
        if 0 <= nr < ROWS and 0 <= nc < COLS and grid[nr][nc] != "#":
            yield nr, nc


def bfs(start, goal):
    frontier, came = deque([start]), {start: None}
    while frontier:
        current = frontier.popleft()
        if current == goal:
            break
        for nxt in neighbours(current):
            if nxt not in came:
                came[nxt] = current
                frontier.append(nxt)
    path, node = [], goal
    while node is not None:
        path.append(node)
        node = came[node]
    return path[::-1]


def astar(start, goal):
    def h(cell):
        return abs(cell[0] - goal[0]) + abs(cell[1] - goal[1])

    best = defaultdict(lambda: float("inf"), {start: 0})
    heap = [(h(start), 0, start)]
    while heap:
        _, cost, cell = heapq.heappop(heap)
        if cell == goal:
            return cost
        if cost > best[cell]:
            continue
        for nxt in neighbours(cell):
            if (new := cost + 1) < best[nxt]:
                best[nxt] = new
                heapq.heappush(heap, (new + h(nxt), new, nxt))
    return None


path = bfs((0, 0), (4, 6))
assert path[0] == (0, 0) and path[-1] == (4, 6) and astar((0, 0), (4, 6)) == len(path) - 1

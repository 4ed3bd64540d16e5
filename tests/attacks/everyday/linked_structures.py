class Node:
    def __init__(self, key, value=None, left=None, right=None):
        self.key, self.value, self.left, self.right = key, value, left, right


class BinaryTree:
    def __init__(self):
        self.root = None
        self.size = 0

    def insert(self, key, value=None):
        def add(node):
            if node is None:
                self.size += 1
                return Node(key, value)
            if key < node.key:
                node.left = add(node.left)
            elif key > node.key:
                node.right = add(node.right)
            else:
                node.value = value
            return node

        self.root = add(self.root)
        return self

    def __iter__(self):
        def walk(node):
            if node:
                yield from walk(node.left)
                yield node.key, node.value
                yield from walk(node.right)

        return walk(self.root)

    def height(self, node="root"):
        node = self.root if node == "root" else node
        return 0 if node is None else 1 + max(self.height(node.left), self.height(node.right))

    def __getitem__(self, key):
        node = self.root
        while node is not None:
            if key == node.key:
                return node.value
            node = node.left if key < node.key else node.right
        raise KeyError(key)


class LinkedList:
    def __init__(self, items=()):
        self.head = None
        for item in reversed(list(items)):
            self.head = (item, self.head)

    def __iter__(self):
        node = self.head
        while node:
            item, node = node
            yield item


tree = BinaryTree()
for k in [5, 2, 8, 1, 9, 3]:
    tree.insert(k, k * k)
assert [k for k, _ in tree] == [1, 2, 3, 5, 8, 9] and tree[8] == 64 and tree.size == 6 and tree.height() == 3
assert list(LinkedList("abc")) == ["a", "b", "c"]
try:
    tree[7]
except KeyError as error:
    assert error.args == (7,)

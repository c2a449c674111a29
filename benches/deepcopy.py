"""copy.deepcopy of nested containers and of instances."""

import copy


class Node:
    def __init__(self, name, children=()):
        self.name = name
        self.children = list(children)
        self.extra = {"size": len(name), "pair": (1, [2, 3])}


def main():
    data = {f"k{i}": [i, str(i), (i, i + 1), {"x": [i] * 3}] for i in range(200)}
    tree = Node("root", [Node(f"c{i}", [Node(f"l{i}{j}") for j in range(4)]) for i in range(15)])
    tree.children[0].children.append(tree)
    total = 0
    for _ in range(60):
        other = copy.deepcopy(data)
        total += len(other) + (other["k3"][3]["x"] is not data["k3"][3]["x"])
        twin = copy.deepcopy(tree)
        total += twin.children[0].children[-1] is twin
        total += len(copy.copy(data))
    print(total)


main()

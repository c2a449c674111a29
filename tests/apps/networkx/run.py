"""Graphs: algorithms, backends looked up by entry points, formats."""
import sys

import networkx as nx


def main(what):
    g = nx.karate_club_graph()
    if what == "paths":
        print(nx.shortest_path(g, 0, 33), nx.diameter(g), nx.average_shortest_path_length(g))
        print(dict(list(nx.all_pairs_shortest_path_length(g))[:1]))
    elif what == "rank":
        scores = nx.betweenness_centrality(g)
        print([(n, round(s, 4)) for n, s in sorted(scores.items(), key=lambda i: -i[1])[:5]])
        print([sorted(c)[:4] for c in nx.community.greedy_modularity_communities(g)])
    elif what == "formats":
        small = nx.path_graph(4, create_using=nx.DiGraph)
        small.nodes[0]["name"] = "zéro"
        print("\n".join(nx.generate_gml(small)))
        print("\n".join(nx.generate_graphml(small)))
        print(nx.node_link_data(small, edges="links"))
        nx.write_gexf(small, "g.gexf")
        print(nx.to_latex(nx.spring_layout and small, pos={n: (n, 0) for n in small}))
    elif what == "flow":
        d = nx.DiGraph()
        for a, b, c in [("s", "a", 3), ("s", "b", 2), ("a", "b", 1), ("a", "t", 2), ("b", "t", 3)]:
            d.add_edge(a, b, capacity=c)
        print(nx.maximum_flow(d, "s", "t"))
        print(list(nx.topological_sort(d)), nx.is_directed_acyclic_graph(d), nx.minimum_cut(d, "s", "t")[0])
        nx.write_network_text(nx.balanced_tree(2, 2))
    elif what == "errors":
        try:
            nx.shortest_path(nx.Graph([(1, 2)]), 1, 3)
        except nx.NodeNotFound as e:
            print(type(e).__module__, e)
        return 4
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))

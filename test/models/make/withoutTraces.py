"""The one thing that is taken out of an export."""


def without_traces(proto):
    """The newer exporter writes into each node where in which file of this machine it comes from."""
    for graph in (proto.graph, *proto.functions):
        del graph.metadata_props[:]
        for node in graph.node:
            del node.metadata_props[:]
            node.doc_string = ""
        for one in (
            *graph.value_info,
            *getattr(graph, "input", []),
            *getattr(graph, "output", []),
            *getattr(graph, "initializer", []),
        ):
            if hasattr(one, "metadata_props"):
                del one.metadata_props[:]
    del proto.metadata_props[:]

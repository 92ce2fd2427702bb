package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

import org.apache.tinkerpop.gremlin.structure.Direction;
import org.apache.tinkerpop.gremlin.structure.T;
import org.apache.tinkerpop.gremlin.structure.Vertex;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerGraph;

/** TinkerGraph by its structure API, which costs less than a Gremlin traversal that asks for the same. */
final class TinkerWalker implements Walker<List<Reached>> {

    private final TinkerGraph graph = TinkerGraph.open();
    private final Vertex[] vertices;
    /** By node, the last walk that saw it: cheaper than a set that begins empty. */
    private final int[] marks;
    private int walk;

    TinkerWalker(Net from) {
        vertices = new Vertex[from.size()];
        marks = new int[from.size()];
        for (int node = 0; node < vertices.length; node++) {
            vertices[node] = graph.addVertex(T.id, (long) node, T.label, "class", "name", from.names()[node]);
        }
        for (int node = 1; node < vertices.length; node++) {
            vertices[from.parents()[node]].addEdge("child", vertices[node]);
            for (int target : from.targets()[node]) {
                vertices[node].addEdge("depends", vertices[target]);
            }
        }
    }

    @Override
    public String name() {
        return "TinkerGraph";
    }

    @Override
    public List<Reached> walk(int start, int nodes) {
        List<Reached> steps = new ArrayList<>();
        List<Vertex> queue = new ArrayList<>();
        walk++;
        queue.add(vertices[start]);
        marks[start] = walk;
        steps.add(new Reached(start, 0, start));
        for (int i = 0; i < queue.size(); i++) {
            long via = (Long) queue.get(i).id();
            int distance = steps.get(i).distance() + 1;
            Iterator<Vertex> out = queue.get(i).vertices(Direction.OUT, "child", "depends");
            while (out.hasNext()) {
                Vertex next = out.next();
                int id = ((Long) next.id()).intValue();
                if (marks[id] != walk) {
                    if (steps.size() == nodes) {
                        return steps;
                    }
                    marks[id] = walk;
                    queue.add(next);
                    steps.add(new Reached(id, distance, via));
                }
            }
        }
        return steps;
    }

    @Override
    public List<Integer> distances(List<Reached> walk) {
        return walk.stream().map(Reached::distance).toList();
    }

    @Override
    public void close() {
        graph.close();
    }
}

package studio.ozone.benchmarks.side_by_side;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;

import org.apache.tinkerpop.gremlin.structure.Direction;
import org.apache.tinkerpop.gremlin.structure.T;
import org.apache.tinkerpop.gremlin.structure.Vertex;
import org.apache.tinkerpop.gremlin.tinkergraph.structure.TinkerGraph;

import studio.ozone.api.zsei.Traversal;

/** TinkerGraph by its structure API, which costs less than a Gremlin traversal that asks for the same. */
final class TinkerWalker implements Walker {

    private final TinkerGraph graph = TinkerGraph.open();
    private final Vertex[] vertices;

    TinkerWalker(ClassGraph from) {
        vertices = new Vertex[from.size()];
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
    public List<Traversal.Step> walk(int start, int nodes) {
        List<Traversal.Step> steps = new ArrayList<>();
        List<Vertex> queue = new ArrayList<>();
        BitSet seen = new BitSet();
        queue.add(vertices[start]);
        seen.set(start);
        steps.add(new Traversal.Step(start, 0, start));
        for (int i = 0; i < queue.size(); i++) {
            long via = (Long) queue.get(i).id();
            int distance = steps.get(i).distance() + 1;
            Iterator<Vertex> out = queue.get(i).vertices(Direction.OUT, "child", "depends");
            while (out.hasNext()) {
                Vertex next = out.next();
                int id = ((Long) next.id()).intValue();
                if (!seen.get(id)) {
                    if (steps.size() == nodes) {
                        return steps;
                    }
                    seen.set(id);
                    queue.add(next);
                    steps.add(new Traversal.Step(id, distance, via));
                }
            }
        }
        return steps;
    }

    @Override
    public void close() {
        graph.close();
    }
}

package studio.ozone.benchmarks.side_by_side;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

import org.neo4j.configuration.GraphDatabaseSettings;
import org.neo4j.dbms.api.DatabaseManagementService;
import org.neo4j.dbms.api.DatabaseManagementServiceBuilder;
import org.neo4j.graphdb.Direction;
import org.neo4j.graphdb.GraphDatabaseService;
import org.neo4j.graphdb.Node;
import org.neo4j.graphdb.Relationship;
import org.neo4j.graphdb.RelationshipType;
import org.neo4j.graphdb.ResourceIterable;
import org.neo4j.graphdb.Transaction;
import org.neo4j.io.ByteUnit;

/** Neo4j embedded by its core API, a transaction a walk, with a page cache that the whole store fits into. */
final class NeoWalker implements Walker<List<Reached>> {

    private static final int BATCH = 20_000;
    private static final RelationshipType CHILD = RelationshipType.withName("CHILD");
    private static final RelationshipType DEPENDS = RelationshipType.withName("DEPENDS_ON");

    private final DatabaseManagementService service;
    private final GraphDatabaseService database;
    private final long[] ids;
    /** By node, the last walk that saw it: cheaper than a set that begins empty. */
    private final int[] marks;
    private int walk;

    NeoWalker(Path folder, Net graph) {
        service = new DatabaseManagementServiceBuilder(folder).setConfig(GraphDatabaseSettings.pagecache_memory, ByteUnit.mebiBytes(512)).build();
        database = service.database(GraphDatabaseSettings.DEFAULT_DATABASE_NAME);
        ids = new long[graph.size()];
        Transaction transaction = database.beginTx();
        for (int node = 0; node < ids.length; node++) {
            Node made = transaction.createNode();
            made.setProperty("name", graph.names()[node]);
            ids[node] = made.getId();
        }
        transaction.commit();
        transaction = database.beginTx();
        int written = 0;
        for (int node = 1; node < ids.length; node++) {
            Node from = transaction.getNodeById(ids[node]);
            transaction.getNodeById(ids[graph.parents()[node]]).createRelationshipTo(from, CHILD);
            for (int target : graph.targets()[node]) {
                from.createRelationshipTo(transaction.getNodeById(ids[target]), DEPENDS);
            }
            written += 1 + graph.targets()[node].length;
            if (written > BATCH) {
                written = 0;
                transaction.commit();
                transaction.close();
                transaction = database.beginTx();
            }
        }
        transaction.commit();
        transaction.close();
        marks = new int[(int) Arrays.stream(ids).max().orElseThrow() + 1];
    }

    @Override
    public String name() {
        return "Neo4j embedded";
    }

    @Override
    public List<Reached> walk(int start, int nodes) {
        try (Transaction transaction = database.beginTx()) {
            List<Reached> steps = new ArrayList<>();
            List<Node> queue = new ArrayList<>();
            walk++;
            Node first = transaction.getNodeById(ids[start]);
            queue.add(first);
            marks[(int) ids[start]] = walk;
            steps.add(new Reached(ids[start], 0, ids[start]));
            for (int i = 0; i < queue.size(); i++) {
                long via = queue.get(i).getId();
                int distance = steps.get(i).distance() + 1;
                try (ResourceIterable<Relationship> out = queue.get(i).getRelationships(Direction.OUTGOING, CHILD, DEPENDS)) {
                    for (Relationship each : out) {
                        Node next = each.getEndNode();
                        int id = (int) next.getId();
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
            }
            return steps;
        }
    }

    @Override
    public List<Integer> distances(List<Reached> walk) {
        return walk.stream().map(Reached::distance).toList();
    }

    @Override
    public void close() {
        service.shutdown();
    }
}

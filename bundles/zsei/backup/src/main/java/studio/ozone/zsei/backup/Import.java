package studio.ozone.zsei.backup;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

import studio.ozone.api.care.Transfer.Imported;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Snapshots.Embedding;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.zsei.backup.Lines.BadLineException;

/**
 * Writes what a checked export holds and the store does not. Containers come in the order of the file and get their ids in it; one whose parent comes
 * later waits for it in memory.
 */
final class Import {

    private static final int BATCH = 1000;
    private static final int BETWEEN_REPORTS = 256;

    private final ContainerStore store;
    private final Path file;
    private final Checked checked;
    private final boolean dryRun;
    private final Progress progress;
    private final Match match;

    // By the place of a container in the file.
    private final long[] targets;              // its id here; 0 while that is not known
    private final BitSet known = new BitSet(); // it was here before
    private final BitSet left = new BitSet();  // it is left out, or stays as it is here with all below it

    private final Map<Integer, List<Waiting>> waiting = new HashMap<>();
    private Changes changes = new Changes();
    private int gathered;
    private final Map<String, Map<Long, float[]>> vectors = new HashMap<>();
    private int vectorsGathered;
    private long edgesOf = -1;
    private Set<Relation> edges = Set.of();
    private long lines;
    private long newContainers;
    private long newRelations;
    private long newEmbeddings;

    /** @param reserved the id that it gets if it is new */
    private record Waiting(Container container, long reserved) { }

    Import(ContainerStore store, Path file, Checked checked, boolean dryRun, Progress progress) {
        this.store = store;
        this.file = file;
        this.checked = checked;
        this.dryRun = dryRun;
        this.progress = progress;
        this.match = new Match(store);
        this.targets = new long[checked.containers()];
    }

    /** @throws BadLineException if the file was changed after it had been checked */
    Imported run() throws IOException, BadLineException, ZseiException, InterruptedException {
        long began = System.nanoTime();
        try (Lines in = new Lines(file)) {
            for (Read line = next(in); line.kind() < 4; line = next(in)) {
                switch (line.kind()) {
                    case 1 -> take(line.container(), 0);
                    case 2 -> take(line.relation());
                    case 3 -> take(line.embedding());
                    default -> { }
                }
                if (++lines % BETWEEN_REPORTS == 0) {
                    progress.report(dryRun ? "comparing" : "importing", lines, checked.lines(), "");
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                }
            }
            flush();
            flushVectors();
            if (!in.digest().equals(checked.digest())) {
                throw changed(in);
            }
        }
        int here = known.cardinality();
        return new Imported(dryRun, newContainers, here, left.cardinality(), newRelations, newEmbeddings, (System.nanoTime() - began) / 1e9);
    }

    private Read next(Lines in) throws IOException, BadLineException {
        String text = in.next();
        if (text == null) {
            throw changed(in);
        }
        return Read.of(text);
    }

    private static BadLineException changed(Lines in) {
        return in.bad("the file was changed while it was imported", "What came before this line may be written. Import it again when nobody writes to it");
    }

    private void take(Container first, long id) throws ZseiException {
        Deque<Waiting> open = new ArrayDeque<>(List.of(new Waiting(first, id)));
        while (!open.isEmpty()) {
            Waiting next = open.pop();
            Container container = next.container();
            int above = container.parent() == 0 ? -1 : at(container.parent());
            if (above >= 0 && targets[above] == 0 && !left.get(above)) {
                waiting.computeIfAbsent(above, ignored -> new ArrayList<>()).add(new Waiting(container, newId()));
                continue;
            }
            int at = at(container.id());
            place(container, at, above, next.reserved());
            List<Waiting> below = waiting.remove(at);
            if (below != null) {
                open.addAll(below);
            }
        }
    }

    private int at(long id) throws ZseiException {
        int at = checked.find(id);
        if (at < 0) {
            throw new ZseiException(ZseiException.Code.INVALID, "Container " + id + " was not in " + file + " when it was checked: it was changed meanwhile");
        }
        return at;
    }

    private long newId() {
        return dryRun ? Long.MAX_VALUE : store.newId();
    }

    private void place(Container container, int at, int above, long reserved) throws ZseiException {
        if (above >= 0 && left.get(above)) {
            left.set(at);
            return;
        }
        long parent = above < 0 ? 0 : targets[above];
        if (Match.place(container) != null) {
            Optional<Container> here = store.find(container.source(), container.record());
            if (here.isPresent()) {
                if (here.get().type() == container.type() && Objects.equals(here.get().contentHash(), container.contentHash())) {
                    known.set(at);
                } else {
                    left.set(at);
                }
                targets[at] = here.get().id();
                return;
            }
        } else if (above < 0 || known.get(above)) {
            long same = match.below(parent, container);
            if (same != 0) {
                known.set(at);
                targets[at] = same;
                return;
            }
        }
        long id = reserved == 0 ? newId() : reserved;
        targets[at] = id;
        newContainers++;
        if (!dryRun) {
            changes.putAsItIs(new Container(id, parent, container.version(), container.type(), container.name(), container.source(), container.record(),
                    container.start(), container.end(), container.contentHash(), container.created(), container.updated(), container.attributes()));
            gathered();
        }
    }

    private void take(Relation relation) throws ZseiException {
        int from = relation.from() == 0 ? -1 : at(relation.from());
        int to = relation.to() == 0 ? -1 : at(relation.to());
        if (from >= 0 && left.get(from) || to >= 0 && left.get(to)) {
            return;
        }
        boolean wasHere = (from < 0 || known.get(from)) && (to < 0 || known.get(to));
        if (dryRun && !wasHere) {
            newRelations++;
            return;
        }
        Relation here = new Relation(from < 0 ? 0 : targets[from], to < 0 ? 0 : targets[to], relation.type(), relation.confidence(), relation.discovery());
        if (wasHere && there(here)) {
            return;
        }
        newRelations++;
        if (!dryRun) {
            changes.relate(here);
            gathered();
        }
    }

    /** Whether there is the edge already, however sure it is. */
    private boolean there(Relation relation) throws ZseiException {
        if (edgesOf != relation.from()) {
            edgesOf = relation.from();
            edges = new HashSet<>();
            store.relations(edgesOf).forEach(edge -> edges.add(bare(edge)));
        }
        return edges.contains(bare(relation));
    }

    private static Relation bare(Relation relation) {
        return new Relation(relation.from(), relation.to(), relation.type(), 1, Relation.Discovery.MANUAL);
    }

    private void take(Embedding embedding) throws ZseiException {
        int at = at(embedding.id());
        if (left.get(at) || known.get(at) && store.embedding(targets[at], embedding.model()).isPresent()) {
            return;
        }
        newEmbeddings++;
        if (!dryRun) {
            flush();
            vectors.computeIfAbsent(embedding.model(), model -> new HashMap<>()).put(targets[at], embedding.vector());
            if (++vectorsGathered >= BATCH) {
                flushVectors();
            }
        }
    }

    private void gathered() throws ZseiException {
        if (++gathered >= BATCH) {
            flush();
        }
    }

    private void flush() throws ZseiException {
        if (gathered > 0) {
            store.apply(changes);
            changes = new Changes();
            gathered = 0;
        }
    }

    private void flushVectors() throws ZseiException {
        for (Map.Entry<String, Map<Long, float[]>> each : vectors.entrySet()) {
            store.putEmbeddings(each.getKey(), each.getValue());
        }
        vectors.clear();
        vectorsGathered = 0;
    }
}

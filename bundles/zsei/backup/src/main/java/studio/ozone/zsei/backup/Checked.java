package studio.ozone.zsei.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Snapshots.Embedding;
import studio.ozone.zsei.backup.Lines.BadLineException;

/**
 * An export that was read to its end, with nothing wrong in it: what a line says, and what the lines say together. Of a container only its id and
 * its parent's stay in memory, 16 bytes.
 */
final class Checked {

    /** Containers whose parent has a higher id, since they were moved there: they have to wait in memory. */
    private static final int MOST_LATE = 100_000;
    private static final int BETWEEN_REPORTS = 1024;
    private static final String SORTED = "Lines are sorted: containers by their number; edges by from, the type's code and to; vectors by the container and the model";

    private final Path file;
    private final Progress progress;
    private long[] ids = new long[1024];
    private long[] parents = new long[1024];
    private int count;
    private int late;
    private long relations;
    private long embeddings;
    private final Set<String> places = new HashSet<>();
    private final Map<String, Integer> dimensions = new HashMap<>();
    private Relation lastRelation;
    private Embedding lastEmbedding;
    private String digest;

    private Checked(Path file, Progress progress) {
        this.file = file;
        this.progress = progress;
    }

    /** @throws BadLineException for the first line that is wrong */
    static Checked of(Path file, Progress progress) throws IOException, BadLineException, InterruptedException {
        Checked checked = new Checked(file, progress);
        try (Lines lines = new Lines(file)) {
            checked.read(lines);
        }
        return checked;
    }

    private void read(Lines lines) throws IOException, BadLineException, InterruptedException {
        long size = Files.size(file);
        int kind = 0;
        while (true) {
            String text = lines.next();
            if (text == null) {
                throw lines.bad(lines.number() == 1 ? "the file is empty" : "the line that ends an export is missing", "It was cut off: export anew, or copy it again");
            }
            try {
                Read line = Read.of(text);
                if (line.kind() < kind || lines.number() == 1 != (line.kind() == 0)) {
                    throw new IOException(lines.number() == 1 ? "an export begins with " + Line.head() : "a line of this kind does not come here");
                }
                if (kind <= 1 && line.kind() > 1) {
                    whole(lines);
                }
                kind = line.kind();
                switch (kind) {
                    case 0 -> head(line);
                    case 1 -> add(line.container());
                    case 2 -> add(line.relation());
                    case 3 -> add(line.embedding());
                    default -> {
                        end(line, lines);
                        return;
                    }
                }
            } catch (IOException e) {
                throw lines.bad(e.getMessage(), "Nothing was written. Mend the line, or export anew");
            }
            if (lines.number() % BETWEEN_REPORTS == 0) {
                progress.report("checking", Math.min(size, lines.bytes()), size, "");
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
        }
    }

    private static void head(Read line) throws IOException {
        long format = line.number(Line.HEAD, 1, Integer.MAX_VALUE);
        if (format != Line.FORMAT) {
            throw new IOException("the export has format " + format + ", and this version reads format " + Line.FORMAT + ": use the version that wrote it, or a newer one");
        }
    }

    private void add(Container container) throws IOException {
        if (count > 0 && container.id() <= ids[count - 1]) {
            throw new IOException("container " + container.id() + " comes after " + ids[count - 1] + ". " + SORTED);
        }
        if (container.parent() > container.id() && ++late > MOST_LATE) {
            throw new IOException("more than " + MOST_LATE + " containers lie below one with a higher number");
        }
        if (count == ids.length) {
            ids = Arrays.copyOf(ids, count * 2);
            parents = Arrays.copyOf(parents, count * 2);
        }
        ids[count] = container.id();
        parents[count++] = container.parent();
        String place = Match.place(container);
        if (place != null && !places.add(place)) {
            throw new IOException("there is a container of " + container.source() + (container.record() == null ? "" : ", record " + container.record())
                    + " already in this file");
        }
    }

    /** Looks at the parents, when all containers are known. A container stands on the line after the one before; the first on line 2. */
    private void whole(Lines lines) throws BadLineException {
        byte[] seen = new byte[count];
        for (int i = 0; i < count; i++) {
            int at = i;
            while (at >= 0 && seen[at] == 0) {
                seen[at] = 1;
                int above = parents[at] == 0 ? -1 : find(parents[at]);
                if (parents[at] != 0 && above < 0) {
                    throw lines.bad(at + 2L, "its parent, container " + parents[at] + ", is not in this file", "Nothing was written. Add it, or let 0 be the parent");
                }
                if (above >= 0 && seen[above] == 1) {
                    throw lines.bad(at + 2L, "container " + ids[at] + " lies below itself", "Nothing was written. Give it another parent");
                }
                at = above;
            }
            for (at = i; at >= 0 && seen[at] == 1; at = parents[at] == 0 ? -1 : find(parents[at])) {
                seen[at] = 2;
            }
        }
        places.clear();
    }

    private void add(Relation relation) throws IOException {
        known(relation.from());
        known(relation.to());
        if (lastRelation != null && !after(relation, lastRelation)) {
            throw new IOException("the edge comes after " + Line.of(lastRelation) + ". " + SORTED);
        }
        lastRelation = relation;
        relations++;
    }

    private static boolean after(Relation one, Relation other) {
        int order = Long.compare(one.from(), other.from());
        order = order != 0 ? order : Integer.compare(one.type().code(), other.type().code());
        return (order != 0 ? order : Long.compare(one.to(), other.to())) > 0;
    }

    private void add(Embedding embedding) throws IOException {
        known(embedding.id());
        if (lastEmbedding != null && (embedding.id() < lastEmbedding.id()
                || embedding.id() == lastEmbedding.id() && Arrays.compareUnsigned(Match.utf8(embedding.model()), Match.utf8(lastEmbedding.model())) <= 0)) {
            throw new IOException("the vector comes after that of container " + lastEmbedding.id() + " by " + lastEmbedding.model() + ". " + SORTED);
        }
        Integer dimension = dimensions.putIfAbsent(embedding.model(), embedding.vector().length);
        if (dimension != null && dimension != embedding.vector().length) {
            throw new IOException("the vector has " + embedding.vector().length + " numbers, and others by " + embedding.model() + " have " + dimension);
        }
        lastEmbedding = embedding;
        embeddings++;
    }

    private void known(long id) throws IOException {
        if (id != 0 && find(id) < 0) {
            throw new IOException("container " + id + " is not in this file");
        }
    }

    private void end(Read line, Lines lines) throws IOException, BadLineException {
        long[] counted = { count, relations, embeddings };
        String[] names = { "containers", "relations", "embeddings" };
        for (int i = 0; i < names.length; i++) {
            long said = line.number(names[i], 0, Long.MAX_VALUE);
            if (said != counted[i]) {
                throw new IOException("it says that there are " + said + " " + names[i] + ", and there are " + counted[i] + " lines of them");
            }
        }
        digest = lines.digest();
        if (line.sha256() != null && !line.sha256().equals(digest)) {
            throw new IOException("the checksum of the lines before is " + digest + ", and it says " + line.sha256()
                    + ". If the file was changed on purpose, take sha256 out of this line");
        }
        if (lines.next() != null) {
            throw lines.bad("there is something after the end", "Nothing was written. Remove what is there");
        }
    }

    /** Where a container stands among all; negative where it is not there. */
    int find(long id) {
        return Arrays.binarySearch(ids, 0, count, id);
    }

    int containers() {
        return count;
    }

    /** All lines, for progress. */
    long lines() {
        return count + relations + embeddings;
    }

    /** Of all lines before the last. */
    String digest() {
        return digest;
    }
}

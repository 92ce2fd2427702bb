package studio.ozone.zsei.backup;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Snapshots.Embedding;
import studio.ozone.api.zsei.Snapshots.Snapshot;
import studio.ozone.api.zsei.Snapshots.Totals;
import studio.ozone.api.zsei.ZseiException;

/** Writes a state of the store line by line, always the same lines for the same state. */
final class Export {

    private static final int BETWEEN_REPORTS = 1024;

    /** Takes a line, without its end. */
    @FunctionalInterface
    interface Sink {
        void line(String line) throws IOException, InterruptedException;
    }

    /** What is written of a state. */
    interface Selection {

        Selection ALL = new Selection() { };

        default boolean has(Container container) {
            return true;
        }

        default boolean has(Relation relation) {
            return true;
        }

        default boolean has(Embedding embedding) {
            return true;
        }
    }

    private final Sink sink;
    private final Selection selection;
    private final boolean vectors;
    private final Progress progress;
    private final Digest digest = new Digest();
    private long containers;
    private long relations;
    private long embeddings;
    private long done;
    private long total;

    /** @param vectors whether the embeddings are written */
    Export(Sink sink, Selection selection, boolean vectors, Progress progress) {
        this.sink = sink;
        this.selection = selection;
        this.vectors = vectors;
        this.progress = progress;
    }

    /** To a stream, which stays open. */
    static Sink to(OutputStream out) {
        return line -> {
            out.write(line.getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        };
    }

    void run(Snapshot snapshot) throws IOException, ZseiException, InterruptedException {
        Totals totals = snapshot.totals();
        total = totals.containersInAll() + totals.relations() * 2 + (vectors ? totals.embeddings() : 0);
        write(Line.head());
        snapshot.containers(container -> {
            if (selection.has(container)) {
                containers++;
                write(Line.of(container));
            }
            went();
        });
        snapshot.relations(relation -> {
            if (Line.stands(relation) && selection.has(relation)) {
                relations++;
                write(Line.of(relation));
            }
            went();
        });
        if (vectors) {
            snapshot.embeddings(embedding -> {
                if (selection.has(embedding)) {
                    embeddings++;
                    write(Line.of(embedding));
                }
                went();
            });
        }
        sink.line(Line.end(containers, relations, embeddings, digest.text()));
        progress.report("exporting", done, total, "");
    }

    private void write(String line) throws IOException, InterruptedException {
        digest.add(line.getBytes(StandardCharsets.UTF_8));
        digest.add(new byte[] { '\n' });
        sink.line(line);
    }

    private void went() throws InterruptedException {
        if (++done % BETWEEN_REPORTS == 0) {
            progress.report("exporting", done, total, "");
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    long containers() {
        return containers;
    }

    long relations() {
        return relations;
    }

    long embeddings() {
        return embeddings;
    }
}

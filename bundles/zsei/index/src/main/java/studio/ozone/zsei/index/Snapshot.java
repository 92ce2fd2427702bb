package studio.ozone.zsei.index;

import java.io.IOException;
import java.util.List;

import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.MultiReader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What one question or one rebuild sees: a reader of each shard, and all of them as one. To be closed. */
final class Snapshot implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Snapshot.class);

    private final List<Part> parts;
    private final IndexReader all;

    /**
     * A shard.
     *
     * @param folder the shard itself
     * @param reader already acquired
     * @param centroid null where it is the only one
     * @param base what its documents' numbers begin at in {@link #all}
     */
    record Part(Folder folder, DirectoryReader reader, float[] centroid, int base) { }

    /** @param parts one or more */
    Snapshot(List<Part> parts) throws IOException {
        this.parts = parts;
        this.all = parts.size() == 1 ? parts.getFirst().reader()
            : new MultiReader(parts.stream().map(Part::reader).toArray(IndexReader[]::new), false);
    }

    List<Part> parts() {
        return parts;
    }

    /** Words are weighed by what all shards hold, so a ranking does not change with the shards. */
    IndexReader all() {
        return all;
    }

    List<LeafReaderContext> leaves() {
        return all.leaves();
    }

    @Override
    public void close() {
        try {
            if (parts.size() > 1) {
                all.close();
            }
        } catch (IOException e) {
            LOG.debug("While readers were let go", e);
        }
        for (Part part : parts) {
            release(part.reader());
        }
    }

    static void release(DirectoryReader reader) {
        try {
            reader.decRef();
        } catch (IOException e) {
            LOG.debug("While a reader was let go", e);
        }
    }
}

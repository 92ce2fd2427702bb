package studio.ozone.zsei.index;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

import org.apache.lucene.document.Document;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.util.InfoStream;
import org.apache.lucene.util.VectorUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.runtime.files.DurableFile;

/**
 * An index that answers, or one that is being built: the folders of a {@link Manifest} as one. A document lies in the shard whose
 * centroid is nearest to its vector. Each shard is committed by itself, so after a crash they may be of different age; all are then
 * brought level from the oldest on, and since a document is removed everywhere before it is written to one, twice is as good as once.
 * One thread writes; any thread may read.
 */
final class OpenIndex implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenIndex.class);

    private final Path root;
    private final Manifest manifest;
    private final List<Folder> folders;
    private volatile long shown;
    private volatile boolean dirty;

    private OpenIndex(Path root, Manifest manifest, List<Folder> folders) {
        this.root = root;
        this.manifest = manifest;
        this.folders = folders;
        this.shown = sequence();
    }

    /**
     * Opens the folders of a manifest; what is missing or broken there is empty, and so is brought level from the beginning.
     *
     * @param uses when folders were last used, where that is known: the latest are opened first, and so mapped if not all can be
     */
    static OpenIndex open(Path root, Manifest manifest, Folder.Disk disk, Supplier<MergeScheduler> merges, Map<Path, Long> uses)
            throws IOException {
        Map<Path, Folder> opened = new HashMap<>();
        List<Path> paths = manifest.shards().stream().map(shard -> root.resolve(shard.folder())).toList();
        try {
            for (Path path : paths.stream().sorted(Comparator.comparing(path -> uses.getOrDefault(path, Long.MIN_VALUE), Comparator.reverseOrder()))
                    .toList()) {
                opened.put(path, Folder.open(path, manifest.shape(), disk, merges.get()));
            }
        } catch (IOException | RuntimeException e) {
            for (Folder folder : opened.values()) {
                folder.close();
            }
            throw e;
        }
        return new OpenIndex(root, manifest, paths.stream().map(opened::get).toList());
    }

    /** The manifest of what answers in a root; where there is none that can be read, one of an empty index is written. */
    static Manifest current(Path root, Settings.Shape shape) throws IOException {
        Files.createDirectories(root);
        Manifest current = null;
        try {
            current = Manifest.read(root, Manifest.CURRENT);
        } catch (IOException e) {
            if (!Folder.broken(e)) {
                throw e;
            }
            LOG.warn("The index is built again from the store: {}", e.getMessage());
        }
        if (current == null) {
            current = adopted(root);
        }
        if (current == null) {
            current = new Manifest(shape, 0, null, List.of(new Manifest.Shard(Integer.toString(lastNumber(root) + 1), null)));
            current.write(root, Manifest.CURRENT);
        }
        return current;
    }

    /** Before there were manifests, an index lay in the root itself. */
    private static Manifest adopted(Path root) throws IOException {
        try (Directory before = FSDirectory.open(root)) {
            if (!DirectoryReader.indexExists(before)) {
                return null;
            }
            Manifest manifest = new Manifest(Folder.shape(before), 0, null, List.of(new Manifest.Shard(Integer.toString(lastNumber(root) + 1), null)));
            Path folder = Files.createDirectories(root.resolve(manifest.shards().getFirst().folder()));
            for (String file : before.listAll()) {
                if (Files.isRegularFile(root.resolve(file))) {
                    Files.move(root.resolve(file), folder.resolve(file));
                }
            }
            DurableFile.sync(folder);
            manifest.write(root, Manifest.CURRENT);
            return manifest;
        } catch (IOException | IllegalArgumentException e) {
            if (!Folder.broken(e)) {
                throw e;
            }
            LOG.warn("The index in {} is damaged and is built again from the store: {}", root, e.toString());
            return null;
        }
    }

    /** Removes what belongs to none of the manifests. */
    static void clean(Path root, Manifest... kept) throws IOException {
        Set<String> names = new HashSet<>(Set.of(Manifest.CURRENT, Manifest.NEXT));
        for (Manifest manifest : kept) {
            manifest.shards().forEach(shard -> names.add(shard.folder()));
        }
        try (Stream<Path> entries = Files.list(root)) {
            for (Path entry : entries.toList()) {
                if (!names.contains(entry.getFileName().toString())) {
                    delete(entry);
                }
            }
        }
    }

    static void delete(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** The highest number that a folder in a root has. */
    static int lastNumber(Path root) throws IOException {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.map(entry -> entry.getFileName().toString()).filter(name -> name.matches("\\d{1,9}")).mapToInt(Integer::parseInt).max()
                .orElse(0);
        }
    }

    Path root() {
        return root;
    }

    Manifest manifest() {
        return manifest;
    }

    List<Folder> folders() {
        return folders;
    }

    /** The last commit of the store whose changes have been written to every shard. */
    long sequence() {
        return folders.stream().mapToLong(Folder::sequence).min().orElse(0);
    }

    /** The last commit of the store that a snapshot is sure to see. */
    long shown() {
        return shown;
    }

    /** The model of the vectors; null while there are none. */
    String model() {
        for (Folder folder : folders) {
            if (folder.model() != null) {
                return folder.model();
            }
        }
        return null;
    }

    void model(String name) {
        folders.forEach(folder -> folder.model(name));
    }

    /** @return null while the index is empty, and once it is closed */
    Snapshot acquire() throws IOException {
        List<Snapshot.Part> parts = new ArrayList<>();
        int base = 0;
        for (int i = 0; i < folders.size(); i++) {
            DirectoryReader reader = folders.get(i).acquire();
            if (reader != null) {
                parts.add(new Snapshot.Part(folders.get(i), reader, manifest.shards().get(i).centroid(), base));
                base += reader.maxDoc();
            }
        }
        return parts.isEmpty() ? null : new Snapshot(parts);
    }

    /** Documents that a snapshot sees. */
    long documents() {
        long documents = 0;
        for (Folder folder : folders) {
            DirectoryReader reader = folder.acquire();
            if (reader != null) {
                documents += reader.numDocs();
                Snapshot.release(reader);
            }
        }
        return documents;
    }

    void put(long id, Document document) throws IOException {
        KnnFloatVectorField vector = folders.size() == 1 ? null : (KnnFloatVectorField) document.getField(ChunkDocument.VECTOR);
        int to = folders.size() == 1 ? 0 : home(id, vector == null ? null : vector.vectorValue(), manifest.shards());
        for (int i = 0; i < folders.size(); i++) {
            if (i != to) {
                folders.get(i).delete(id);
            }
        }
        folders.get(to).put(id, document);
        dirty = true;
    }

    /**
     * The shard that a document belongs to.
     *
     * @param vector of length 1; null where there is none: any shard is as good as another then
     */
    static int home(long id, float[] vector, List<Manifest.Shard> shards) {
        if (vector == null || shards.size() == 1) {
            return (int) Math.floorMod(id, (long) shards.size());
        }
        int best = 0;
        float nearest = Float.NEGATIVE_INFINITY;
        for (int i = 0; i < shards.size(); i++) {
            float cosine = VectorUtil.dotProduct(vector, shards.get(i).centroid());
            if (cosine > nearest) {
                nearest = cosine;
                best = i;
            }
        }
        return best;
    }

    void delete(long id) throws IOException {
        for (Folder folder : folders) {
            folder.delete(id);
        }
        dirty = true;
    }

    void applied(long upTo) {
        folders.forEach(folder -> folder.applied(upTo));
        dirty = true;
    }

    /** Forgets everything, so that it is built again. Readers see the old state until the next refresh. */
    void clear() throws IOException {
        for (Folder folder : folders) {
            folder.clear();
        }
        dirty = true;
    }

    /** Its files have been merged: to be shown and committed. */
    void touched() {
        folders.forEach(Folder::touched);
        dirty = true;
    }

    /** Lets readers see what has been written. */
    void refresh() throws IOException {
        if (dirty) {
            long written = sequence();
            for (Folder folder : folders) {
                folder.refresh();
            }
            dirty = false;
            shown = written;
        }
    }

    boolean changed() {
        return folders.stream().anyMatch(Folder::changed);
    }

    /** Makes what has been written survive a crash. */
    void commit() throws IOException {
        for (Folder folder : folders) {
            folder.commit();
        }
    }

    long bytes() throws IOException {
        long bytes = 0;
        for (Folder folder : folders) {
            bytes += folder.bytes();
        }
        return bytes;
    }

    void listener(InfoStream listener) {
        folders.forEach(folder -> folder.listener(listener));
    }

    /** Takes the lock of every folder now, not with the first write. */
    void beginWriting() throws IOException {
        for (Folder folder : folders) {
            folder.writer();
        }
    }

    /** What has not been committed is lost; whoever reads goes on with what was shown last. */
    void stopWriting() throws IOException {
        for (Folder folder : folders) {
            folder.stopWriting();
        }
    }

    /** Commits nothing; call {@link #commit()} before. Merges that run are given up. */
    @Override
    public void close() throws IOException {
        IOException failure = null;
        for (Folder folder : folders) {
            try {
                folder.close();
            } catch (IOException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

package studio.ozone.zsei.index;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.CodecReader;
import org.apache.lucene.index.CorruptIndexException;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexFormatTooNewException;
import org.apache.lucene.index.IndexFormatTooOldException;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.MergeScheduler;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.util.InfoStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Lucene index on disk: a reader that sees the last refresh, and a writer that is opened at the first write. One thread writes;
 * any thread may read: {@link #acquire()} gives a reader that stays open until it is released.
 */
final class Folder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Folder.class);
    private static final String FORMAT = "format";
    private static final String SEQUENCE = "sequence";
    private static final String MODEL = "model";
    private static final String GRAPH = "graph";
    private static final double BUFFER_MB = 16;
    /**
     * A segment of n vectors gets a graph where n is more than this times ln n, which is at about 5,200: below, looking at every vector is as
     * quick (0.12 ms a thousand of 384 numbers, against 0.6 to 0.8 ms for a walk with ef_search 100; IndexFigures) and finds all.
     */
    private static final int TINY_SEGMENT = 600;

    private final Path path;
    private final Directory directory;
    private final MergeScheduler merges;
    private final Settings.Shape shape;
    private final Object swap = new Object();
    private DirectoryReader reader;              // guarded by swap; null while the index is empty
    private volatile IndexWriter writer;         // opened, written to and closed by the writing thread only
    private volatile long sequence;
    private volatile String model;
    private volatile InfoStream listener = InfoStream.NO_OUTPUT;
    private volatile long lastUse = System.nanoTime();
    private boolean changed;
    private boolean complete;                    // whether there has been a commit

    private Folder(Path path, Directory directory, MergeScheduler merges, Settings.Shape shape) {
        this.path = path;
        this.directory = directory;
        this.merges = merges;
        this.shape = shape;
    }

    /** Where directories come from. */
    @FunctionalInterface
    interface Disk {
        Directory open(Path folder) throws IOException;
    }

    /**
     * Opens what is there; what is missing, broken, or of another shape becomes an empty index that has seen no commit.
     *
     * @throws IOException if it cannot be read just now; nothing is changed then
     */
    static Folder open(Path path, Settings.Shape shape, Disk disk, MergeScheduler merges) throws IOException {
        Files.createDirectories(path);
        Folder folder = new Folder(path, disk.open(path), merges, shape);
        try {
            folder.load();
            return folder;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private void load() throws IOException {
        Path lock = path.resolve(IndexWriter.WRITE_LOCK_NAME);
        if (Files.exists(lock) && Files.size(lock) > 0) {
            Files.delete(lock);                  // Lucene's is empty, and refuses to write with another one
        }
        try {
            if (!DirectoryReader.indexExists(directory)) {
                return;
            }
            DirectoryReader opened = DirectoryReader.open(directory);
            Map<String, String> facts = opened.getIndexCommit().getUserData();
            if (ChunkDocument.FORMAT.equals(facts.get(FORMAT)) && shape.text().equals(facts.get(GRAPH))) {
                sequence = Long.parseLong(facts.get(SEQUENCE));
                model = facts.get(MODEL);
                reader = opened;
                complete = true;
                return;
            }
            LOG.info("The index in {} has another shape; it is built again", path);
            opened.close();
        } catch (IOException | IllegalArgumentException e) {
            if (!broken(e)) {
                throw e;
            }
            LOG.warn("The index in {} is damaged and is built again from the store: {}", path, e.toString());
        }
        wipe();
    }

    /** Whether a file says by this that what is in it is no good, and not that it could not be read just now. */
    static boolean broken(Exception e) {
        return e instanceof CorruptIndexException || e instanceof IndexFormatTooOldException || e instanceof IndexFormatTooNewException
            || e instanceof EOFException || e instanceof FileNotFoundException || e instanceof NoSuchFileException
            || e instanceof CharacterCodingException || e instanceof IllegalArgumentException;
    }

    /** The shape that the index in a directory was made with. */
    static Settings.Shape shape(Directory directory) throws IOException {
        String text = SegmentInfos.readLatestCommit(directory).getUserData().get(GRAPH);
        if (text == null) {
            throw new IOException("It does not say how it was made");
        }
        return Settings.Shape.of(text);
    }

    private void wipe() throws IOException {
        for (String file : directory.listAll()) {
            if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
                directory.deleteFile(file);
            }
        }
    }

    /** The last commit of the store whose changes have been written here. */
    long sequence() {
        return sequence;
    }

    /** The model of the vectors; null while there are none. */
    String model() {
        return model;
    }

    void model(String name) {
        model = name;
    }

    /** @return a reader to be released; null while the index is empty */
    DirectoryReader acquire() {
        synchronized (swap) {
            if (reader != null) {
                reader.incRef();
            }
            return reader;
        }
    }

    /** Another number with each change that readers see; -1 while the index is empty. */
    long version() {
        synchronized (swap) {
            return reader == null ? -1 : reader.getVersion();
        }
    }

    /** A question looks into it. */
    void used() {
        lastUse = System.nanoTime();
    }

    /** When a question last looked into it, in the time of {@link System#nanoTime}. */
    long lastUse() {
        return lastUse;
    }

    void put(long id, Document document) throws IOException {
        writer().updateDocument(ChunkDocument.id(id), document);
        changed = true;
    }

    void delete(long id) throws IOException {
        if (writer != null || reader != null) {
            writer().deleteDocuments(ChunkDocument.id(id));
            changed = true;
        }
    }

    void applied(long upTo) {
        changed |= upTo != sequence;
        sequence = upTo;
    }

    /** Forgets everything, so that it is built again. Readers see the old state until the next refresh. */
    void clear() throws IOException {
        writer().deleteAll();
        sequence = 0;
        model = null;
        changed = true;
    }

    void touched() {
        changed |= writer != null;
    }

    /** Opened with the first call, and the folder locked. */
    synchronized IndexWriter writer() throws IOException {
        if (writer == null) {
            IndexWriterConfig config = new IndexWriterConfig(new WordAnalyzer());
            KnnVectorsFormat vectors = shape.quantization().format(shape.m(), shape.efConstruction(), TINY_SEGMENT);
            config.setCodec(new Lucene104Codec() {
                @Override
                public KnnVectorsFormat getKnnVectorsFormatForField(String field) {
                    return vectors;
                }
            });
            // Each segment has a graph of its own that every query walks: few segments are what makes queries fast.
            TieredMergePolicy policy = new TieredMergePolicy();
            policy.setSegmentsPerTier(4);
            config.setMergePolicy(policy);
            config.setMergeScheduler(merges);
            config.setInfoStream(listener);
            config.setRAMBufferSizeMB(BUFFER_MB);
            config.setUseCompoundFile(true);
            config.setCommitOnClose(false);
            writer = new IndexWriter(directory, config);
        }
        return writer;
    }

    /** Lets readers see what has been written. */
    void refresh() throws IOException {
        if (writer == null) {
            return;
        }
        DirectoryReader old;
        synchronized (swap) {
            old = reader;
        }
        DirectoryReader fresh = old == null ? DirectoryReader.open(writer) : DirectoryReader.openIfChanged(old, writer);
        if (fresh != null) {
            synchronized (swap) {
                reader = fresh;
            }
            if (old != null) {
                old.decRef();
            }
        }
    }

    /** To be told of merges by the writer, if it is not open yet. */
    void listener(InfoStream next) {
        listener = next;
    }

    /** Whether it has ever been committed; else what is in it is what has been written since it was opened. */
    boolean committed() {
        return complete;
    }

    /**
     * Takes over documents of another index, of the same text analysis and model: words are copied, and vectors go into a new graph of this
     * index's shape. Nothing is read from sources, and nothing embedded.
     */
    void encode(List<? extends CodecReader> documents) throws IOException {
        writer().addIndexes(documents.toArray(CodecReader[]::new));
        changed = true;
    }

    /** Merges to so few segments, and drops what is deleted. May run beside writes. */
    void compact(int segments) throws IOException {
        if (writer != null || reader != null) {
            IndexWriter open = writer();
            open.forceMerge(segments);
            open.forceMergeDeletes();
        }
    }

    boolean changed() {
        return changed;
    }

    /** Makes what has been written survive a crash. */
    void commit() throws IOException {
        if (!changed) {
            return;
        }
        Map<String, String> facts = new HashMap<>();
        facts.put(FORMAT, ChunkDocument.FORMAT);
        facts.put(GRAPH, shape.text());
        facts.put(SEQUENCE, Long.toString(sequence));
        if (model != null) {
            facts.put(MODEL, model);
        }
        writer().setLiveCommitData(facts.entrySet());
        writer().commit();
        complete = true;
        changed = false;
    }

    long bytes() throws IOException {
        long bytes = 0;
        for (String file : directory.listAll()) {
            try {
                bytes += Files.size(path.resolve(file));
            } catch (NoSuchFileException e) {
                LOG.trace("{} was merged away", file);
            }
        }
        return bytes;
    }

    Path path() {
        return path;
    }

    /** What has not been committed is lost; whoever reads goes on with what was shown last. */
    void stopWriting() throws IOException {
        IndexWriter open = writer;
        writer = null;
        changed = false;
        if (open != null) {
            open.rollback();
        }
    }

    /** Commits nothing; call {@link #commit()} before. Merges that run are given up. */
    @Override
    public void close() throws IOException {
        try (directory) {
            stopWriting();
        } finally {
            synchronized (swap) {
                if (reader != null) {
                    reader.decRef();
                    reader = null;
                }
            }
        }
    }
}

package studio.ozone.zsei.index;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;

import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.document.Document;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.TieredMergePolicy;
import org.apache.lucene.store.Directory;
import org.apache.lucene.store.FSDirectory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The index on disk: a reader that sees the last refresh, and a writer that is opened at the first write. One thread writes;
 * any thread may read: {@link #acquire()} gives a reader that stays open until it is released.
 */
final class Folder implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Folder.class);
    private static final String FORMAT = "format";
    private static final String SEQUENCE = "sequence";
    private static final String MODEL = "model";
    private static final String GRAPH = "graph";
    private static final double BUFFER_MB = 16;
    /** Below this, a graph costs more than looking at every vector of the segment. */
    private static final int TINY_SEGMENT = 1_000;

    private final Directory directory;
    private final ExecutorService merges;
    private final Settings settings;
    private final Object swap = new Object();
    private DirectoryReader reader;              // guarded by swap; null while the index is empty
    private IndexWriter writer;                  // used by the writing thread only
    private long sequence;
    private String model;
    private boolean changed;

    private Folder(Directory directory, ExecutorService merges, Settings settings) {
        this.directory = directory;
        this.merges = merges;
        this.settings = settings;
    }

    /** Opens what is there; what is missing, broken, or of another shape becomes an empty index that has seen no commit. */
    static Folder open(Settings settings, ExecutorService merges) throws IOException {
        Files.createDirectories(settings.folder());
        Folder folder = new Folder(FSDirectory.open(settings.folder()), merges, settings);
        try {
            folder.load();
            return folder;
        } catch (IOException | RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private void load() throws IOException {
        Path lock = settings.folder().resolve(IndexWriter.WRITE_LOCK_NAME);
        if (Files.exists(lock) && Files.size(lock) > 0) {
            Files.delete(lock);                  // Lucene's is empty, and refuses to write with another one
        }
        try {
            if (!DirectoryReader.indexExists(directory)) {
                return;
            }
            DirectoryReader opened = DirectoryReader.open(directory);
            Map<String, String> facts = opened.getIndexCommit().getUserData();
            if (ChunkDocument.FORMAT.equals(facts.get(FORMAT)) && graph().equals(facts.get(GRAPH))) {
                sequence = Long.parseLong(facts.get(SEQUENCE));
                model = facts.get(MODEL);
                reader = opened;
                return;
            }
            LOG.info("The index in {} has another shape; it is built again", settings.folder());
            opened.close();
        } catch (IOException | IllegalArgumentException e) {
            LOG.warn("The index in {} cannot be read and is built again from the store: {}", settings.folder(), e.toString());
        }
        wipe();
    }

    private void wipe() throws IOException {
        for (String file : directory.listAll()) {
            if (!file.equals(IndexWriter.WRITE_LOCK_NAME)) {
                directory.deleteFile(file);
            }
        }
    }

    private String graph() {
        return "m=" + settings.m() + " ef_construction=" + settings.beam();
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

    private IndexWriter writer() throws IOException {
        if (writer == null) {
            IndexWriterConfig config = new IndexWriterConfig(new WordAnalyzer());
            KnnVectorsFormat vectors = new Lucene99HnswVectorsFormat(settings.m(), settings.beam(), 1, null, TINY_SEGMENT);
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
            config.setMergeScheduler(new PooledMerges(merges));
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
        facts.put(GRAPH, graph());
        facts.put(SEQUENCE, Long.toString(sequence));
        if (model != null) {
            facts.put(MODEL, model);
        }
        writer().setLiveCommitData(facts.entrySet());
        writer().commit();
        changed = false;
    }

    long bytes() throws IOException {
        long bytes = 0;
        for (String file : directory.listAll()) {
            try {
                bytes += Files.size(settings.folder().resolve(file));
            } catch (NoSuchFileException e) {
                LOG.trace("{} was merged away", file);
            }
        }
        return bytes;
    }

    Path path() {
        return settings.folder();
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

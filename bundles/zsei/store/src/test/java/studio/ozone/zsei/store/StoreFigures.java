package studio.ozone.zsei.store;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

import jetbrains.exodus.env.Transaction;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

/**
 * Prints what the store costs, on a folder that is given: {@code fill} 10,000 chunks with vectors, {@code open} it in a fresh process,
 * {@code write} durably, {@code again} what is there with versions and without, {@code pack} it by each codec, {@code million} containers with edges. A
 * program, not a test.
 */
public final class StoreFigures {

    private static final int DOCUMENTS = 500;
    private static final int CHUNKS = 20;

    private StoreFigures() { }

    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[1]);
        switch (arguments[0]) {
            case "fill" -> fill(folder);
            case "open" -> open(folder);
            case "write" -> write(folder);
            case "again" -> again(folder);
            case "pack" -> pack(folder);
            case "million" -> million(folder, arguments.length > 2 ? Integer.parseInt(arguments[2]) : 1_000_000);
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void fill(Path folder) throws Exception {
        Random random = new Random(1);
        long began = System.nanoTime();
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            for (int d = 0; d < DOCUMENTS; d++) {
                String source = "/home/user/documents/folder/file-" + d + ".md";
                Container document = Container.of(store.newId(), 0, ContainerType.DOCUMENT, "file", source, null, 0, 20_000, null, Map.of());
                Changes changes = new Changes().put(document);
                Map<Long, float[]> vectors = new HashMap<>();
                for (int c = 0; c < CHUNKS; c++) {
                    long id = store.newId();
                    changes.put(Container.of(id, document.id(), ContainerType.CHUNK, "Heading " + c, source, null, c * 1000, c * 1000 + 999,
                            "0123456789abcdef".repeat(4), Map.of("line", "" + c)));
                    float[] vector = new float[384];
                    for (int i = 0; i < vector.length; i++) {
                        vector[i] = (float) random.nextGaussian();
                    }
                    vectors.put(id, vector);
                }
                store.apply(changes);
                store.putEmbeddings("all-MiniLM-L6-v2", vectors);
            }
            System.out.printf("fill: %d documents, %d chunks with vectors in %d ms, %s%n", DOCUMENTS, DOCUMENTS * CHUNKS, millis(began), store.stats());
        }
        try (var files = Files.list(folder)) {
            files.forEach(System.out::println);
        }
    }

    private static void open(Path folder) throws Exception {
        System.gc();
        long heap = heap();
        long began = System.nanoTime();
        XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { });
        System.out.printf("open: %d ms%n", millis(began));
        began = System.nanoTime();
        store.get(1);
        System.out.printf("first get: %d ms%n", millis(began));
        System.gc();
        System.out.printf("heap more than before: %d KB%n", (heap() - heap) / 1024);
        began = System.nanoTime();
        int[] count = new int[1];
        store.scan(container -> count[0]++);
        System.out.printf("scan of %d: %d ms%n", count[0], millis(began));
        System.gc();
        System.out.printf("heap more than before: %d KB%n", (heap() - heap) / 1024);
        Thread.getAllStackTraces().keySet().forEach(thread -> System.out.println("thread " + thread.getName()));
        for (int round = 0; round < 5; round++) {
            read("get", id -> store.get(id));
            read("ancestors", id -> store.ancestors(id));
            read("find", id -> store.find("/home/user/documents/folder/file-" + id % DOCUMENTS + ".md", null));
            read("children (20)", id -> store.children(id / 21 * 21 + 1));
            read("embedding", id -> store.embedding(id, "all-MiniLM-L6-v2"));
            read("changesAfter", id -> store.changesAfter(store.sequence() - 1, 100));
        }
        began = System.nanoTime();
        store.close();
        System.out.printf("close: %d ms%n", millis(began));
        Thread.getAllStackTraces().keySet().forEach(thread -> System.out.println("thread " + thread.getName()));
    }

    private interface Reading {
        void of(long id) throws Exception;
    }

    private static void read(String what, Reading reading) throws Exception {
        Random random = new Random(2);
        int reads = 20_000;
        long began = System.nanoTime();
        for (int i = 0; i < reads; i++) {
            reading.of(1 + random.nextInt(DOCUMENTS * (CHUNKS + 1)));
        }
        System.out.printf("%s: %.1f us%n", what, (System.nanoTime() - began) / 1000.0 / reads);
    }

    /** Chunks, each with two edges: to the one before, and to a term. */
    private static Changes chunk(XodusStore store, long term, AtomicLong last) {
        long id = store.newId();
        long before = last.getAndSet(id);
        return new Changes().put(Container.of(id, 0, ContainerType.CHUNK, "Heading " + id, "/home/user/documents/folder/file-" + id / 20 + ".md", null, 0,
                999, "0123456789abcdef".repeat(4), Map.of("line", "" + id)))
                .relate(new Relation(id, before, RelationType.FOLLOWS, 1, Relation.Discovery.MANUAL))
                .relate(new Relation(id, term, RelationType.MENTIONS, 0.5, Relation.Discovery.MANUAL));
    }

    private static void write(Path folder) throws Exception {
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            long term = store.newId();
            store.apply(new Changes().put(Container.of(term, 0, ContainerType.TERM, "term", null, null, 0, 0, null, Map.of())));
            for (int round = 0; round < 3; round++) {
                for (int threads : new int[] { 1, 2, 8 }) {
                    synchronous(store, threads, term);
                }
                for (int batch : new int[] { 1, 10, 100, 1000 }) {
                    store.tune(Tuning.of(batch, 1000));
                    long began = System.nanoTime();
                    long forced = store.forced();
                    AtomicLong last = new AtomicLong(term);
                    int writes = batch == 1 ? 2000 : 20_000;
                    for (int i = 0; i < writes; i++) {
                        store.submit(chunk(store, term, last));
                    }
                    store.apply(new Changes());
                    double seconds = (System.nanoTime() - began) / 1e9;
                    System.out.printf("1 thread, submitted, batch_size %d: %.0f durable chunks with 2 edges/s, %d forced writes for %d commits%n", batch,
                            writes / seconds, store.forced() - forced, writes);
                }
                store.tune(Tuning.DEFAULT);
            }
        }
    }

    private static void synchronous(XodusStore store, int threads, long term) throws Exception {
        int each = 4000 / threads;
        long[] times = new long[threads * each];
        long forced = store.forced();
        long began = System.nanoTime();
        try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
            for (int t = 0; t < threads; t++) {
                int first = t * each;
                pool.submit(() -> {
                    AtomicLong last = new AtomicLong(term);
                    for (int i = 0; i < each; i++) {
                        long before = System.nanoTime();
                        store.apply(chunk(store, term, last));
                        times[first + i] = System.nanoTime() - before;
                    }
                    return null;
                });
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        Arrays.sort(times);
        System.out.printf("%d threads, waiting: %.0f durable chunks with 2 edges/s, %d forced writes for %d commits, median %d us, p95 %d us, p99 %d us%n",
                threads, times.length / seconds, store.forced() - forced, times.length, times[times.length / 2] / 1000,
                times[times.length * 95 / 100] / 1000, times[times.length * 99 / 100] / 1000);
    }

    /** Chunks that are there are written again, ten times each, by turns with a limit of 0 and of 10. */
    private static void again(Path folder) throws Exception {
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            long term = store.newId();
            store.apply(new Changes().put(Container.of(term, 0, ContainerType.TERM, "term", null, null, 0, 0, null, Map.of())));
            for (int round = 0; round < 3; round++) {
                for (int versions : new int[] { 0, 10 }) {
                    store.tune(Tuning.of(100, 1000, versions, Codec.NONE));
                    AtomicLong last = new AtomicLong(term);
                    long first = 0;
                    for (int i = 0; i < 2000; i++) {
                        store.submit(chunk(store, term, last));
                        first = first == 0 ? last.get() : first;
                    }
                    store.apply(new Changes());
                    long bytes = store.stats().bytes();
                    long began = System.nanoTime();
                    for (int time = 0; time < 10; time++) {
                        for (long id = first; id <= last.get(); id++) {
                            store.submit(new Changes().put(Container.of(id, 0, ContainerType.CHUNK, "Heading " + time, "/home/user/documents/folder/file-" + id / 20 + ".md",
                                    null, 0, 999, "0123456789abcdef".repeat(4), Map.of("line", "" + time))));
                        }
                    }
                    store.apply(new Changes());
                    double seconds = (System.nanoTime() - began) / 1e9;
                    System.out.printf("written again with at most %d versions: %.0f containers/s, %d bytes of log each, %d versions kept%n", versions, 20_000 / seconds,
                            (store.stats().bytes() - bytes) / 20_000, store.versions());
                }
            }
        }
    }

    /** Bytes of values, as they are and packed. */
    private static void pack(Path folder) throws Exception {
        for (Codec codec : Codec.values()) {
            Database database = Database.open(folder, Clock.systemUTC());
            try (XodusStore store = new XodusStore(database, Clock.systemUTC(), commit -> { }, Tuning.DEFAULT.withCodec(codec), Figures.NONE, Alarm.ofTheJvm())) {
                long began = System.nanoTime();
                XodusStore.Recoded done = store.recode(false, Progress.NONE);
                System.out.printf("%s: %s in %d ms%n", codec, done, millis(began));
                long[] sums = new long[2];
                Transaction transaction = database.environment.beginReadonlyTransaction();
                new View(database, transaction).page(database.embeddings, Keys.of(0), Integer.MAX_VALUE, (key, value) -> {
                    sums[0]++;
                    sums[1] += value.getLength();
                });
                transaction.abort();
                System.out.printf("%s: %d vectors of %d bytes%n", codec, sums[0], sums[0] == 0 ? 0 : sums[1] / sums[0]);
                for (int round = 0; round < 3; round++) {
                    read("get", id -> store.get(id));
                    read("embedding", id -> store.embedding(id, "all-MiniLM-L6-v2"));
                }
            }
        }
    }

    /** Chunks with two edges, many a commit; then a fresh start and a scan. */
    private static void million(Path folder, int count) throws Exception {
        long began = System.nanoTime();
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            store.tune(Tuning.of(1000, 1000));
            long term = store.newId();
            store.apply(new Changes().put(Container.of(term, 0, ContainerType.TERM, "term", null, null, 0, 0, null, Map.of())));
            AtomicLong last = new AtomicLong(term);
            for (int i = 0; i < count; i++) {
                store.submit(chunk(store, term, last));
            }
            store.apply(new Changes());
            double seconds = (System.nanoTime() - began) / 1e9;
            System.out.printf("%d containers with %d edges in %.1f s: %.0f durable containers/s, %d MiB%n", count, store.stats().relations(), seconds, count / seconds,
                    store.stats().bytes() >> 20);
        }
        began = System.nanoTime();
        try (XodusStore store = XodusStore.open(folder, Clock.systemUTC(), commit -> { })) {
            System.out.printf("opened in %d ms%n", millis(began));
            began = System.nanoTime();
            long[] counted = new long[1];
            store.scan(container -> counted[0]++);
            System.out.printf("scan of %d containers: %d ms%n", counted[0], millis(began));
            began = System.nanoTime();
            store.scanRelations(edge -> counted[0]++);
            System.out.printf("and of the edges, %d in all: %d ms%n", counted[0], millis(began));
            began = System.nanoTime();
            System.out.printf("integrity looked at %d entries in", store.examine(fault -> System.out.println(fault), Progress.NONE));
            System.out.printf(" %d ms%n", millis(began));
            began = System.nanoTime();
            System.out.printf("%s in %d ms%n", store.recode(true, Progress.NONE), millis(began));
        }
    }

    private static long millis(long since) {
        return (System.nanoTime() - since) / 1_000_000;
    }

    private static long heap() {
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}

package studio.ozone.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;

import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.HealthCheck;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Traversal;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.json.Json;

/** The steps of a measured instance. One process may do several; what a later process needs lies in the folder of files. */
final class Steps {

    private static final int PROJECT_FOLDERS = 40;
    private static final int FOLDER_FILES = 5;
    private static final int FILE_CHARACTERS = 4000;
    private static final int WARM_INGESTS = 2;
    private static final int START_NODES = 1000;
    private static final int HUNDRED = 100;
    private static final int TEN_THOUSAND = 10_000;
    private static final long SETTLE_POLL_MS = 200;
    private static final int SETTLED = 3;
    private static final String QUERIES = "queries.txt";
    private static final String STARTS = "starts.json";

    /** Finds a service of the instance, or says that there is none. */
    @FunctionalInterface
    interface Services {
        <S> S get(Class<S> type);
    }

    private final Services services;
    private final Workers workers;
    private final Path files;
    private List<String> sentences;
    private float[][] vectors;
    private String model;

    Steps(Services services, Workers workers, Path files) {
        this.services = services;
        this.workers = workers;
        this.files = files;
    }

    void run(List<String> words, Told.Speaker speaker) throws ZseiException, PipelineException, IOException, InterruptedException {
        switch (words.getFirst()) {
            case "texts" -> texts(number(words, 1), number(words, 2), speaker);
            case "embed" -> embed(speaker);
            case "fill" -> fill(number(words, 1), speaker);
            case "settle" -> settle(speaker);
            case "walk" -> walk(number(words, 1), speaker);
            case "walk_again" -> new Walking(services.get(Traversal.class), new Random(Corpus.SEED)).again(starts("hundred"), HUNDRED, number(words, 1), speaker);
            case "search" -> search(Index.Mode.valueOf(words.get(1)), number(words, 2), number(words, 3), speaker);
            case "write" -> new Writing(store(), workers, number(words, 1)).run(speaker);
            case "ingest" -> ingest(speaker);
            case "prompt" -> prompt(number(words, 1), speaker);
            case "active" -> new Activity(services, workers, project(), queries(), number(words, 1)).run(speaker);
            default -> throw new IllegalArgumentException("There is no step " + words.getFirst());
        }
    }

    private static int number(List<String> words, int at) {
        return Integer.parseInt(words.get(at));
    }

    private ContainerStore store() {
        return services.get(ContainerStore.class);
    }

    private Path project() {
        return files.resolve("project");
    }

    private List<String> queries() throws IOException {
        return Files.readAllLines(files.resolve(QUERIES));
    }

    /** Draws sentences and queries, and writes the project that is read later. */
    private void texts(int most, int questions, Told.Speaker speaker) throws IOException {
        Corpus corpus = Corpus.of(Path.of(System.getProperty("java.home")));
        List<String> all = corpus.sentences(most + questions);
        int asked = Math.min(questions, all.size() / 2);
        sentences = all.subList(asked, all.size());
        Files.write(files.resolve(QUERIES), all.subList(0, asked));
        corpus.write(project(), PROJECT_FOLDERS, FOLDER_FILES, FILE_CHARACTERS);
        speaker.fact("corpus", corpus.label());
        speaker.figure("sentences", sentences.size());
        speaker.figure("queries", asked);
    }

    private void embed(Told.Speaker speaker) throws ZseiException, InterruptedException {
        Embedder embedder = services.get(Embedder.class);
        float[][] made = new float[sentences.size()][];
        for (int i = 0; i < made.length; i++) {
            made[i] = embedder.embed(sentences.get(i));
            speaker.progress(i, made.length);
        }
        vectors = made;
        model = embedder.model();
        speaker.fact("model", model);
        speaker.figure("dimension", embedder.dimension());
    }

    private void fill(int size, Told.Speaker speaker) throws ZseiException, IOException, InterruptedException {
        Tree tree = new Tree(size);
        long[] ids = new Filling(store(), files.resolve("store"), tree, sentences, vectors, model).fill(speaker);
        Files.writeString(files.resolve(STARTS), Json.write(Map.of("hundred", ids(ids, tree.roomy(HUNDRED, START_NODES)),
            "ten_thousand", ids(ids, tree.roomy(TEN_THOUSAND, START_NODES)))));
        speaker.figure("store_mib", store().stats().bytes() / 1048576.0);
        speaker.figure("relations", store().stats().relations());
    }

    private static List<Long> ids(long[] ids, List<Integer> nodes) {
        return nodes.stream().map(node -> ids[node]).toList();
    }

    /** Waits until the index holds everything, vectors included. */
    private void settle(Told.Speaker speaker) throws ZseiException, InterruptedException {
        ContainerStore store = store();
        Index index = services.get(Index.class);
        Health health = services.get(Health.class);
        long begun = System.nanoTime();
        for (int calm = 0; calm < SETTLED; TimeUnit.MILLISECONDS.sleep(SETTLE_POLL_MS)) {
            index.await(store.sequence(), Duration.ofSeconds(1));
            boolean level = index.pending() == 0 && index.sequence() >= store.sequence() && health.report().checks().stream()
                .filter(check -> check.name().equals("zsei.index")).allMatch(check -> check.status() == HealthCheck.Status.OK);
            calm = level ? calm + 1 : 0;
            speaker.progress(0, -1);
        }
        speaker.figure("index_s", (System.nanoTime() - begun) / 1e9);
    }

    private void walk(int count, Told.Speaker speaker) throws ZseiException, IOException, InterruptedException {
        Walking walking = new Walking(services.get(Traversal.class), new Random(Corpus.SEED));
        walking.run(Rows.ZSEI_TRAVERSAL, starts("hundred"), HUNDRED, count, speaker);
        walking.run(Rows.ZSEI_TRAVERSAL_10K, starts("ten_thousand"), TEN_THOUSAND, Math.max(30, count / 10), speaker);
    }

    private List<Long> starts(String size) throws IOException {
        return ((List<?>) Json.readObject(Files.readString(files.resolve(STARTS))).get(size)).stream().map(id -> ((Number) id).longValue()).toList();
    }

    /** @param from the first query; each mode has its own, so that none is answered from what another left in a cache */
    private void search(Index.Mode mode, int from, int count, Told.Speaker speaker) throws ZseiException, IOException, InterruptedException {
        new Searching(services, mode).run(queries().subList(from, from + count), speaker);
    }

    private void ingest(Told.Speaker speaker) throws PipelineException, IOException, InterruptedException {
        Ingest ingest = services.get(Ingest.class);
        List<Double> rates = new ArrayList<>();
        long chunks = 0;
        List<Path> folders;
        try (var listed = Files.list(project())) {
            folders = listed.sorted().toList();
        }
        for (int i = 0; i < folders.size(); i++) {
            long begun = System.nanoTime();
            Ingest.Report report = ingest.ingest(new Ingest.Request(List.of(folders.get(i)), List.of(), List.of(), false), Progress.NONE);
            double seconds = (System.nanoTime() - begun) / 1e9;
            if (i >= WARM_INGESTS) {
                rates.add(report.chunks() / seconds);
                chunks += report.chunks();
            }
            speaker.progress(i, folders.size());
        }
        speaker.samples(Rows.INGEST.label(), rates);
        speaker.figure("ingest_files", (double) (folders.size() - WARM_INGESTS) * FOLDER_FILES);
        speaker.figure("ingest_chunks", chunks);
    }

    private void prompt(int count, Told.Speaker speaker) throws PipelineException, IOException, InterruptedException {
        Prompting prompting = services.get(Prompting.class);
        List<String> queries = queries();
        Quiet quiet = new Quiet();
        List<Double> ready = new ArrayList<>();
        List<Double> whole = new ArrayList<>();
        prompting.prompt(Quiet.question(queries.getLast(), project()), quiet);       // reads what is new of the project
        for (int i = 0; i < count; i++) {
            Map<String, Double> took = prompting.prompt(Quiet.question(queries.get(i % (queries.size() - 1)), project()), quiet).timingsMs();
            ready.add(took.getOrDefault("ingest", 0.0) + took.getOrDefault("retrieve", 0.0) + took.getOrDefault("assemble", 0.0));
            whole.add(took.getOrDefault("total", Double.NaN));
            speaker.progress(i, count);
        }
        speaker.samples(Rows.PROMPT.label(), ready);
        Samples total = new Samples(whole);
        speaker.figure("prompt_total_p50", total.at(0.5));
        speaker.figure("prompt_total_p95", total.at(0.95));
    }
}

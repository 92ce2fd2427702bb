package studio.ozone.benchmark;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;

import studio.ozone.api.benchmark.Benchmark.Row;
import studio.ozone.api.benchmark.BenchmarkException;
import studio.ozone.api.benchmark.BenchmarkException.Code;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Index;

/**
 * One run. The first instance fills the store and builds the index; fresh processes on that store are then timed from their start until they are
 * ready; the last of them is looked at while it is idle, and goes through the remaining steps, those that write last.
 */
final class Runner {

    private static final String EMBEDDINGS = "zsei.embeddings.enabled";
    private static final String HOT_PATHS = "zsei.traversal.cache_hot_paths";
    private static final Set<Rows> WALKS = Set.of(Rows.ZSEI_TRAVERSAL, Rows.ZSEI_TRAVERSAL_10K);
    private static final String WARM = "page cache warm";

    private final Path home;
    private final Sandbox sandbox;
    private final Watch watch;
    private final Plan plan;
    private final Pace pace;
    private final Told.Listener told;
    private final Consumer<Process> started;
    private final Map<Rows, Row> rows = new EnumMap<>(Rows.class);
    private Instance instance;
    private String withoutVectors;

    /**
     * @param withoutVectors why there are no vectors; null where there are
     * @param started told of each process
     */
    Runner(Path home, Sandbox sandbox, Watch watch, Plan plan, String withoutVectors, Progress progress, Consumer<Process> started) {
        this.home = home;
        this.sandbox = sandbox;
        this.watch = watch;
        this.plan = plan;
        this.withoutVectors = withoutVectors;
        this.started = started;
        this.pace = new Pace(steps(), progress, System::nanoTime);
        this.told = new Told.Listener(pace);
    }

    private List<Pace.Step> steps() {
        double thousands = plan.dataset().containers() / 1000.0;
        List<Pace.Step> steps = new ArrayList<>(List.of(new Pace.Step("Preparing an instance", 6), new Pace.Step("Embedding sentences", plan.sentences() / 60.0),
            new Pace.Step("Filling the store", thousands * 0.5), new Pace.Step("Building the index", thousands), new Pace.Step("Starting fresh processes", plan.starts() * 4)));
        add(steps, Set.of(Rows.MEMORY_IDLE), "Waiting, to see the memory when nothing is done", plan.idleSeconds() + 6);
        add(steps, WALKS, "Walking", 2);
        add(steps, Set.of(Rows.KEYWORD_SEARCH, Rows.SEMANTIC_SEARCH, Rows.HYBRID_SEARCH), "Searching", 3 + thousands * 0.1);
        add(steps, Set.of(Rows.INGEST), "Reading files", 25);
        add(steps, Set.of(Rows.PROMPT), "Asking", plan.prompts() * 0.15);
        add(steps, Set.of(Rows.MEMORY_ACTIVE), "Four pipelines at once, to see the memory", plan.activeSeconds());
        add(steps, Set.of(Rows.DURABLE_WRITE), "Writing", 2 + plan.writeWindows() * 0.1);
        return steps;
    }

    private void add(List<Pace.Step> steps, Set<Rows> wanted, String name, double seconds) {
        if (plan.any(wanted)) {
            steps.add(new Pace.Step(name, seconds));
        }
    }

    /** @return the rows that are wanted, in their order */
    List<Row> run() throws BenchmarkException, InterruptedException {
        if (plan.measures()) {
            try {
                prepare();
                startUp();
                if (plan.rows().stream().anyMatch(row -> row.missing() == null && row != Rows.STARTUP && row != Rows.MEMORY_PEAK)) {
                    use();
                }
                stop();
            } finally {
                if (instance != null) {
                    instance.kill();
                }
                watch.at(0);
            }
            peak();
        }
        List<Row> all = new ArrayList<>();
        for (Rows row : Rows.values()) {
            if (plan.rows().contains(row)) {
                all.add(row.missing() != null ? row.notMeasured(null, row.missing())
                    : rows.containsKey(row) ? rows.get(row) : row.notMeasured(null, "The step that measures it told nothing"));
            }
        }
        return all;
    }

    private void start() throws BenchmarkException, InterruptedException {
        instance = new Instance(home, sandbox, process -> {
            watch.at(process.pid());
            started.accept(process);
        });
    }

    private void stop() throws InterruptedException {
        watch.at(0);
        instance.close();
        instance = null;
    }

    private void prepare() throws BenchmarkException, InterruptedException {
        pace.next();
        start();
        command("config", "--set", HOT_PATHS + "=false");
        must("texts", plan.sentences(), 3 * plan.queries());
        pace.next();
        if (withoutVectors == null) {
            embed();
        }
        pace.next();
        must("fill", plan.dataset().containers());
        pace.next();
        if (withoutVectors == null) {
            command("config", "--set", EMBEDDINGS + "=true");
        }
        must("settle");
        stop();
    }

    /** The index takes vectors that are there; while the store is filled nobody may make them, text by text. */
    private void embed() throws BenchmarkException, InterruptedException {
        try {
            step("embed");
            command("config", "--set", EMBEDDINGS + "=false");
        } catch (Instance.Refused e) {
            withoutVectors = e.getMessage();
        }
    }

    private void command(String... words) throws BenchmarkException, InterruptedException {
        try {
            instance.run(List.of(words), told);
        } catch (Instance.Refused e) {
            throw new BenchmarkException(Code.FAILED, "The measured instance cannot be set up: " + e.getMessage());
        }
    }

    private void step(Object... words) throws Instance.Refused, BenchmarkException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(Inside.SCOPE + ":" + Inside.STEP));
        for (Object word : words) {
            line.add(word.toString());
        }
        instance.run(line, told);
    }

    /** A step without which nothing can be measured. */
    private void must(Object... words) throws BenchmarkException, InterruptedException {
        try {
            step(words);
        } catch (Instance.Refused e) {
            throw new BenchmarkException(Code.FAILED, "The measured instance failed at " + words[0] + ": " + e.getMessage());
        }
    }

    /** A step whose rows are not measured if it fails. */
    private void may(List<Rows> measured, Map<Rows, String> workloads, Map<String, Double> further, Object... words)
            throws BenchmarkException, InterruptedException {
        String why = null;
        try {
            step(words);
        } catch (Instance.Refused e) {
            why = e.getMessage();
        }
        for (Rows row : measured) {
            if (plan.rows().contains(row)) {
                String absent = why == null ? told.absent(row.label()) : why;
                List<Double> samples = told.samples(row.label());
                Map<String, Double> figures = new LinkedHashMap<>();
                further.forEach((name, none) -> figures.put(name, told.figure(name)));
                figures.values().removeIf(value -> value == null);
                rows.put(row, absent != null || samples.isEmpty() ? row.notMeasured(workloads.get(row), absent == null ? "No samples" : absent)
                    : row.measured(samples, workloads.get(row), figures));
            }
        }
    }

    private void startUp() throws BenchmarkException, InterruptedException {
        pace.next();
        List<Double> took = new ArrayList<>();
        for (int i = 0; i < plan.starts(); i++) {
            if (i > 0) {
                stop();
            }
            start();
            took.add(instance.readyMs());
            pace.report("", i + 1, plan.starts(), "");
        }
        if (plan.rows().contains(Rows.STARTUP)) {
            rows.put(Rows.STARTUP, Rows.STARTUP.measured(took, "fresh processes on " + store() + "; " + WARM + ", the bundles unpacked; no model is loaded", Map.of()));
        }
    }

    /** The store in words. */
    private String store() {
        String vectors = withoutVectors == null ? told.fact("model") + " vectors of " + number(told.figure("dimension"))
            + " numbers (synthetic: sums of the vectors of two of " + number(told.figure("sentences")) + " real sentences, and noise)" : "no vectors";
        return String.format(Locale.ROOT, "a store of %,d containers, fan-out %d, %,.0f relations, %.0f MiB, texts of random sentences from the %s, %s",
            plan.dataset().containers(), Tree.FAN_OUT, told.figure("relations"), told.figure("store_mib"), told.fact("corpus"), vectors);
    }

    private static String number(Double figure) {
        return figure == null ? "?" : String.format(Locale.ROOT, "%,.0f", figure);
    }

    private void use() throws BenchmarkException, InterruptedException {
        if (plan.rows().contains(Rows.MEMORY_IDLE)) {
            idle();
        }
        if (plan.any(WALKS)) {
            walk();
        }
        if (plan.searches()) {
            search();
        }
        if (plan.rows().contains(Rows.INGEST)) {
            pace.next();
            may(List.of(Rows.INGEST), Map.of(Rows.INGEST, "folders of 5 text files (pieces of the " + told.fact("corpus") + "), one call each, into " + store()
                + "; durable, embedded and searchable when the call returns; two folders before, not counted"), named("ingest_files", "ingest_chunks"), "ingest");
        }
        if (plan.rows().contains(Rows.PROMPT)) {
            pace.next();
            may(List.of(Rows.PROMPT), Map.of(Rows.PROMPT, "questions (sentences) on a project of 200 files within " + store()
                + "; from the question to the context that a provider would get; the extractive provider answers; model loaded"),
                named("prompt_total_p50", "prompt_total_p95"), "prompt", plan.prompts());
        }
        if (plan.rows().contains(Rows.MEMORY_ACTIVE)) {
            active();
        }
        if (plan.rows().contains(Rows.DURABLE_WRITE)) {
            pace.next();
            may(List.of(Rows.DURABLE_WRITE), Map.of(Rows.DURABLE_WRITE, Writing.WRITERS + " writers, commits of one container and two edges, counted over "
                + Writing.WINDOW_MS + " ms each; without texts, so without index entries; into " + store()), named("alone_p50_ms", "alone_p95_ms"),
                "write", plan.writeWindows());
        }
    }

    private void walk() throws BenchmarkException, InterruptedException {
        pace.next();
        String from = " containers, breadth first along children, from random places in " + store() + "; hot paths off; half as many walks before, not counted";
        String hundred = "walks that reach 100" + from;
        may(List.copyOf(WALKS), Map.of(Rows.ZSEI_TRAVERSAL, hundred, Rows.ZSEI_TRAVERSAL_10K, "walks that reach 10,000" + from), Map.of(), "walk", plan.walks());
        Row cold = rows.get(Rows.ZSEI_TRAVERSAL);
        if (cold != null && cold.notMeasured() == null) {
            command("config", "--set", HOT_PATHS + "=true");
            must("walk_again", plan.walks());
            command("config", "--set", HOT_PATHS + "=false");
            rows.put(Rows.ZSEI_TRAVERSAL, Rows.ZSEI_TRAVERSAL.measured(told.samples(Rows.ZSEI_TRAVERSAL.label()), hundred + "; hot_…: the same from 50 places again and "
                + "again, hot paths on", Map.of("hot_p50_ms", told.figure("hot_p50_ms"), "hot_p95_ms", told.figure("hot_p95_ms"))));
        }
    }

    private static Map<String, Double> named(String... names) {
        Map<String, Double> further = new LinkedHashMap<>();
        for (String name : names) {
            further.put(name, Double.NaN);
        }
        return further;
    }

    private void search() throws BenchmarkException, InterruptedException {
        pace.next();
        int each = (int) Math.min(plan.queries(), told.figure("queries") / 3);
        int first = 0;
        for (Rows row : List.of(Rows.KEYWORD_SEARCH, Rows.SEMANTIC_SEARCH, Rows.HYBRID_SEARCH)) {
            Index.Mode mode = Index.Mode.valueOf(row.name().replace("_SEARCH", ""));
            String workload = "different real sentences that are not in the store, the 10 best chunks of " + store() + "; 10 queries before, not counted"
                + (mode == Index.Mode.KEYWORD ? "" : "; model loaded, the embedding of the query is part of the time");
            if (plan.rows().contains(row) && withoutVectors != null && mode != Index.Mode.KEYWORD) {
                rows.put(row, row.notMeasured(workload, withoutVectors));
            } else if (plan.rows().contains(row)) {
                may(List.of(row), Map.of(row, workload), mode == Index.Mode.SEMANTIC ? named("recall", "recall_queries") : Map.of(), "search", mode, first, each);
            }
            first += each;
        }
    }

    private void idle() throws InterruptedException {
        pace.next();
        rest(plan.idleSeconds());
        watch.mark();
        rest(Plan.IDLE_SAMPLES * Watch.PERIOD_MS / 1000.0 + 0.5);
        memory(Rows.MEMORY_IDLE, watch.since(), "an instance on " + store() + ", " + plan.idleSeconds() + " s after it was ready"
            + (plan.full() ? "" : " (quick: 60 s with --full)") + "; no model loaded; anonymous pages, those backed by files apart");
    }

    private void rest(double seconds) throws InterruptedException {
        for (int tenth = 0; tenth < seconds * 10; tenth++) {
            pace.report("", tenth, (long) (seconds * 10), "");
            TimeUnit.MILLISECONDS.sleep(100);
        }
    }

    private void active() throws BenchmarkException, InterruptedException {
        pace.next();
        watch.mark();
        try {
            step("active", plan.activeSeconds());
            memory(Rows.MEMORY_ACTIVE, watch.since(), "four pipelines at once for " + plan.activeSeconds() + " s" + (plan.full() ? "" : " (quick: 120 s with --full)")
                + ": folders read again and again, hybrid and keyword searches, 10 questions a minute; on " + store() + "; model loaded");
        } catch (Instance.Refused e) {
            rows.put(Rows.MEMORY_ACTIVE, Rows.MEMORY_ACTIVE.notMeasured(null, e.getMessage()));
        }
    }

    private void peak() {
        if (plan.rows().contains(Rows.MEMORY_PEAK)) {
            memory(Rows.MEMORY_PEAK, watch.all(), "every instance of this run, from the start of the first, while the store was filled and the index built, to the "
                + "end of the last step; looked at every " + Watch.PERIOD_MS + " ms; there is no network to add a sync");
        }
    }

    private void memory(Rows row, List<Memory> seen, String workload) {
        rows.put(row, seen.isEmpty() ? row.notMeasured(workload, "This system does not tell a process's anonymous memory (no /proc/<pid>/status)")
            : row.measured(all(seen, Memory::anonymous), workload, Map.of("file_backed_p50_mib", new Samples(all(seen, Memory::files)).at(0.5),
                "file_backed_max_mib", new Samples(all(seen, Memory::files)).at(1))));
    }

    private static List<Double> all(List<Memory> seen, ToDoubleFunction<Memory> what) {
        return seen.stream().map(what::applyAsDouble).toList();
    }
}

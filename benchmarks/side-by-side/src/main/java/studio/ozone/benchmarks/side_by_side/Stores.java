package studio.ozone.benchmarks.side_by_side;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/** Durable writes one by one, by eight at once and a thousand a commit, reads of single records, and reading all of them. */
final class Stores implements Main.Part {

    private static final int BATCH = 1_000;
    private static final int WRITERS = 8;

    /** What one engine costs, and the number of its next record. */
    private static final class State {

        private final Keeper keeper;
        private final Meter batches = new Meter();
        private final Meter singles = new Meter();
        private final Meter together = new Meter();
        private final Meter reads = new Meter();
        private final Meter scans = new Meter();
        private final AtomicInteger next = new AtomicInteger(1);

        State(Keeper keeper) {
            this.keeper = keeper;
        }
    }

    @Override
    public void run(Options options, PlainWorkers workers, Findings findings) throws Exception {
        int rounds = options.quick() ? 4 : 12;
        int[] seed = {0};
        try (Scratch scratch = new Scratch(); Keeper ours = new OurKeeper(scratch.folder("ours"));
                Keeper lmdb = new LmdbKeeper(scratch.folder("lmdb"));
                Keeper rocks = new RocksKeeper(scratch.folder("rocksdb")); ExecutorService writers = Executors.newFixedThreadPool(WRITERS)) {
            List<Keeper> keepers = List.of(ours, lmdb, rocks);
            List<State> states = keepers.stream().map(State::new).toList();
            Warmup.run(Duration.ofSeconds(options.quick() ? 10 : 20), () -> {
                seed[0]++;
                for (State state : states) {
                    round(new State(state.keeper), state.next, writers, seed[0]);       // what it writes stays
                }
            });
            for (int round = 0; round < rounds; round++) {
                seed[0]++;
                for (State state : states) {
                    round(state, state.next, writers, seed[0]);
                }
            }
            for (State state : states) {
                add(findings, "durable put", state, state.singles, null);
                add(findings, "durable put, " + WRITERS + " writers", state, state.together, "CPU is that of the process");
                add(findings, "durable commit of " + BATCH, state, state.batches, null);
                add(findings, "read of one", state, state.reads, null);
                add(findings, "scan of " + (state.next.get() - 1), state, state.scans, null);
            }
        }
    }

    private static void add(Findings findings, String what, State state, Meter meter, String note) {
        findings.row(Row.of(what, state.keeper.name(), state.keeper.ours(), meter, null, note));
    }

    private static void round(State state, AtomicInteger next, ExecutorService writers, int seed) throws Exception {
        Keeper keeper = state.keeper;
        state.batches.round(5, number -> put(keeper, next.getAndAdd(BATCH), BATCH));
        state.singles.round(200, number -> put(keeper, next.getAndIncrement(), 1));
        together(state, next, writers);
        Random random = new Random(seed);
        int records = next.get() - 1;
        state.reads.round(20_000, number -> keeper.get(1 + random.nextInt(records)));
        state.scans.round(1, number -> keeper.scan());
        if (keeper.scan() < records) {
            throw new IllegalStateException(keeper.name() + " has lost records");
        }
    }

    private static Object put(Keeper keeper, int first, int count) throws Exception {
        keeper.put(first, count);
        return null;
    }

    /** Each writer waits for its own record before it writes the next. */
    private static void together(State state, AtomicInteger next, ExecutorService writers) throws Exception {
        int each = 50;
        long[] took = new long[WRITERS * each];
        Meter whole = new Meter();
        whole.round(1, all -> {
            List<Future<?>> running = new ArrayList<>();
            for (int writer = 0; writer < WRITERS; writer++) {
                int from = writer * each;
                running.add(writers.submit(() -> {
                    for (int i = 0; i < each; i++) {
                        long began = System.nanoTime();
                        state.keeper.put(next.getAndIncrement(), 1);
                        took[from + i] = System.nanoTime() - began;
                    }
                    return null;
                }));
            }
            for (Future<?> one : running) {
                one.get();
            }
            return null;
        });
        double cpu = whole.processMicros() * 1e3 / took.length;
        state.together.add(cpu, cpu, took);
    }
}

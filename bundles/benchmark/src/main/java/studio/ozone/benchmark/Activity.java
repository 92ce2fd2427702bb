package studio.ozone.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.pipeline.Prompting;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.ZseiException;

/** Four pipelines at once for a while, so that somebody outside can look at the memory: reading, two kinds of searching, and ten questions a minute. */
final class Activity {

    private static final long QUESTION_MS = 6000;
    private static final long SEARCH_MS = 200;
    private static final int PIPELINES = 4;

    private final Steps.Services services;
    private final CompletionService<Void> running;
    private final Path project;
    private final List<String> queries;
    private final int seconds;
    private final long end;
    private final AtomicLong questions = new AtomicLong();
    private final AtomicLong searches = new AtomicLong();
    private final AtomicLong readings = new AtomicLong();

    Activity(Steps.Services services, Workers workers, Path project, List<String> queries, int seconds) {
        this.services = services;
        this.running = new ExecutorCompletionService<>(workers.pool("active", PIPELINES));
        this.project = project;
        this.queries = queries;
        this.seconds = seconds;
        this.end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    }

    void run(Told.Speaker speaker) throws ZseiException, PipelineException, InterruptedException {
        List<Future<Void>> all = List.of(running.submit(every(0, this::read)), running.submit(every(SEARCH_MS, round -> search(Index.Mode.HYBRID, round))),
            running.submit(every(SEARCH_MS, round -> search(Index.Mode.KEYWORD, round))), running.submit(every(QUESTION_MS, this::ask)));
        try {
            for (int ended = 0; ended < PIPELINES; ) {
                Future<Void> one = running.poll(1, TimeUnit.SECONDS);
                if (one != null) {
                    one.get();
                    ended++;
                }
                speaker.progress(seconds - Math.max(0, TimeUnit.NANOSECONDS.toSeconds(end - System.nanoTime())), seconds);
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case ZseiException cause -> throw cause;
                case PipelineException cause -> throw cause;
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            all.forEach(one -> one.cancel(true));
        }
        speaker.figure("active_readings", readings.get());
        speaker.figure("active_searches", searches.get());
        speaker.figure("active_questions", questions.get());
    }

    @FunctionalInterface
    private interface Work {
        void round(int number) throws Exception;
    }

    /** Again and again until the time is up; the next round begins so long after the beginning of the last, or when that has ended. */
    private Callable<Void> every(long ms, Work work) {
        return () -> {
            for (int round = 0; System.nanoTime() < end; round++) {
                long next = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
                work.round(round);
                TimeUnit.NANOSECONDS.sleep(Math.max(0, Math.min(next, end) - System.nanoTime()));
            }
            return null;
        };
    }

    private void read(int round) throws Exception {
        List<Path> folders;
        try (Stream<Path> listed = Files.list(project)) {
            folders = listed.sorted().toList();
        }
        services.get(Ingest.class).ingest(new Ingest.Request(List.of(folders.get(round % folders.size())), List.of(), List.of(), true), Progress.NONE);
        readings.incrementAndGet();
    }

    private void search(Index.Mode mode, int round) throws Exception {
        services.get(Index.class).query(new Index.Query(queries.get(round % queries.size()), mode, 10, Set.of()));
        searches.incrementAndGet();
    }

    private void ask(int round) throws Exception {
        services.get(Prompting.class).prompt(Quiet.question(queries.get(round % queries.size()), project), new Quiet());
        questions.incrementAndGet();
    }
}

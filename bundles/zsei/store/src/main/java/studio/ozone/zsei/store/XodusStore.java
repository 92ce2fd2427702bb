package studio.ozone.zsei.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

import jetbrains.exodus.ByteIterable;
import jetbrains.exodus.ExodusException;
import jetbrains.exodus.env.Transaction;

import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Commit;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.ZseiException;

/**
 * The store on Xodus.
 *
 * <p>Writing: {@link GroupCommit} hands a group of writes to {@link #commit}. They go into one exclusive transaction, one after
 * another; one that is refused leaves nothing in it. The transaction is flushed, which forces the log to disk; its end is noted as
 * acknowledged; the new {@link State} replaces the old; whoever follows the store is told, commit by commit; the writers return. If
 * the flush fails, Xodus cuts the log back to where it was, and every writer of the group is told why.
 *
 * <p>Reading: each call has a transaction of its own on the last flushed root, and never waits for a writer.
 *
 * <p>Closing waits for reads that are under way, at most {@link #CLOSE_MILLIS}; a scan ends early.
 */
final class XodusStore implements ContainerStore, AutoCloseable {

    private static final long CLOSE_MILLIS = 1500;
    /** Values that housekeeping takes at a time. */
    private static final int PAGE = 500;

    private volatile Database database;
    private final Clock clock;
    private final Consumer<Commit> follower;
    private final AtomicLong lastId;
    private final Figures figures;
    private final GroupCommit<Write> writers;
    private final ReadWriteLock life = new ReentrantReadWriteLock();
    private volatile State state;
    private volatile Tuning tuning;
    private volatile ZseiException broken;
    private volatile boolean closed;

    /**
     * @param follower told of each commit, in order, by the committing thread
     * @throws ZseiException STORE_UNAVAILABLE
     */
    static XodusStore open(Path folder, Clock clock, Consumer<Commit> follower) throws ZseiException {
        return open(folder, clock, follower, Tuning.DEFAULT, Figures.NONE, Alarm.ofTheJvm());
    }

    /**
     * @param follower told of each commit, in order, by the committing thread
     * @param alarm runs something later
     * @throws ZseiException STORE_UNAVAILABLE
     */
    static XodusStore open(Path folder, Clock clock, Consumer<Commit> follower, Tuning tuning, Figures figures, Alarm alarm)
            throws ZseiException {
        return new XodusStore(Database.open(folder, clock), clock, follower, tuning, figures, alarm);
    }

    XodusStore(Database database, Clock clock, Consumer<Commit> follower, Tuning tuning, Figures figures, Alarm alarm) throws ZseiException {
        this.database = database;
        this.clock = clock;
        this.follower = follower;
        this.figures = figures;
        this.tuning = tuning;
        this.writers = new GroupCommit<>(tuning.group(), this::commit, nanos -> alarm.after(nanos, this::flush));
        this.state = read(view -> database.state(view.transaction()));
        this.lastId = new AtomicLong(state.highestId);
    }

    @Override
    public long newId() {
        return lastId.incrementAndGet();
    }

    @Override
    public Optional<Container> get(long id) throws ZseiException {
        return read(view -> id == 0 ? Optional.of(view.root()) : Optional.ofNullable(view.stored(id)).map(Records.Stored::container));
    }

    @Override
    public Optional<Container> find(String source, String record) throws ZseiException {
        return read(view -> {
            long id = view.place(Keys.place(source, record));
            return id < 0 ? Optional.empty() : Optional.of(view.stored(id).container());
        });
    }

    @Override
    public List<Container> children(long id) throws ZseiException {
        return read(view -> view.children(id));
    }

    @Override
    public List<Long> ancestors(long id) throws ZseiException {
        return read(view -> {
            Records.Stored stored = view.stored(id);
            return stored == null ? List.of() : view.ancestors(stored.container());
        });
    }

    @Override
    public List<Relation> relations(long id) throws ZseiException {
        return read(view -> view.relations(id));
    }

    @Override
    public Commit apply(Changes changes) throws ZseiException {
        Write.OfChanges write = new Write.OfChanges(changes);
        submit(write, writers::submit);
        return write.result();
    }

    @Override
    public CompletableFuture<Commit> submit(Changes changes) {
        Write.OfChanges write = new Write.OfChanges(changes);
        try {
            submit(write, writers::later);
        } catch (ZseiException e) {
            return CompletableFuture.failedFuture(e);
        }
        return write.answer();
    }

    private void flush() {
        life.readLock().lock();
        try {
            writers.flush();
        } finally {
            life.readLock().unlock();
        }
    }

    /** For the writes from now on. */
    void tune(Tuning next) {
        tuning = next;
        writers.limits(next.group());
    }

    Tuning tuning() {
        return tuning;
    }

    @Override
    public long sequence() {
        return state.sequence;
    }

    @Override
    public ChangePage changesAfter(long after, int limit) throws ZseiException {
        if (after < 0 || limit < 1) {
            throw new ZseiException(ZseiException.Code.INVALID, "after is 0 or more and limit 1 or more, not " + after + " and " + limit);
        }
        return read(view -> view.changes(after, limit));
    }

    @Override
    public Optional<float[]> embedding(long id, String model) throws ZseiException {
        return read(view -> view.embedding(id, model));
    }

    @Override
    public void putEmbeddings(String model, Map<Long, float[]> vectors) throws ZseiException {
        if (!vectors.isEmpty()) {
            Write write = new Write.OfEmbeddings(model, vectors);
            submit(write, writers::submit);
            write.check();
        }
    }

    @Override
    public void scan(Consumer<Container> consumer) throws ZseiException {
        read(view -> {
            view.containers(container -> {
                consumer.accept(container);
                checkOpen();
            });
            return null;
        });
    }

    @Override
    public void scanRelations(Consumer<Relation> consumer) throws ZseiException {
        read(view -> {
            view.relations(relation -> {
                consumer.accept(relation);
                checkOpen();
            });
            return null;
        });
    }

    @Override
    public List<Version> history(long id) throws ZseiException {
        return read(view -> {
            Records.Stored present = id == 0 ? null : view.stored(id);
            if (present == null) {
                return List.of();
            }
            List<Version> all = new ArrayList<>();
            all.add(new Version(present.container(), view.relations(id), true));
            view.versions(id).reversed().forEach(kept -> all.add(kept.version()));
            return List.copyOf(all);
        });
    }

    @Override
    public Rollback rollback(long id, int version, boolean dryRun) throws ZseiException {
        if (dryRun) {
            return read(view -> {
                RollbackPlan back = RollbackPlan.of(view, id, version, tuning);
                new Edit(view, back.changes(), tuning).check();
                return back.planned();
            });
        }
        Write.OfRollback write = new Write.OfRollback(id, version);
        submit(write, writers::submit);
        return write.result();
    }

    /** What the limit leaves no room for. @param kept in all */
    record Surplus(long kept, long surplus) { }

    /**
     * Drops the versions for which the limit leaves no room, a page at a time, so that writers come in between.
     *
     * @throws CancellationException if the thread was interrupted
     */
    Surplus trim(boolean dryRun, Progress progress) throws ZseiException {
        long total = state.versions;
        long surplus = 0;
        long[] looked = new long[1];
        ByteIterable from = Keys.of(0);
        while (from != null) {
            progress.report("versions", looked[0], Math.max(total, looked[0]), "");
            ByteIterable start = from;
            List<ByteIterable> keys = new ArrayList<>();
            from = read(view -> view.page(view.database().versions, start, PAGE, (key, value) -> {
                looked[0]++;
                if (Versions.surplus(view, key, tuning.versions())) {
                    keys.add(key);
                }
            }));
            if (dryRun) {
                surplus += keys.size();
            } else if (!keys.isEmpty()) {
                Write.OfSurplus write = new Write.OfSurplus(keys);
                submit(write, writers::submit);
                write.check();
                surplus += write.dropped();
            }
            checkNotCancelled();
        }
        return new Surplus(total, surplus);
    }

    /**
     * What was written otherwise than it would be written now.
     *
     * @param bytes of the values concerned, before
     * @param anew and after
     */
    record Recoded(long values, long bytes, long anew) { }

    /**
     * Writes values anew that lack a checksum or are packed otherwise than the setting says, a page at a time.
     *
     * @throws CancellationException if the thread was interrupted
     */
    Recoded recode(boolean dryRun, Progress progress) throws ZseiException {
        long total = read(view -> {
            long all = 0;
            for (Recoding each : Recoding.values()) {
                all += each.tree(view.database()).count(view.transaction());
            }
            return all;
        });
        long[] sums = new long[4];
        for (Recoding each : Recoding.values()) {
            for (ByteIterable from = Keys.of(0); from != null;) {
                progress.report("records", sums[3], Math.max(total, sums[3]), each.tree(database).getName());
                ByteIterable start = from;
                List<ByteIterable> keys = new ArrayList<>();
                from = read(view -> view.page(each.tree(view.database()), start, PAGE, (key, value) -> {
                    sums[3]++;
                    ByteIterable anew = each.anewOrNull(key, value, tuning.codec());
                    if (anew != null && anew.compareTo(value) != 0) {
                        keys.add(key);
                        sums[1] += value.getLength();
                        sums[2] += anew.getLength();
                    }
                }));
                sums[0] += keys.size();
                if (!dryRun && !keys.isEmpty()) {
                    Write write = new Write.OfRecoding(each, keys);
                    submit(write, writers::submit);
                    write.check();
                }
                checkNotCancelled();
            }
        }
        return new Recoded(sums[0], sums[1], sums[2]);
    }

    private void checkNotCancelled() {
        checkOpen();
        if (Thread.interrupted()) {
            throw new CancellationException();
        }
    }

    /**
     * Compares the trees with each other, from one consistent view.
     *
     * @return entries looked at
     */
    long examine(Consumer<Fault> faults, Progress progress) throws ZseiException {
        return read(view -> new Examination(view, fault -> {
            checkOpen();
            faults.accept(fault);
        }, progress).run());
    }

    /** Mends, all in one commit. What is right meanwhile, by another repair or a write, is left alone. */
    void mend(List<Fault> mendable) throws ZseiException {
        Write.OfFixes write = new Write.OfFixes(mendable);
        submit(write, writers::submit);
        write.check();
    }

    @Override
    public void scanLinks(Links links) throws ZseiException {
        read(view -> {
            view.links(new Links() {
                @Override
                public void container(long id, long parent, int type, long updated) {
                    links.container(id, parent, type, updated);
                    checkOpen();
                }

                @Override
                public void edge(long from, int type, long to, double confidence) {
                    links.edge(from, type, to, confidence);
                    checkOpen();
                }
            });
            return null;
        });
    }

    @Override
    public Stats stats() throws ZseiException {
        State now = state;
        try {
            return new Stats(now.containers(), now.relations, database.bytes());
        } catch (IOException e) {
            throw Problems.of(e, database.folder);
        }
    }

    /** Versions that are kept, of all containers. */
    long versions() {
        return state.versions;
    }

    long containers() {
        return state.total();
    }

    /** Forced writes since it was opened. */
    long forced() {
        return database.forced();
    }

    /** Why the last write failed; null where it did not. */
    ZseiException broken() {
        return broken;
    }

    private void submit(Write write, Consumer<Write> way) throws ZseiException {
        life.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            way.accept(write);
        } catch (IllegalStateException e) {
            throw new ZseiException(ZseiException.Code.INVALID, e.getMessage(), e);
        } finally {
            life.readLock().unlock();
        }
    }

    private void commit(List<Write> batch) {
        try {
            State next = state.copy();
            Tuning tuned = tuning;
            boolean some = false;
            Transaction transaction = database.environment.beginExclusiveTransaction();
            try {
                View view = new View(database, transaction);
                Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
                for (Write write : batch) {
                    write.refuse(null); // it may be its second turn
                    try {
                        some |= write.write(view, next, now, tuned);
                    } catch (ZseiException e) {
                        write.refuse(e);
                    }
                }
                if (some) {
                    database.write(next, transaction);
                    database.flush(transaction);
                    database.acknowledge();
                    figures.committed(batch);
                }
            } finally {
                transaction.abort();
            }
            state = next;
            lastId.accumulateAndGet(next.highestId, Math::max);
            broken = null;
        } catch (Bytes.MalformedException e) {
            if (batch.size() > 1) { // who has nothing to do with the damaged record is not to suffer from it
                batch.forEach(write -> commit(List.of(write)));
            } else {
                batch.getFirst().refuse(Problems.of(e, database.folder));
            }
            return;
        } catch (RuntimeException | OutOfMemoryError e) {
            ZseiException problem = Problems.of(e, database.folder);
            broken = problem;
            batch.stream().filter(write -> !write.refused()).forEach(write -> write.refuse(problem));
            return;
        }
        batch.stream().map(Write::commit).filter(commit -> commit != null).forEach(follower);
    }

    private interface Reading<T> {
        T from(View view) throws ZseiException;
    }

    private <T> T read(Reading<T> reading) throws ZseiException {
        life.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            Database now = entered();
            try {
                Transaction transaction = now.environment.beginReadonlyTransaction();
                try {
                    return reading.from(new View(now, transaction));
                } finally {
                    transaction.abort();
                }
            } finally {
                now.leave();
            }
        } catch (ExodusException | Bytes.MalformedException e) {
            throw Problems.of(e, database.folder);
        } finally {
            life.readLock().unlock();
        }
    }

    private Database entered() {
        while (true) {
            Database now = database;
            if (now.enter()) {
                return now;
            }
        }
    }

    /** Longer work on one consistent view. */
    interface Viewing<T> {
        /** @param going throws where the store is being closed: to be called now and then */
        T of(View view, Runnable going) throws ZseiException, InterruptedException;
    }

    <T> T inView(Viewing<T> use) throws ZseiException, InterruptedException {
        try {
            return read(view -> {
                try {
                    return use.of(view, this::checkOpen);
                } catch (ZseiException | InterruptedException e) {
                    throw new Stopped(e);
                }
            });
        } catch (Stopped e) {
            if (e.getCause() instanceof InterruptedException interrupted) {
                throw interrupted;
            }
            throw (ZseiException) e.getCause();
        }
    }

    private static final class Stopped extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Stopped(Exception cause) {
            super(cause);
        }
    }

    /** Another database with its figures, ready to be the one of this store. */
    record Ready(Database database, State state) { }

    /** Makes another database ready, and makes it durable that it is the one from then on. */
    interface Change {
        /**
         * @param now what the store holds, and does hold while this runs: nobody writes
         * @param highestId the highest that anybody has been given
         */
        Ready of(View now, long highestId, Runnable going) throws ZseiException, InterruptedException;
    }

    /**
     * Takes another database in place of this one. Writers wait meanwhile. Who reads sees the old one to the end of the call, and is waited for
     * so long.
     *
     * @param told the last commit, before anybody else writes
     * @return true
     * @throws ZseiException if the change throws: all is as before
     */
    boolean replace(Change change, LongConsumer told, long millis) throws ZseiException, InterruptedException {
        life.readLock().lock();
        try {
            if (closed) {
                throw closed();
            }
            Database before = database;
            writers.alone(() -> {
                Ready ready = inView((view, going) -> change.of(view, lastId.get(), going));
                database = ready.database();
                state = ready.state();
                lastId.accumulateAndGet(state.highestId, Math::max);
                broken = null;
                told.accept(state.sequence);
            });
            before.retire(millis);
            if (closed) {
                database.close();
            }
            return true;
        } finally {
            life.readLock().unlock();
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new ExodusException(closed());
        }
    }

    private ZseiException closed() {
        return new ZseiException(ZseiException.Code.CLOSED, "The store in " + database.folder + " is closed");
    }

    @Override
    public void close() {
        closed = true;
        boolean alone = false;
        try {
            alone = life.writeLock().tryLock(CLOSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try {
            writers.flush();
            database.environment.getEnvironmentConfig().setEnvCloseForcedly(!alone);
            database.close();
        } finally {
            writers.flush(); // what came meanwhile is told that the store is closed
            if (alone) {
                life.writeLock().unlock();
            }
        }
    }
}

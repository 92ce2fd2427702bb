package studio.ozone.zsei.backup;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.care.Backups;
import studio.ozone.api.care.CareException;
import studio.ozone.api.config.Settings;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Snapshots;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.files.DurableFile;

/**
 * Backups in folders. One is made of a copy of the store's trees, the canonical export of the same state, and the settings; all of it is hashed
 * and named in the manifest, and the folder gets its name last.
 */
@Component(service = { Backups.class, LocalBackups.class })
public final class LocalBackups implements Backups {

    static final String STORE = "store";
    static final String EXPORT = "export.jsonl.gz";
    static final String SETTINGS = "settings.toml";
    private static final String SCRATCH = ".verify-";
    static final String SCHEDULED = "-scheduled";
    private static final long SPARE_BYTES = 16L << 20;
    private static final Logger LOG = LoggerFactory.getLogger(LocalBackups.class);

    private final Snapshots snapshots;
    private final Workers workers;
    private final Supplier<String> settings;
    private final Path data;
    private final InstantSource clock;
    private final ReentrantLock working = new ReentrantLock();

    @Activate
    public LocalBackups(@Reference Snapshots snapshots, @Reference Settings settings, @Reference Workers workers, BundleContext context) {
        this(snapshots, settings::export, workers, Path.of(context.getProperty("ozone.data")), InstantSource.system());
    }

    LocalBackups(Snapshots snapshots, Supplier<String> settings, Workers workers, Path data, InstantSource clock) {
        this.snapshots = snapshots;
        this.settings = settings;
        this.workers = workers;
        this.data = data;
        this.clock = clock;
    }

    private interface Work<R> {
        R run() throws IOException, ZseiException, CareException, InterruptedException;
    }

    /** One at a time, counted as work of this bundle; what goes wrong is said in one way. */
    private <R> R alone(String failed, Work<R> work) throws CareException, InterruptedException {
        if (!working.tryLock()) {
            throw new CareException("A backup, a restore or a check of one is under way already: wait for its end, or cancel it");
        }
        try (Workers.Working counted = workers.working()) {
            return work.run();
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw new InterruptedException();
        } catch (IOException e) {
            throw new CareException(failed + ": " + Home.reason(e), e);
        } catch (ZseiException e) {
            throw new CareException(failed + ": " + e.getMessage(), e);
        } finally {
            working.unlock();
        }
    }

    @Override
    public Backup create(Path to, Progress progress) throws CareException, InterruptedException {
        return create(to, false, progress);
    }

    Backup create(Path to, boolean scheduled, Progress progress) throws CareException, InterruptedException {
        return alone("The backup was not taken, and nothing is left of it", () -> {
            Home home = home(to);
            Instant created = clock.instant().truncatedTo(ChronoUnit.MILLIS);
            Path folder = home.make(created, scheduled ? SCHEDULED : "", aside -> {
                try {
                    return snapshots.now(snapshot -> fill(aside, created, scheduled, snapshot, progress));
                } catch (ZseiException e) {
                    throw new CareException("The backup was not taken, and nothing is left of it: " + e.getMessage(), e);
                }
            });
            return shown(folder);
        });
    }

    private Manifest fill(Path aside, Instant created, boolean scheduled, Snapshots.Snapshot snapshot, Progress progress)
            throws IOException, ZseiException, InterruptedException {
        Snapshots.Totals totals = snapshot.totals();
        room(aside, totals.bytes() + totals.bytes() / 2 + SPARE_BYTES);
        Path store = Files.createDirectory(aside.resolve(STORE), PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        snapshot.copy(store, progress);
        export(aside.resolve(EXPORT), snapshot, progress);
        DurableFile.write(aside.resolve(SETTINGS), settings.get());
        Digest vectors = vectors(snapshot, progress);
        List<Manifest.Entry> entries = new ArrayList<>();
        try (Stream<Path> files = Files.walk(aside)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
                entries.add(new Manifest.Entry(aside.relativize(file).toString(), Files.size(file), Digest.of(file, read -> { })));
            }
        }
        Manifest manifest = new Manifest(created, scheduled, totals.sequence(), totals.containersInAll(), totals.relations(), totals.embeddings(),
                vectors.text(), List.copyOf(entries));
        manifest.write(aside);
        return manifest;
    }

    private static void room(Path folder, long needed) throws IOException {
        FileStore disk = Files.getFileStore(folder);
        if (disk.getUsableSpace() < needed) {
            throw new IOException("it may need " + (needed >> 20) + " MiB on the disk that holds " + folder.getParent() + ", and "
                    + (disk.getUsableSpace() >> 20) + " MiB are free. Free some space, or name a folder on another disk");
        }
    }

    private static void export(Path file, Snapshots.Snapshot snapshot, Progress progress) throws IOException, ZseiException, InterruptedException {
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
                BufferedWriter writer = new BufferedWriter(new OutputStreamWriter(new GZIPOutputStream(out, 1 << 16), StandardCharsets.UTF_8), 1 << 16)) {
            new Export(line -> {
                writer.write(line);
                writer.write('\n');
            }, Export.Selection.ALL, false, progress).run(snapshot);
        }
        try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
            written.force(true);
        }
    }

    private static Digest vectors(Snapshots.Snapshot snapshot, Progress progress) throws IOException, ZseiException, InterruptedException {
        Digest digest = new Digest();
        long total = snapshot.totals().embeddings();
        long[] done = new long[1];
        snapshot.embeddings(embedding -> {
            digest.add(embedding);
            progress.report("hashing", ++done[0], total, "");
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        });
        return digest;
    }

    private Home home(Path folder) {
        return new Home(folder == null ? data.resolve("backups") : folder);
    }

    private Backup shown(Path folder) {
        String name = folder.getFileName().toString();
        try {
            Manifest manifest = Manifest.read(folder);
            return new Backup(name, folder, manifest.created(), manifest.scheduled(), manifest.sequence(), manifest.containers(), manifest.relations(),
                    manifest.embeddings(), manifest.bytes(), null);
        } catch (IOException e) {
            return unusable(name, folder, Home.reason(e));
        } catch (Manifest.UnusableException e) {
            return unusable(name, folder, e.getMessage());
        }
    }

    private static Backup unusable(String name, Path folder, String why) {
        return new Backup(name, folder, null, false, 0, 0, 0, 0, 0, why);
    }

    @Override
    public List<Backup> list(Path in) throws CareException {
        return home(in).backups().stream().map(this::shown).toList();
    }

    private Path find(String name) throws CareException {
        try {
            Path folder = name.contains("/") ? Path.of(name) : home(null).folder().resolve(name);
            if (!name.isEmpty() && !name.equals(".") && !name.equals("..") && Files.isDirectory(folder) && Files.exists(folder.resolve(Manifest.FILE))) {
                return folder;
            }
        } catch (InvalidPathException e) {
            LOG.debug("Not a name: {}", name, e);
        }
        List<String> there = list(null).stream().map(Backup::name).toList();
        throw new CareException("There is no backup '" + name + "'. " + (there.isEmpty() ? "There is none in " + home(null).folder()
                : "In " + home(null).folder() + " there are " + String.join(", ", there)) + ". One elsewhere is named by the path of its folder");
    }

    private static Manifest manifest(Path folder) throws IOException, CareException {
        try {
            return Manifest.read(folder);
        } catch (Manifest.UnusableException e) {
            throw new CareException("The backup " + folder + " cannot be used: " + e.getMessage(), e);
        }
    }

    @Override
    public Verified verify(String name, Progress progress) throws CareException, InterruptedException {
        return alone("The backup could not be verified", () -> {
            long began = System.nanoTime();
            Path folder = find(name);
            Manifest manifest;
            try {
                manifest = Manifest.read(folder);
            } catch (Manifest.UnusableException e) {
                return new Verified(shown(folder), List.of(e.getMessage()), 0, (System.nanoTime() - began) / 1e9);
            }
            List<String> wrong = new ArrayList<>(Whole.wrong(folder, manifest, progress));
            if (wrong.isEmpty()) {
                wrong.addAll(restored(folder, manifest, progress));
            }
            return new Verified(shown(folder), List.copyOf(wrong), manifest.files().size(), (System.nanoTime() - began) / 1e9);
        });
    }

    /** Restores into a place aside, and compares with the export. */
    private List<String> restored(Path folder, Manifest manifest, Progress progress) throws IOException, CareException, InterruptedException {
        Path aside = Files.createDirectories(home(null).folder());
        try (Stream<Path> left = Files.list(aside)) {
            for (Path each : left.filter(entry -> entry.getFileName().toString().startsWith(SCRATCH)).toList()) {
                Home.delete(each); // by one that was killed: nobody else is at work here
            }
        }
        Path scratch = Files.createTempDirectory(aside, SCRATCH);
        try {
            long store = manifest.files().stream().filter(entry -> entry.path().startsWith(STORE + "/")).mapToLong(Manifest.Entry::bytes).sum();
            room(scratch, store + SPARE_BYTES);
            for (Manifest.Entry entry : manifest.files()) {
                if (entry.path().startsWith(STORE + "/")) {
                    Files.copy(folder.resolve(entry.path()), scratch.resolve(Path.of(entry.path()).getFileName()));
                }
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
            }
            return snapshots.of(scratch, snapshot -> compare(folder, manifest, snapshot, progress));
        } catch (ZseiException e) {
            return List.of("it cannot be restored: " + e.getMessage());
        } finally {
            Home.delete(scratch);
        }
    }

    private static List<String> compare(Path folder, Manifest manifest, Snapshots.Snapshot snapshot, Progress progress)
            throws IOException, ZseiException, InterruptedException {
        List<String> wrong = new ArrayList<>();
        Snapshots.Totals totals = snapshot.totals();
        if (totals.sequence() != manifest.sequence() || totals.containersInAll() != manifest.containers() || totals.relations() != manifest.relations()
                || totals.embeddings() != manifest.embeddings()) {
            wrong.add("the restored store counts " + totals.containersInAll() + " containers, " + totals.relations() + " edges, " + totals.embeddings()
                    + " vectors, last commit " + totals.sequence() + "; the manifest says " + manifest.containers() + ", " + manifest.relations() + ", "
                    + manifest.embeddings() + ", " + manifest.sequence());
        }
        try (InputStream in = Files.newInputStream(folder.resolve(EXPORT));
                BufferedReader expected = new BufferedReader(new InputStreamReader(new GZIPInputStream(in, 1 << 16), StandardCharsets.UTF_8))) {
            Comparison comparison = new Comparison(expected);
            new Export(comparison, Export.Selection.ALL, false, progress).run(snapshot);
            wrong.addAll(comparison.end());
        }
        if (!vectors(snapshot, progress).text().equals(manifest.embeddingsSha256())) {
            wrong.add("vectors of the restored store are not those of the backup");
        }
        return wrong;
    }

    @Override
    public Backup remove(String name) throws CareException {
        try {
            return alone("The backup was not removed as a whole", () -> {
                Path folder = find(name);
                Backup backup = shown(folder);
                try (Stream<Path> entries = Files.list(folder)) {
                    List<String> foreign = entries.map(entry -> entry.getFileName().toString())
                            .filter(file -> !List.of(STORE, EXPORT, SETTINGS, Manifest.FILE, Manifest.CHECKSUM).contains(file)).sorted().toList();
                    if (!foreign.isEmpty()) {
                        throw new CareException("Nothing was removed: in " + folder + " there is something that belongs to no backup: "
                                + String.join(", ", foreign));
                    }
                }
                // From the first step on it is no backup any more: what a kill leaves is removed by the next one that is taken.
                Path parted = folder.resolveSibling("." + folder.getFileName() + ".part");
                Files.move(folder, parted);
                Home.delete(parted);
                return backup;
            });
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CareException("The removal was interrupted: the next backup ends it", e);
        }
    }

    @Override
    public Restored restore(String name, boolean dryRun, Progress progress) throws CareException, InterruptedException {
        return alone("Nothing was restored, and what was there is as it was", () -> {
            long began = System.nanoTime();
            Path folder = find(name);
            Manifest manifest = manifest(folder);
            List<String> wrong = Whole.wrong(folder, manifest, progress);
            if (!wrong.isEmpty()) {
                throw new CareException("Nothing was restored, and what was there is as it was. The backup " + folder + " is damaged: " + String.join("; ", wrong)
                        + ". Take another one" + (wrong.stream().anyMatch(one -> one.startsWith(EXPORT)) ? "" : ", or import its " + EXPORT));
            }
            return restored(shown(folder), dryRun, snapshots.replace(folder.resolve(STORE), dryRun, progress), began);
        });
    }

    private static Restored restored(Backup backup, boolean dryRun, Snapshots.Replaced replaced, long began) {
        Snapshots.Totals totals = replaced.totals();
        if (!dryRun) {
            LOG.info("{}: {} containers changed, {} gone", backup == null ? "The last restore was undone" : "The backup " + backup.folder() + " was restored",
                    replaced.changed(), replaced.gone());
        }
        return new Restored(backup, dryRun, totals.containersInAll(), totals.relations(), replaced.changed(), replaced.gone(), replaced.sequence(),
                (System.nanoTime() - began) / 1e9);
    }

    @Override
    public Optional<Before> before() throws CareException {
        try {
            return snapshots.before().map(before -> new Before(before.replaced(), before.bytes()));
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }

    @Override
    public Restored undo(boolean dryRun, Progress progress) throws CareException, InterruptedException {
        return alone("Nothing was undone, and what is there is as it was", () -> {
            long began = System.nanoTime();
            return restored(null, dryRun, snapshots.undo(dryRun, progress), began);
        });
    }

    @Override
    public void forget() throws CareException {
        try {
            snapshots.forget();
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }
}

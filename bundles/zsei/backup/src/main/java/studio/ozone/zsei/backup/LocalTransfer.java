package studio.ozone.zsei.backup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Transfer;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Snapshots;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.files.DurableFile;

/** Export and import of the store. */
@Component(service = Transfer.class)
public final class LocalTransfer implements Transfer {

    private static final String PACKED = ".gz";
    private static final String ASIDE = ".part";
    private static final int BUFFER_BYTES = 1 << 16;

    private final ContainerStore store;
    private final Snapshots snapshots;
    private final Workers workers;

    @Activate
    public LocalTransfer(@Reference ContainerStore store, @Reference Snapshots snapshots, @Reference Workers workers) {
        this.store = store;
        this.snapshots = snapshots;
        this.workers = workers;
    }

    @Override
    public Exported export(OutputStream to, What what, Progress progress) throws CareException, InterruptedException {
        try (Workers.Working working = workers.working()) {
            return write(to, what, progress);
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw new InterruptedException();
        } catch (IOException e) {
            throw new CareException("The export could not be written to its end: " + Home.reason(e), e);
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
    }

    private Exported write(OutputStream to, What what, Progress progress) throws IOException, ZseiException, InterruptedException {
        return snapshots.now(snapshot -> {
            Export.Selection selection = what.only().isEmpty() ? Export.Selection.ALL : Below.of(snapshot, what.only());
            OutputStream out = new BufferedOutputStream(to, BUFFER_BYTES);
            Export export = new Export(Export.to(out), selection, what.embeddings(), progress);
            export.run(snapshot);
            out.flush();
            return new Exported(export.containers(), export.relations(), export.embeddings());
        });
    }

    @Override
    public Exported export(Path file, What what, Progress progress) throws CareException, InterruptedException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null || Files.isDirectory(file) || !Files.isDirectory(folder)) {
            throw new CareException("Nothing was written to " + file + ": " + (folder == null || Files.isDirectory(file)
                ? "that is a folder. Name a file in it" : "there is no folder " + folder + ". Make it first"));
        }
        Path aside = folder.resolve(file.getFileName() + ASIDE);
        boolean whole = false;
        try (Workers.Working working = workers.working()) {
            Files.deleteIfExists(aside);
            Exported exported;
            try (FileChannel channel = FileChannel.open(aside, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
                    OutputStream out = Channels.newOutputStream(channel)) {
                if (file.getFileName().toString().endsWith(PACKED)) {
                    GZIPOutputStream packed = new GZIPOutputStream(out, BUFFER_BYTES);
                    exported = write(packed, what, progress);
                    packed.finish();
                } else {
                    exported = write(out, what, progress);
                }
                channel.force(true);
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            whole = true;
            DurableFile.sync(folder);
            return exported;
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw new InterruptedException();
        } catch (IOException e) {
            throw new CareException("Nothing was written to " + file + ": " + Home.reason(e), e);
        } catch (ZseiException e) {
            throw new CareException("Nothing was written to " + file + ": " + e.getMessage(), e);
        } finally {
            if (!whole) {
                remove(aside);
            }
        }
    }

    private static void remove(Path aside) throws CareException {
        try {
            Files.deleteIfExists(aside);
        } catch (IOException e) {
            throw new CareException(aside + " is left over and cannot be removed: " + Home.reason(e), e);
        }
    }

    @Override
    public Imported take(Path file, boolean dryRun, Progress progress) throws CareException, InterruptedException {
        Checked checked;
        try (Workers.Working working = workers.working()) {
            try {
                checked = Checked.of(file, progress);
            } catch (IOException e) {
                throw new CareException("Nothing was written. " + file + " cannot be read: " + Home.reason(e), e);
            }
            return new Import(store, file, checked, dryRun, progress).run();
        } catch (ClosedByInterruptException e) {
            Thread.interrupted();
            throw new InterruptedException();
        } catch (Lines.BadLineException e) {
            throw new CareException(e.getMessage(), e);
        } catch (IOException | ZseiException e) {
            String why = e instanceof IOException io ? Home.reason(io) : e.getMessage();
            throw new CareException("The import of " + file + " came to no end: " + why + ". What is written stays; do the same again to go on", e);
        }
    }
}

package studio.ozone.pipeline.ingest.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.care.CareException;
import studio.ozone.api.care.Inspection;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ZseiException;

/**
 * Compares the files that were read with what they hold now, by the hash that was kept when they were read. That a file changed is no
 * damage: it is read again by an ingest, not by a repair.
 */
@Component(service = Inspection.class, property = "service.ranking:Integer=-100")
public final class FilesInspection implements Inspection {

    private final ContainerStore store;

    /** A file as it was when it was read. */
    private record Known(long container, Path file, String hash) { }

    @Activate
    public FilesInspection(@Reference ContainerStore store) {
        this.store = store;
    }

    @Override
    public String name() {
        return "files";
    }

    @Override
    public long inspect(Consumer<Finding> findings, Progress progress) throws CareException, InterruptedException {
        List<Known> files = new ArrayList<>();
        try {
            // Not while the scan runs: it holds on to one state of the store.
            store.scan(container -> {
                String hash = container.attributes().get(Writer.FILE_HASH);
                if (hash != null && container.source() != null) {
                    files.add(new Known(container.id(), Path.of(container.source()), hash));
                }
            });
        } catch (ZseiException e) {
            throw new CareException(e.getMessage(), e);
        }
        long done = 0;
        for (Known known : files) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            progress.report("files", done++, files.size(), known.file().getFileName().toString());
            look(known, findings);
        }
        return files.size();
    }

    private static void look(Known known, Consumer<Finding> findings) {
        try {
            if (!Files.exists(known.file())) {
                findings.accept(new Finding(Kind.SOURCE_GONE, known.container(), known.file() + " is not there any more; ingest its folder, and it is forgotten", false));
            } else if (!Hashes.of(known.file()).equals(known.hash())) {
                findings.accept(new Finding(Kind.SOURCE_CHANGED, known.container(), known.file() + " has changed since it was read; ingest it again", false));
            }
        } catch (IOException e) {
            findings.accept(new Finding(Kind.SOURCE_GONE, known.container(), known.file() + " cannot be read: " + e.getMessage(), false));
        }
    }

    @Override
    public int repair(Collection<Finding> findings, Progress progress) {
        return 0;
    }
}

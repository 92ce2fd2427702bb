package studio.ozone.pipeline.ingest.internal;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.care.Inspection.Finding;
import studio.ozone.api.care.Inspection.Kind;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.zsei.store.kit.MemoryStore;

import static org.junit.Assert.assertEquals;

public class FilesInspectionTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private final MemoryStore store = new MemoryStore();

    @Test
    public void tellsFilesThatChangedOrWentFromThoseThatAreAsTheyWere() throws Exception {
        file("same.md", "as it was");
        long changed = file("changed.md", "as it was");
        long gone = file("gone.md", "as it was");
        Files.writeString(path("changed.md"), "as it is now");
        Files.delete(path("gone.md"));
        List<Finding> found = new ArrayList<>();

        long looked = new FilesInspection(store).inspect(found::add, Progress.NONE);

        assertEquals(3, looked);
        assertEquals(Map.of(changed, Kind.SOURCE_CHANGED, gone, Kind.SOURCE_GONE),
                Map.of(found.get(0).container(), found.get(0).kind(), found.get(1).container(), found.get(1).kind()));
        assertEquals(2, found.size());
    }

    private Path path(String name) {
        return folder.getRoot().toPath().resolve(name);
    }

    private long file(String name, String text) throws Exception {
        Files.writeString(path(name), text);
        long id = store.newId();
        store.apply(new Changes().put(Container.of(id, 0, ContainerType.DOCUMENT, name, path(name).toString(), null, 0, text.length(), null,
                Map.of(Writer.FILE_HASH, Hashes.of(path(name))))));
        return id;
    }
}

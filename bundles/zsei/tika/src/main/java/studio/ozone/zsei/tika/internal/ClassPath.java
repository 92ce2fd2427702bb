package studio.ozone.zsei.tika.internal;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

import org.osgi.framework.Bundle;

/** Lays the reader's libraries and classes out as files, once for each version of the bundle. */
final class ClassPath {

    private static final String LIBRARIES = "/reader";
    private static final String CLASSES = "/studio/ozone/zsei/tika/reader";

    private ClassPath() {
    }

    /** @param folder in the bundle's own data area */
    static String of(Bundle bundle, Path folder) throws IOException {
        Path libraries = Files.createDirectories(folder.resolve("lib-" + bundle.getLastModified()));
        Path classes = libraries.resolve("classes");
        List<String> path = new ArrayList<>();
        path.add(classes.toString());
        for (URL library : Collections.list(bundle.findEntries(LIBRARIES, "*.jar", false))) {
            path.add(copy(library, libraries.resolve(name(library))).toString());
        }
        Path own = Files.createDirectories(classes.resolve(CLASSES.substring(1)));
        for (URL type : Collections.list(bundle.findEntries(CLASSES, "*.class", false))) {
            copy(type, own.resolve(name(type)));
        }
        return String.join(File.pathSeparator, path);
    }

    private static String name(URL entry) {
        return entry.getPath().substring(entry.getPath().lastIndexOf('/') + 1);
    }

    private static Path copy(URL from, Path to) throws IOException {
        if (!Files.exists(to)) {
            Path part = to.resolveSibling(to.getFileName() + ".part");
            try (InputStream in = from.openStream()) {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            }
            Files.move(part, to, StandardCopyOption.ATOMIC_MOVE);
        }
        return to;
    }
}

package studio.ozone.config;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.Manifest;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import studio.ozone.api.capability.Toggle;

/**
 * What the bundles of this project say of their keys. They are read as they were built, from the class path.
 *
 * @param bundles symbolic names
 * @param described keys with a metatype
 * @param toggles keys that switch a bundle
 * @param components by name the PIDs that a component reads, in their order; only components that read several
 */
record Reactor(List<String> bundles, List<Key> described, List<Key> toggles, Map<String, List<String>> components) {

    private static final Pattern SWITCH = Pattern.compile(Toggle.NAMESPACE + ";([^,]*)");
    private static final Pattern PIDS = Pattern.compile("<scr:component [^>]*name=\"([^\"]+)\"[^>]*configuration-pid=\"(\\S+ [^\"]+)\"");
    private static final Pattern ATTRIBUTE = Pattern.compile("(\\w+)=\"?([^;\"]*)\"?");

    static Reactor read() throws IOException {
        Reactor all = new Reactor(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new TreeMap<>());
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            Path path = Path.of(entry);
            if (Files.isDirectory(path)) {
                all.add(path);
            } else if (Files.isRegularFile(path) && path.getFileName().toString().startsWith("ozone-")) {
                try (FileSystem jar = FileSystems.newFileSystem(path)) {
                    all.add(jar.getPath("/"));
                }
            }
        }
        return all;
    }

    private void add(Path root) throws IOException {
        Path manifest = root.resolve("META-INF/MANIFEST.MF");
        if (!Files.exists(manifest)) {
            return;
        }
        String name;
        String provided;
        try (InputStream in = Files.newInputStream(manifest)) {
            Manifest headers = new Manifest(in);
            name = headers.getMainAttributes().getValue("Bundle-SymbolicName");
            provided = headers.getMainAttributes().getValue("Provide-Capability");
        }
        if (name == null || !name.startsWith("studio.ozone.")) {
            return;
        }
        bundles.add(name);
        Matcher found = SWITCH.matcher(provided == null ? "" : provided);
        while (found.find()) {
            TreeMap<String, String> attributes = new TreeMap<>();
            Matcher attribute = ATTRIBUTE.matcher(found.group(1));
            while (attribute.find()) {
                attributes.put(attribute.group(1), attribute.group(2));
            }
            toggles.add(new Key(Keys.full(attributes.get("pid"), attributes.get("key")), Key.Type.BOOLEAN, false,
                Boolean.valueOf(attributes.get("default")), null, null, List.of(), "Whether " + name + " runs.", name));
        }
        Path declared = root.resolve("OSGI-INF");
        if (Files.isDirectory(declared)) {
            try (Stream<Path> files = Files.list(declared)) {
                files.filter(file -> file.toString().endsWith(".xml")).forEach(this::pids);
            }
        }
        Path metatype = root.resolve("OSGI-INF/metatype");
        if (Files.isDirectory(metatype)) {
            try (Stream<Path> files = Files.list(metatype)) {
                files.sorted().forEach(file -> described.addAll(keys(file, name)));
            }
        }
    }

    private void pids(Path component) {
        try {
            Matcher found = PIDS.matcher(Files.readString(component));
            if (found.find()) {
                components.put(found.group(1), List.of(found.group(2).split(" ")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<Key> keys(Path file, String bundle) {
        try (InputStream xml = Files.newInputStream(file)) {
            return MetatypeXml.read(xml, bundle);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The keys that some bundle reads, by name; the metatype's where there is one. */
    TreeMap<String, Key> keys() {
        TreeMap<String, Key> read = new TreeMap<>();
        toggles.forEach(key -> read.put(key.name(), key));
        described.forEach(key -> read.put(key.name(), key));
        return read;
    }
}

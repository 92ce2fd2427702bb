package studio.ozone.pipeline.ingest.internal;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;

import studio.ozone.api.pipeline.Ingest.Failure;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;

/**
 * What is read of a named folder. Left out are: what {@code .gitignore} leaves out; names that begin with a dot; {@code node_modules},
 * {@code target}, {@code __pycache__}; {@code build}, {@code dist}, {@code out}, {@code bin}, {@code obj} beside a build file; folders
 * with a {@code CACHEDIR.TAG} or {@code pyvenv.cfg}; files that are no text of a known kind. An include pattern that begins with the dotted
 * name takes it in. A link is followed where its target lies
 * in the named folder and is not read at its own place anyway; one that leads elsewhere is listed as a failure.
 */
final class Selection {

    private static final Set<String> NEVER = Set.of("node_modules", "target", "__pycache__");
    private static final Set<String> OUTPUT = Set.of("build", "dist", "out", "bin", "obj");
    private static final List<String> MARKS = List.of("CACHEDIR.TAG", "pyvenv.cfg");
    private static final Pattern BUILD_FILE = Pattern.compile("pom\\.xml|build\\.(gradle|gradle\\.kts|sbt|xml|zig)|settings\\.gradle(\\.kts)?"
            + "|package\\.json|CMakeLists\\.txt|Makefile|meson\\.build|setup\\.py|pyproject\\.toml|Cargo\\.toml|go\\.mod|.*\\.(csproj|sln|fsproj)");

    private record Folder(Path path, GitIgnore ignore) { }

    private final Path root;
    private final Sources sources;
    private final List<String> globs;
    private final List<Pattern> include;
    private final List<Pattern> exclude;
    private final IntConsumer found;
    private final Path realRoot;
    private final List<Path> files = new ArrayList<>();
    private final List<Failure> failures = new ArrayList<>();
    private final Set<Path> seenFolders = new HashSet<>();
    private final Set<Path> seenFiles = new HashSet<>();
    private final List<Path> links = new ArrayList<>();

    /** @param found told how many files there are so far */
    Selection(Path root, List<String> include, List<String> exclude, Sources sources, IntConsumer found) throws IOException {
        this.root = root;
        this.sources = sources;
        this.globs = include;
        this.include = patterns(include);
        this.exclude = patterns(exclude);
        this.found = found;
        this.realRoot = root.toRealPath();
    }

    /** @throws IllegalArgumentException for a pattern that is none; names it */
    static void check(List<String> globs) {
        patterns(globs);
    }

    /** A pattern without a slash matches in every folder; one that names a folder, all below it. */
    private static List<Pattern> patterns(List<String> globs) {
        List<Pattern> patterns = new ArrayList<>();
        for (String glob : globs) {
            if (glob.isBlank()) {
                throw new IllegalArgumentException("An empty path pattern matches nothing");
            }
            String path = glob.endsWith("/") ? glob.substring(0, glob.length() - 1) : glob;
            String anchored = path.startsWith("/") ? path.substring(1) : path.contains("/") ? path : "**/" + path;
            patterns.add(Glob.compile(anchored));
            patterns.add(Glob.compile(anchored + "/**"));
        }
        return List.copyOf(patterns);
    }

    List<Path> files() {
        return files;
    }

    List<Failure> failures() {
        return failures;
    }

    Selection scan() throws InterruptedException {
        try {
            walk(root, GitIgnore.upFrom(root));
        } catch (IOException e) {
            fail(root, e.toString());
        }
        for (Path link : links.stream().sorted().toList()) {
            follow(link);
        }
        Collections.sort(files);
        return this;
    }

    private void walk(Path from, GitIgnore rules) throws InterruptedException {
        Deque<Folder> open = new ArrayDeque<>();
        open.push(new Folder(from, rules));
        while (!open.isEmpty()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Folder folder = open.pop();
            try {
                if (!seenFolders.add(folder.path().toRealPath())) {
                    continue;
                }
                list(folder, open);
            } catch (IOException e) {
                fail(folder.path(), "the folder cannot be read: " + reason(e));
            }
        }
    }

    private void list(Folder folder, Deque<Folder> open) throws IOException {
        List<Path> entries = new ArrayList<>();
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder.path())) {
            stream.forEach(entries::add);
        } catch (java.nio.file.DirectoryIteratorException e) {
            throw e.getCause();
        }
        boolean builds = entries.stream().anyMatch(entry -> BUILD_FILE.matcher(entry.getFileName().toString()).matches());
        for (Path entry : entries) {
            BasicFileAttributes attributes = Files.readAttributes(entry, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
            if (leftOut(entry, attributes.isDirectory(), folder.ignore(), builds)) {
                continue;
            }
            if (attributes.isSymbolicLink()) {
                links.add(entry);
            } else if (attributes.isDirectory()) {
                if (MARKS.stream().noneMatch(mark -> Files.exists(entry.resolve(mark)))) {
                    open.push(new Folder(entry, GitIgnore.below(folder.ignore(), entry)));
                }
            } else if (attributes.isRegularFile()) {
                offer(entry);
            }
        }
    }

    private boolean leftOut(Path entry, boolean isFolder, GitIgnore ignore, boolean builds) {
        String name = entry.getFileName().toString();
        if (isFolder && (NEVER.contains(name) || builds && OUTPUT.contains(name)) || ignore != null && ignore.ignores(entry, isFolder)) {
            return true;
        }
        String relative = root.relativize(entry).toString().replace('\\', '/');
        boolean wanted = include.stream().anyMatch(pattern -> pattern.matcher(relative).matches());
        boolean named = wanted || isFolder && globs.stream().anyMatch(glob -> glob.startsWith(relative + "/"));
        if (name.startsWith(".") && !named || exclude.stream().anyMatch(pattern -> pattern.matcher(relative).matches())) {
            return true;
        }
        return !isFolder && !include.isEmpty() && !wanted && !Files.isDirectory(entry);
    }

    private void offer(Path file) {
        try {
            if (sources.readable(file) && seenFiles.add(file.toRealPath())) {
                files.add(file);
                found.accept(files.size());
            }
        } catch (SourceException e) {
            fail(file, Run.withoutPath(e.getMessage(), file));
        } catch (IOException e) {
            fail(file, reason(e));
        }
    }

    private void follow(Path link) throws InterruptedException {
        Path target;
        try {
            target = link.toRealPath();
        } catch (IOException e) {
            fail(link, "the symbolic link leads nowhere");
            return;
        }
        if (!target.startsWith(realRoot)) {
            fail(link, "the symbolic link leads to " + target + ", outside of " + root + ": not followed. Name the target to read it");
        } else if (Files.isDirectory(target)) {
            int before = links.size();
            try {
                walk(link, GitIgnore.upFrom(link));
            } catch (IOException e) {
                fail(link, reason(e));
            }
            List<Path> further = new ArrayList<>(links.subList(before, links.size()));
            links.subList(before, links.size()).clear();
            for (Path each : further) {
                follow(each);
            }
        } else if (!seenFiles.contains(target) && Files.isRegularFile(target)) {
            offer(link);
        }
    }

    private void fail(Path path, String reason) {
        failures.add(new Failure(path.toString(), reason));
    }

    private static String reason(IOException e) {
        return e instanceof java.nio.file.AccessDeniedException ? "permission denied" : String.valueOf(e.getMessage());
    }
}

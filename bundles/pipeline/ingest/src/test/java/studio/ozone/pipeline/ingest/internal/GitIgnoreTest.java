package studio.ozone.pipeline.ingest.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

import org.junit.Assume;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

public class GitIgnoreTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private static boolean ignored(String rules, String path) {
        boolean isFolder = path.endsWith("/");
        Path root = Path.of("/repo");
        return GitIgnore.of(root, rules, null).ignores(root.resolve(path), isFolder);
    }

    @Test
    public void understandsTheManual() {
        assertTrue(ignored("*.log", "a/b/c.log"));
        assertFalse(ignored("*.log\n!keep.log", "a/keep.log"));
        assertTrue(ignored("/top.txt", "top.txt"));
        assertFalse(ignored("/top.txt", "a/top.txt"));
        assertTrue(ignored("doc/*.txt", "doc/a.txt"));
        assertFalse(ignored("doc/*.txt", "x/doc/a.txt"));
        assertFalse(ignored("doc/*.txt", "doc/sub/a.txt"));
        assertTrue(ignored("**/foo/bar", "x/y/foo/bar"));
        assertTrue(ignored("a/**/b", "a/b"));
        assertTrue(ignored("a/**/b", "a/x/y/b"));
        assertTrue(ignored("abc/**", "abc/x/y"));
        assertFalse(ignored("abc/**", "abc/"));
        assertTrue(ignored("frotz/", "a/frotz/"));
        assertFalse(ignored("frotz/", "a/frotz"));
        assertTrue(ignored("\\#x", "#x"));
        assertTrue(ignored("\\!x", "!x"));
        assertFalse(ignored("# comment", "# comment"));
        assertTrue(ignored("trail   ", "trail"));
        assertTrue(ignored("trail\\ ", "trail "));
        assertTrue(ignored("x[0-9].t", "x5.t"));
        assertFalse(ignored("x[!0-9].t", "x5.t"));
        assertTrue(ignored("win.txt\r\n*.x", "win.txt"));
    }

    @Test
    public void aDeeperFileGoesFirst() {
        Path root = Path.of("/repo");
        GitIgnore ignore = GitIgnore.of(root.resolve("sub"), "!a.log\nonly/", GitIgnore.of(root, "*.log", null));
        assertFalse(ignore.ignores(root.resolve("sub/a.log"), false));
        assertTrue(ignore.ignores(root.resolve("sub/b.log"), false));
    }

    /** What is listed must be what git lists, for random trees and rules. */
    @Test
    public void agreesWithGit() throws Exception {
        Assume.assumeTrue("git is installed", git(folder.getRoot().toPath(), "init", "-q", ".") != null);
        long seed = System.nanoTime();
        System.out.println("GitIgnoreTest seed " + seed);
        Random random = new Random(seed);
        String[] names = {"a", "b", "foo", "bar.txt", "x.log", "build", "a b", "T1"};
        String[] globs = {"*", "a", "b/", "/foo", "*.log", "!x.log", "foo/**", "**/bar.txt", "a/**/b", "b?", "[a-f]*", "!foo/", "/a/b", "a/*",
                "*.t?t", "T[0-9]", "build/", "!*.txt", "a\\ b", "**"};
        for (int round = 0; round < 12; round++) {
            Path root = Files.createDirectories(folder.getRoot().toPath().resolve("r" + round));
            git(root, "init", "-q", ".");
            for (int i = 0; i < 60; i++) {
                Path at = root;
                for (int depth = random.nextInt(4); depth >= 0; depth--) {
                    at = at.resolve(names[random.nextInt(names.length)]);
                }
                try {
                    Files.createDirectories(at.getParent());
                    Files.writeString(at, "x");
                } catch (IOException e) {
                    continue; // a file stands where a folder would have to be, or the other way round
                }
            }
            List<Path> folders;
            try (var walk = Files.walk(root)) {
                folders = walk.filter(Files::isDirectory).filter(path -> !path.toString().contains(".git")).toList();
            }
            for (Path each : folders) {
                if (each.equals(root) || random.nextInt(4) == 0) {
                    List<String> rules = new ArrayList<>();
                    for (int i = random.nextInt(4); i >= 0; i--) {
                        rules.add(globs[random.nextInt(globs.length)]);
                    }
                    Files.writeString(each.resolve(".gitignore"), String.join("\n", rules));
                }
            }
            TreeSet<String> expected = new TreeSet<>();
            for (String path : git(root, "ls-files", "-z", "--others", "--exclude-standard").split("\0")) {
                if (!path.isEmpty() && !path.endsWith(".gitignore")) {
                    expected.add(path);
                }
            }
            TreeSet<String> actual = new TreeSet<>();
            list(root, root, GitIgnore.upFrom(root), actual);
            assertEquals("seed " + seed + " round " + round, expected, actual);
        }
    }

    private static void list(Path root, Path at, GitIgnore rules, TreeSet<String> files) throws IOException {
        try (var entries = Files.newDirectoryStream(at)) {
            for (Path entry : entries) {
                boolean isFolder = Files.isDirectory(entry);
                if (entry.getFileName().toString().startsWith(".git") || rules != null && rules.ignores(entry, isFolder)) {
                    continue;
                }
                if (isFolder) {
                    list(root, entry, GitIgnore.below(rules, entry), files);
                } else {
                    files.add(root.relativize(entry).toString());
                }
            }
        }
    }

    private static String git(Path in, String... command) throws InterruptedException {
        List<String> line = new ArrayList<>(List.of("git"));
        line.addAll(List.of(command));
        try {
            ProcessBuilder builder = new ProcessBuilder(line).directory(in.toFile()).redirectErrorStream(true);
            builder.environment().put("GIT_CONFIG_GLOBAL", "/dev/null");
            builder.environment().put("GIT_CONFIG_SYSTEM", "/dev/null");
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(20, TimeUnit.SECONDS) && process.exitValue() == 0 ? output : null;
        } catch (IOException e) {
            return null;
        }
    }
}

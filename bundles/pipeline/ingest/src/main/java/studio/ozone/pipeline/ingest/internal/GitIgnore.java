package studio.ozone.pipeline.ingest.internal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The rules of one {@code .gitignore} (gitignore(5)) and, through {@code above}, of those in the folders over it. The last rule that
 * matches decides; a deeper file goes before a higher one. Immutable.
 */
final class GitIgnore {

    /** A repository whose rules are larger than this is none. */
    private static final int MAX_BYTES = 1 << 20;

    private record Rule(Pattern pattern, boolean include, boolean foldersOnly) { }

    private final Path folder;
    private final List<Rule> rules;
    private final GitIgnore above;

    private GitIgnore(Path folder, List<Rule> rules, GitIgnore above) {
        this.folder = folder;
        this.rules = rules;
        this.above = above;
    }

    /** The rules that hold in a folder, from its own files and, up to the repository's top, those over it; null where there are none. */
    static GitIgnore upFrom(Path folder) throws IOException {
        List<Path> chain = new ArrayList<>();
        for (Path at = folder; at != null; at = at.getParent()) {
            chain.addFirst(at);
            if (Files.exists(at.resolve(".git"))) {
                GitIgnore ignore = null;
                Path exclude = at.resolve(".git/info/exclude");
                if (Files.isRegularFile(exclude)) {
                    ignore = new GitIgnore(at, parse(exclude), null);
                }
                for (Path each : chain) {
                    ignore = below(ignore, each);
                }
                return ignore;
            }
        }
        return below(null, folder);
    }

    /** The rules in a folder below; the same object where it adds none. */
    static GitIgnore below(GitIgnore above, Path folder) throws IOException {
        Path file = folder.resolve(".gitignore");
        return Files.isRegularFile(file) ? new GitIgnore(folder, parse(file), above) : above;
    }

    static GitIgnore of(Path folder, String content, GitIgnore above) {
        return new GitIgnore(folder, parse(content), above);
    }

    private static List<Rule> parse(Path file) throws IOException {
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(file + " is too large for a list of patterns");
        }
        return parse(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    }

    private static List<Rule> parse(String content) {
        List<Rule> rules = new ArrayList<>();
        for (String line : content.split("\n")) {
            Rule rule = rule(line.endsWith("\r") ? line.substring(0, line.length() - 1) : line);
            if (rule != null) {
                rules.add(rule);
            }
        }
        return List.copyOf(rules);
    }

    /** @return null for what is no rule */
    private static Rule rule(String line) {
        String pattern = line;
        while (pattern.endsWith(" ") && !pattern.endsWith("\\ ")) {
            pattern = pattern.substring(0, pattern.length() - 1);
        }
        if (pattern.isEmpty() || pattern.startsWith("#")) {
            return null;
        }
        boolean include = pattern.startsWith("!");
        if (include) {
            pattern = pattern.substring(1);
        }
        boolean foldersOnly = pattern.endsWith("/");
        if (foldersOnly) {
            pattern = pattern.substring(0, pattern.length() - 1);
        }
        if (pattern.isEmpty()) {
            return null;
        }
        if (pattern.startsWith("/")) {
            pattern = pattern.substring(1);
        } else if (pattern.indexOf('/') < 0) {
            pattern = "**/" + pattern;
        }
        try {
            return new Rule(Glob.compile(pattern), include, foldersOnly);
        } catch (IllegalArgumentException e) {
            return null; // git passes over a pattern that is none
        }
    }

    /**
     * Whether a path is left out. The folders over it must have been asked about before: what lies in a folder that is left out
     * cannot be taken in again.
     */
    boolean ignores(Path path, boolean isFolder) {
        for (GitIgnore at = this; at != null; at = at.above) {
            String relative = at.folder.relativize(path).toString().replace('\\', '/');
            for (int i = at.rules.size() - 1; i >= 0; i--) {
                Rule rule = at.rules.get(i);
                if ((isFolder || !rule.foldersOnly()) && rule.pattern().matcher(relative).matches()) {
                    return !rule.include();
                }
            }
        }
        return false;
    }
}

package studio.ozone.benchmarks.side_by_side;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Texts that every machine with a JDK has: the documentation comments of the JDK's source, its legal texts, and the documentation of this
 * project. Cut into pieces of {@link #WORDS} words; equal pieces count once.
 */
final class Corpus {

    private static final int WORDS = 50;
    private static final int LEAST_WORDS = 30;
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*(?!/)(.*?)\\*/", Pattern.DOTALL);
    private static final Pattern GUTTER = Pattern.compile("(?m)^\\s*\\*+ ?");
    private static final Pattern INLINE = Pattern.compile("\\{@\\w+\\s+([^{}]*)}");
    private static final Pattern MARKUP = Pattern.compile("</?[A-Za-z][^<>]*>|&\\w+;|(?m)^\\s*@\\w+|[|`*#=-]{2,}");
    private static final Pattern SPACE = Pattern.compile("\\s+");

    private final Map<String, Chunk> chunks = new TreeMap<>();

    private Corpus() {
    }

    /**
     * @param documentation a folder with Markdown
     * @return in the order of their keys
     */
    static List<Chunk> read(Path documentation) throws IOException {
        Corpus corpus = new Corpus();
        Path jdk = Path.of(System.getProperty("java.home"));
        corpus.folder(jdk.resolve("legal"));
        corpus.folder(documentation);
        Path source = jdk.resolve("lib/src.zip");
        if (!Files.isRegularFile(source)) {
            throw new IOException(source + " is missing: the texts are read from it; use a JDK that comes with its source");
        }
        corpus.source(source);
        return List.copyOf(corpus.chunks.values());
    }

    private void folder(Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(folder)) {
            files = walk.filter(file -> file.toString().endsWith(".md") && Files.isRegularFile(file)).sorted().toList();
        }
        for (Path file : files) {
            text(folder.relativize(file).toString(), Files.readString(file));
        }
    }

    private void source(Path zip) throws IOException {
        try (ZipFile file = new ZipFile(zip.toFile())) {
            for (ZipEntry entry : file.stream().filter(each -> each.getName().endsWith(".java")).toList()) {
                String java;
                try (InputStream in = file.getInputStream(entry)) {
                    java = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                }
                StringBuilder comments = new StringBuilder();
                Matcher comment = COMMENT.matcher(java);
                while (comment.find()) {
                    comments.append(GUTTER.matcher(comment.group(1)).replaceAll("")).append('\n');
                }
                text(entry.getName(), comments.toString());
            }
        }
    }

    private void text(String source, String raw) {
        String text = INLINE.matcher(raw).replaceAll(found -> Matcher.quoteReplacement(found.group(1)));
        text = MARKUP.matcher(text).replaceAll(" ").strip();
        List<String> words = new ArrayList<>(WORDS);
        for (String word : SPACE.split(text)) {
            words.add(word);
            if (words.size() == WORDS) {
                add(source, words);
            }
        }
        if (words.size() >= LEAST_WORDS) {
            add(source, words);
        }
    }

    private void add(String source, List<String> words) {
        Chunk chunk = Chunk.of(source, String.join(" ", words));
        chunks.putIfAbsent(chunk.key(), chunk);
        words.clear();
    }
}

package studio.ozone.benchmark;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * Real texts that every machine has: the source of the JDK's base module where the JDK brings it ({@code lib/src.zip}), else the licence texts in its
 * folder {@code legal}. The same JDK gives the same texts in the same order.
 *
 * @param label what they are, for the result
 * @param texts whole ones
 */
record Corpus(String label, List<String> texts) {

    /** Seed of everything that is drawn at random in a run, so that runs can be compared. */
    static final long SEED = 20_250_101;

    private static final Pattern SOURCES = Pattern.compile("java\\.base/java/(util|lang|time|net|io|nio|text|math|security)/[^$]*[A-Z]\\w*\\.java");
    private static final Pattern COMMENT = Pattern.compile("/\\*\\*(.*?)\\*/", Pattern.DOTALL);
    private static final int MOST_TEXTS = 900;
    private static final int SHORTEST = 45;
    private static final int LONGEST = 280;

    static Corpus of(Path javaHome) throws IOException {
        Path sources = javaHome.resolve("lib/src.zip");
        List<String> texts = Files.isReadable(sources) ? zipped(sources) : legal(javaHome.resolve("legal"));
        if (texts.isEmpty()) {
            throw new IOException("The Java in " + javaHome + " has neither lib/src.zip nor a folder legal, so there is no text to measure with");
        }
        return new Corpus((Files.isReadable(sources) ? "source of the JDK " : "licence texts of the JDK ") + System.getProperty("java.version"), texts);
    }

    private static List<String> zipped(Path file) throws IOException {
        List<String> texts = new ArrayList<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            List<? extends ZipEntry> entries = zip.stream().filter(entry -> SOURCES.matcher(entry.getName()).matches())
                .sorted(Comparator.comparing(ZipEntry::getName)).toList();
            List<ZipEntry> chosen = new ArrayList<>(entries);
            Collections.shuffle(chosen, new Random(SEED));
            for (ZipEntry entry : chosen.subList(0, Math.min(MOST_TEXTS, chosen.size()))) {
                try (InputStream in = zip.getInputStream(entry)) {
                    texts.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    private static List<String> legal(Path folder) throws IOException {
        Set<String> texts = new LinkedHashSet<>();
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    texts.add(Files.readString(file, StandardCharsets.ISO_8859_1));
                }
            }
        }
        return new ArrayList<>(texts);
    }

    /** Different sentences of prose, drawn from all over; fewer where there are not so many. */
    List<String> sentences(int most) {
        Set<String> found = new LinkedHashSet<>();
        for (String text : texts) {
            Matcher comment = COMMENT.matcher(text);
            boolean code = false;
            while (comment.find()) {
                code = true;
                add(prose(comment.group(1)), found);
            }
            if (!code) {
                add(text, found);
            }
        }
        List<String> all = new ArrayList<>(found);
        Collections.shuffle(all, new Random(SEED));
        return all.subList(0, Math.min(most, all.size()));
    }

    /** A documentation comment without marks and tags, up to its list of parameters. */
    private static String prose(String comment) {
        String text = comment.replaceAll("(?m)^\\s*\\*", "").replaceAll("\\{@\\w+\\s+([^{}]*)}", "$1").replaceAll("<[^>]*>", " ");
        int tags = text.indexOf("@");
        return tags < 0 ? text : text.substring(0, tags);
    }

    private static void add(String prose, Set<String> found) {
        for (String sentence : prose.replaceAll("\\s+", " ").split("(?<=[.?!]) (?=[A-Z])")) {
            String plain = sentence.strip();
            if (plain.length() >= SHORTEST && plain.length() <= LONGEST && plain.endsWith(".")) {
                found.add(plain);
            }
        }
    }

    /**
     * Writes files of about the same size, several to a folder.
     *
     * @return the folders
     */
    List<Path> write(Path below, int folders, int files, int characters) throws IOException {
        List<Path> made = new ArrayList<>();
        int text = 0;
        int from = 0;
        for (int folder = 0; folder < folders; folder++) {
            Path to = Files.createDirectories(below.resolve(String.format("part-%03d", folder)));
            for (int file = 0; file < files; file++) {
                String whole = texts.get(text % texts.size());
                int end = Math.min(whole.length(), from + characters);
                String round = text < texts.size() ? "" : "\n(" + text / texts.size() + ")\n";     // no two files have the same content
                Files.writeString(to.resolve(String.format("text-%02d.txt", file)), whole.substring(from, end) + round);
                boolean more = end < whole.length() && from < 2 * characters;
                from = more ? end : 0;
                text += more ? 0 : 1;
            }
            made.add(to);
        }
        return made;
    }
}

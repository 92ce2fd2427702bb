package studio.ozone.itests;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

import studio.ozone.runtime.json.Json;

/**
 * Records that were read in, each with a word that no other has, and whether the instance has said that it keeps them. What it has said
 * must be found again, whatever happens to it. Used by one thread at a time.
 */
final class Acknowledged {

    private static final char[] LETTERS = "bcdfghjkmp".toCharArray();

    private final Distribution distribution;
    private final Path folder;
    private final Map<String, String> wordOfRecord = new LinkedHashMap<>();
    private int files;
    private int records;

    Acknowledged(Distribution distribution, Path folder) {
        this.distribution = distribution;
        this.folder = folder;
    }

    int size() {
        return wordOfRecord.size();
    }

    /** Reads a new file of records; they count once the instance has reported all of them, and not if it went away before. */
    void ingest(int count, Random random) throws IOException {
        Map<String, String> words = new LinkedHashMap<>();
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < count; i++) {
            String record = "r" + records;
            String word = word(records++);
            words.put(record, word);
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("id", record);
            line.put("title", "Record " + record);
            line.put("text", "The mark of this record is " + word + ". " + "It is followed by words that say nothing. ".repeat(random.nextInt(4)));
            lines.append(Json.write(line)).append('\n');
        }
        Path file = folder.resolve("records-" + files++ + ".jsonl");
        Files.writeString(file, lines);
        Distribution.Answer answer = distribution.run("ingest", file.toString(), "--json");
        if (answer.exit() != 0) {
            throw new IOException("Not read: " + answer);
        }
        Object documents = Json.readObject(answer.out()).get("documents");
        if (((Number) documents).intValue() != count) {
            throw new AssertionError(file + " has " + count + " records: " + answer.out());
        }
        wordOfRecord.putAll(words);
    }

    /** The acknowledged records that are not the first hit of their word. */
    List<String> missing() throws IOException {
        Path queries = folder.resolve("queries");
        Path run = folder.resolve("run");
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, String> each : wordOfRecord.entrySet()) {
            lines.add(Json.write(Map.of("id", each.getKey(), "question", each.getValue())));
        }
        Files.write(queries, lines);
        Files.deleteIfExists(run);
        Distribution.Answer answer = distribution.run("search", "--queries", queries.toString(), "--k", "1", "--mode", "keyword", "--run", run.toString());
        if (answer.exit() != 0) {
            throw new IOException("Not searched: " + answer);
        }
        TreeSet<String> missing = new TreeSet<>(wordOfRecord.keySet());
        for (String line : Files.readAllLines(run)) {
            String[] columns = line.split("[ \t]+");
            if (columns[0].equals(columns[2])) {
                missing.remove(columns[2]);
            }
        }
        return List.copyOf(missing);
    }

    /** A word that stemming leaves alone. */
    private static String word(int number) {
        StringBuilder word = new StringBuilder("zq");
        for (char digit : String.valueOf(100_000 + number).toCharArray()) {
            word.append(LETTERS[digit - '0']);
        }
        return word.append('x').toString();
    }
}

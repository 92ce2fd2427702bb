package studio.ozone.pipeline.prompt;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.Test;

import studio.ozone.api.llm.Provider.Quote;
import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertTrue;

/**
 * How far the check of sentences can be trusted, on questions with gold answers (benchmarks/answers/README.md). Not one of the tests: it is run
 * with {@code -Dtest=SupportMeasure -Dozone.measure=FOLDER}, where the folder holds corpus.jsonl and questions.jsonl as SQuAD has them.
 *
 * <p>A question with its gold answer in place of the question word is a statement that its paragraph holds, in other words than there. With
 * another question's answer of the same kind in its place it is one that looks just as good and is wrong.
 */
public class SupportMeasure {

    private static final Pattern ASKING = Pattern.compile("\\b(in |on |at |by |of |to |from |for )?(who|whom|whose|what|which|when|where|why|how (many|much|long|old|far|tall|large|often)|how)\\b"
            + "|\\b(did|does|do)\\b|\\?", Pattern.CASE_INSENSITIVE);
    private static final Pattern YEAR = Pattern.compile("\\b\\d");
    private static final int PASSAGES = 10;
    private static final List<String> KINDS = List.of("number or date", "name", "other answer");

    private final Map<String, int[]> counts = new LinkedHashMap<>();

    @Test
    public void measure() throws IOException {
        Path folder = Path.of(System.getProperty("ozone.measure"));
        List<Map<String, Object>> corpus = lines(folder.resolve("corpus.jsonl"));
        List<Map<String, Object>> questions = new ArrayList<>(lines(folder.resolve("questions.jsonl")));
        questions.removeIf(question -> ((List<?>) question.get("answers")).isEmpty());
        long begun = System.nanoTime();
        int checked = 0;
        for (int i = 0; i < questions.size(); i++) {
            String question = (String) questions.get(i).get("question");
            String gold = gold(questions.get(i));
            List<Evidence> evidence = around(corpus, (String) ((List<?>) questions.get(i).get("relevant")).getFirst());
            Support support = new Support(evidence);
            Support.Checked right = support.check(statement(question, gold));
            count("right statements: supported", right.supported());
            if (right.supported()) {
                count("right statements that are supported: a citation holds the gold answer",
                        right.quotes().stream().anyMatch(quote -> normal(text(evidence, quote)).contains(normal(gold))));
                count("right statements that are supported: the first citation is from the right paragraph", right.quotes().getFirst().passage() == 1);
            }
            for (String wrong : new String[] {other(questions, i, gold, 1), other(questions, i, gold, questions.size() / 2)}) {
                Support.Checked check = support.check(statement(question, wrong));
                boolean there = evidence.stream().anyMatch(one -> normal(one.text()).contains(normal(wrong)));
                count("wrong " + KINDS.get(kind(gold)) + (there ? ", which stands elsewhere in the passages: marked" : ", which stands nowhere in them: marked"),
                        !check.supported());
            }
            checked += 3;
        }
        counts.forEach((name, count) -> System.out.printf(Locale.ROOT, "%-95s %5.1f %%  (%d of %d)%n", name, 100.0 * count[0] / count[1], count[0], count[1]));
        System.out.printf(Locale.ROOT, "%.2f ms a sentence%n", (System.nanoTime() - begun) / 1e6 / checked);
        assertTrue("there were questions", checked > 0);
    }

    private void count(String name, boolean yes) {
        int[] count = counts.computeIfAbsent(name, key -> new int[2]);
        count[0] += yes ? 1 : 0;
        count[1]++;
    }

    private static String statement(String question, String answer) {
        String said = ASKING.matcher(question).replaceFirst(" " + Matcher.quoteReplacement(answer) + " ");
        return ASKING.matcher(said).replaceAll(" ").strip().replaceAll("\\s+", " ") + ".";
    }

    private static String gold(Map<String, Object> question) {
        return (String) ((List<?>) question.get("answers")).getFirst();
    }

    /** The next other answer of the same kind, from so many questions on: with a number, or a name, or neither. */
    private static String other(List<Map<String, Object>> questions, int at, String gold, int from) {
        for (int step = from; step < from + questions.size(); step++) {
            String other = gold(questions.get((at + step) % questions.size()));
            boolean fits = kind(other) == kind(gold) && !normal(other).contains(normal(gold).strip()) && !normal(gold).contains(normal(other).strip());
            if (fits) {
                return other;
            }
        }
        throw new IllegalStateException("All answers are alike");
    }

    private static int kind(String answer) {
        return YEAR.matcher(answer).find() ? 0 : Character.isUpperCase(answer.charAt(0)) ? 1 : 2;
    }

    /** The paragraph, and those behind it. */
    private static List<Evidence> around(List<Map<String, Object>> corpus, String id) {
        int at = 0;
        while (!corpus.get(at).get("id").equals(id)) {
            at++;
        }
        List<Evidence> evidence = new ArrayList<>();
        for (int n = 0; n < PASSAGES; n++) {
            Map<String, Object> document = corpus.get((at + n) % corpus.size());
            evidence.add(SupportTest.evidence(n + 1, (String) document.get("title"), (String) document.get("text")));
        }
        return evidence;
    }

    private static String text(List<Evidence> evidence, Quote quote) {
        String text = evidence.get(quote.passage() - 1).text();
        return text.substring(text.offsetByCodePoints(0, quote.start()), text.offsetByCodePoints(0, quote.end()));
    }

    private static String normal(String text) {
        return " " + text.toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]+", " ").strip() + " ";
    }

    private static List<Map<String, Object>> lines(Path file) throws IOException {
        List<Map<String, Object>> lines = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (!line.isBlank()) {
                lines.add(Json.readObject(line));
            }
        }
        return lines;
    }
}

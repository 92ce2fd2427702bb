package studio.ozone.shell;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Search;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.json.Json;

/**
 * Searches for every line of a file and writes the ranking in the format of the TREC evaluation tools: {@code query Q0 document
 * rank score tag}. A document stands once, at the rank of its best chunk; its name is its record's id, else its path.
 */
final class TrecRun {

    /** A hit is a chunk, and a document may have several: so many chunks are asked for to find the wanted number of documents. */
    private static final int CHUNKS_PER_DOCUMENT = 4;
    private static final int MOST = 10_000;

    /** @param meanMs wall time of a search */
    record Summary(long queries, long lines, double meanMs) { }

    /** One search. */
    @FunctionalInterface
    interface Searcher {
        Search.Answer search(String question, int limit) throws ZseiException;
    }

    private TrecRun() {
    }

    /**
     * @param queries lines {@code {"id","question"}}, UTF-8
     * @param run written beside itself and renamed when it is whole
     * @param k documents a query
     * @throws PipelineException if a file cannot be read or written, or a line is not of that form; names file and line
     */
    static Summary write(Path queries, Path run, String tag, int k, Progress progress, Searcher searcher)
            throws PipelineException, ZseiException, InterruptedException {
        Map<String, String> questions = read(queries);
        Path aside = run.resolveSibling(run.getFileName() + ".part");
        long lines = 0;
        double millis = 0;
        try {
            try (BufferedWriter out = Files.newBufferedWriter(aside)) {
                long done = 0;
                for (Map.Entry<String, String> question : questions.entrySet()) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException();
                    }
                    Search.Answer answer = searcher.search(question.getValue(), Math.min(MOST, k * CHUNKS_PER_DOCUMENT));
                    millis += answer.tookMs();
                    lines += rank(out, question.getKey(), answer.hits(), k, tag);
                    progress.report("searching", ++done, questions.size(), "");
                }
            }
            Files.move(aside, run, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new PipelineException(PipelineException.Code.FAILED, "Cannot write " + run + ": " + reason(e), e);
        } finally {
            delete(aside);
        }
        return new Summary(questions.size(), lines, questions.isEmpty() ? 0 : millis / questions.size());
    }

    private static long rank(BufferedWriter out, String query, List<Search.Hit> hits, int k, String tag) throws IOException {
        Set<String> seen = new HashSet<>();
        for (Search.Hit hit : hits) {
            String document = (hit.record() == null ? hit.source() : hit.record()).replaceAll("\\s", "_");
            if (seen.size() < k && seen.add(document)) {
                out.write(String.format(Locale.ROOT, "%s Q0 %s %d %.6f %s%n", query, document, seen.size(), hit.score(), tag));
            }
        }
        return seen.size();
    }

    private static Map<String, String> read(Path file) throws PipelineException {
        Map<String, String> questions = new LinkedHashMap<>();
        int n = 0;
        try (BufferedReader in = Files.newBufferedReader(file)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                n++;
                if (!line.isBlank()) {
                    Map<String, Object> query = Json.readObject(line);
                    if (query.get("id") == null || !(query.get("question") instanceof String question) || question.isBlank()) {
                        throw new PipelineException(PipelineException.Code.INVALID, file + ", line " + n + ": needs an \"id\" and a \"question\"");
                    }
                    questions.put(query.get("id").toString().replaceAll("\\s", "_"), question);
                }
            }
        } catch (MalformedInputException e) {
            throw new PipelineException(PipelineException.Code.INVALID, file + " is not UTF-8", e);
        } catch (IOException e) {
            throw new PipelineException(PipelineException.Code.INVALID, file + (n == 0 ? "" : ", line " + n) + ": " + reason(e), e);
        }
        return questions;
    }

    private static String reason(IOException e) {
        return e instanceof NoSuchFileException ? "there is no such file" : String.valueOf(e.getMessage()).lines().findFirst().orElse(e.toString());
    }

    private static void delete(Path aside) throws PipelineException {
        try {
            Files.deleteIfExists(aside);
        } catch (IOException e) {
            throw new PipelineException(PipelineException.Code.FAILED, "Cannot remove " + aside + ": " + reason(e), e);
        }
    }
}

package studio.ozone.benchmarks.side_by_side;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.embedding.onnx.allminilml6v2q.AllMiniLmL6V2QuantizedEmbeddingModel;
import dev.langchain4j.store.embedding.EmbeddingMatch;
import dev.langchain4j.store.embedding.EmbeddingSearchRequest;
import dev.langchain4j.store.embedding.inmemory.InMemoryEmbeddingStore;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Sources;
import studio.ozone.zsei.embeddings.OurEmbedder;
import studio.ozone.zsei.index.OurIndex;
import studio.ozone.zsei.sources.internal.OurSources;

/**
 * From a question to a prompt with ten numbered sources: embed, search, assemble. CPU time is that of the process, since ONNX Runtime has threads
 * of its own. No question is asked twice in a row of 300, more than anything remembers.
 */
final class Prompts implements Main.Part {

    private static final int FOUND = 10;
    private static final int IN_A_FILE = 20;
    private static final int QUESTIONS = 300;
    private static final int[] SIZES = {1_000, 10_000};

    @Override
    public void run(Options options, PlainWorkers workers, Findings findings) throws Exception {
        Texts texts = Texts.read(options, workers, SIZES[SIZES.length - 1], QUESTIONS);
        List<String> questions = texts.asked().stream().map(Chunk::question).toList();
        EmbeddingModel theirs = new AllMiniLmL6V2QuantizedEmbeddingModel(Runnable::run);
        int rounds = options.quick() ? 1 : 3;
        try (OurEmbedder ours = new OurEmbedder(options.cache(), workers)) {
            Meter ourEmbedding = new Meter();
            Meter theirEmbedding = new Meter();
            Warmup.run(Duration.ofSeconds(5), () -> embed(ours, theirs, questions, new Meter(), new Meter()));
            for (int round = 0; round < rounds; round++) {
                embed(ours, theirs, questions, ourEmbedding, theirEmbedding);
            }
            findings.row(Row.ofProcess("embed the question", "Ozone Studio", true, ourEmbedding, null));
            findings.row(Row.ofProcess("embed the question", "langchain4j", false, theirEmbedding, null));
            double[] embedding = {ourEmbedding.processMicros(), theirEmbedding.processMicros()};
            for (int size : SIZES) {
                if (size <= texts.chunks().size()) {
                    try (Scratch scratch = new Scratch()) {
                        compare(texts, size, questions, theirs, ours, scratch.folder("ours"), workers, rounds, embedding, findings);
                    }
                }
            }
        }
    }

    private static void compare(Texts texts, int size, List<String> questions, EmbeddingModel model, OurEmbedder embedder, Path home,
            PlainWorkers workers, int rounds, double[] embedding, Findings findings) throws Exception {
        InMemoryEmbeddingStore<TextSegment> store = new InMemoryEmbeddingStore<>();
        for (int i = 0; i < size; i++) {
            store.add(Embedding.from(texts.vectors()[i]), TextSegment.from(texts.chunks().get(i).text()));
        }
        Sources sources = OurSources.in(home);
        Known known = new Known(embedder.embedder()).with(texts.chunks().subList(0, size), texts.vectors());
        try (OurIndex index = new OurIndex(home, workers, sources, known)) {
            fill(index, texts.chunks().subList(0, size), home);
            index.optimize();
            Meter hybrid = new Meter();
            Meter semantic = new Meter();
            Meter theirs = new Meter();
            Warmup.run(Duration.ofSeconds(10),
                    () -> round(index, sources, store, model, questions, new Meter(), new Meter(), new Meter()));
            for (int round = 0; round < rounds; round++) {
                round(index, sources, store, model, questions, semantic, theirs, hybrid);
            }
            String what = "question to prompt, " + size + " chunks";
            findings.row(Row.ofProcess(what, "Ozone Studio, by meaning", true, semantic, "texts read from their files"));
            findings.row(Row.ofProcess(what, "langchain4j, in memory", false, theirs, "texts in memory"));
            findings.row(Row.ofProcess(what, "Ozone Studio, by words and meaning", true, hybrid, "what a prompt does"));
            findings.fact(what + ", less the embedding", "Ozone Studio, by meaning", semantic.processMicros() - embedding[0], "µs");
            findings.fact(what + ", less the embedding", "langchain4j, in memory", theirs.processMicros() - embedding[1], "µs");
        }
    }

    private static void embed(OurEmbedder ours, EmbeddingModel theirs, List<String> questions, Meter ourMeter, Meter theirMeter) throws Exception {
        ourMeter.round(QUESTIONS, n -> ours.embedder().embed(questions.get(n)));
        theirMeter.round(QUESTIONS, n -> theirs.embed(questions.get(n)));
    }

    private static void round(OurIndex index, Sources sources, InMemoryEmbeddingStore<TextSegment> store, EmbeddingModel model,
            List<String> questions, Meter semantic, Meter theirs, Meter hybrid) throws Exception {
        semantic.round(QUESTIONS, n -> ask(index, sources, questions.get(n), Index.Mode.SEMANTIC));
        theirs.round(QUESTIONS, n -> ask(store, model, questions.get(n)));
        hybrid.round(QUESTIONS, n -> ask(index, sources, questions.get(n), Index.Mode.HYBRID));
    }

    /** Files of twenty chunks each, a chunk a line, and what is known of them. */
    private static void fill(OurIndex index, List<Chunk> chunks, Path home) throws Exception {
        for (int from = 0; from < chunks.size(); from += IN_A_FILE) {
            Changes changes = new Changes();
            Path file = home.resolve("text-" + from / IN_A_FILE + ".txt");
            StringBuilder text = new StringBuilder();
            int start = 0;
            for (Chunk chunk : chunks.subList(from, Math.min(chunks.size(), from + IN_A_FILE))) {
                int end = start + chunk.text().codePointCount(0, chunk.text().length());
                String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(chunk.text().getBytes(StandardCharsets.UTF_8)));
                changes.put(Container.of(index.store().newId(), 0, ContainerType.CHUNK, "", file.toString(), null, start, end, hash, Map.of()),
                        chunk.text());
                text.append(chunk.text()).append('\n');
                start = end + 1;
            }
            Files.writeString(file, text);
            index.store().apply(changes);
        }
        index.await(Duration.ofMinutes(10));
    }

    private static String ask(OurIndex index, Sources sources, String question, Index.Mode mode) throws Exception {
        List<String> texts = new ArrayList<>();
        for (Index.Match match : index.index().query(new Index.Query(question, mode, FOUND, Set.of())).matches()) {
            texts.add(sources.chunk(index.store().get(match.id()).orElseThrow()));
        }
        return prompt(question, texts);
    }

    private static String ask(InMemoryEmbeddingStore<TextSegment> store, EmbeddingModel model, String question) {
        Embedding embedding = model.embed(question).content();
        List<EmbeddingMatch<TextSegment>> found = store.search(EmbeddingSearchRequest.builder().queryEmbedding(embedding).maxResults(FOUND).build())
                .matches();
        return prompt(question, found.stream().map(match -> match.embedded().text()).toList());
    }

    private static String prompt(String question, List<String> texts) {
        if (texts.size() != FOUND) {
            throw new IllegalStateException(texts.size() + " texts were found for " + question);
        }
        StringBuilder prompt = new StringBuilder("Answer from the sources.\n\n");
        for (int i = 0; i < texts.size(); i++) {
            prompt.append('[').append(i + 1).append("] ").append(texts.get(i)).append("\n\n");
        }
        return prompt.append(question).toString();
    }
}

package studio.ozone.pipeline.prompt;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/** Finds chunks and reads them where they lie. A file that has changed is read anew, once, and the search repeated. */
final class Retrieval {

    /** A question longer than this is looked for by its beginning and its end. */
    private static final int LOOKED_FOR = 2_000;
    /** The BM25 score that counts as half relevant where meaning was not measured. */
    private static final double HALF_RELEVANT = 10;

    private final Index index;
    private final ContainerStore store;
    private final Sources sources;
    private final Ingest ingest;
    private final Capabilities capabilities;

    /** @param ingest null where ingest is off */
    Retrieval(Index index, ContainerStore store, Sources sources, Ingest ingest, Capabilities capabilities) {
        this.index = index;
        this.store = store;
        this.sources = sources;
        this.ingest = ingest;
        this.capabilities = capabilities;
    }

    /**
     * @param candidates how many chunks are looked for
     * @param read how many of them are wanted with their text; the others are only named
     * @param notes takes what the user should know: a source that is gone or has changed
     * @return best first
     */
    List<Found> find(String question, int candidates, int read, Set<Long> within, List<String> notes)
            throws ZseiException, PipelineException, InterruptedException {
        Set<String> changed = new LinkedHashSet<>();
        Set<String> said = new LinkedHashSet<>();
        List<Found> found = once(question, candidates, read, within, changed, said);
        if (!changed.isEmpty() && ingest != null) {
            said.clear();
            reread(changed, said);
            changed.clear();
            found = once(question, candidates, read, within, changed, said);
        }
        for (String source : changed) {
            said.add(source + " has changed since it was read, and was left out."
                    + (ingest == null ? " " + capabilities.whyAbsent("pipeline.ingest") : ""));
        }
        notes.addAll(said);
        return found;
    }

    private void reread(Set<String> changed, Set<String> said) throws InterruptedException {
        try {
            ingest.ingest(new Ingest.Request(changed.stream().map(Path::of).toList(), List.of(), List.of(), false), Progress.NONE)
                    .failed().forEach(failure -> said.add(failure.source() + " has changed and cannot be read: " + failure.reason()));
        } catch (PipelineException e) {
            said.add(e.getMessage());
        }
    }

    private List<Found> once(String question, int candidates, int read, Set<Long> within, Set<String> changed, Set<String> said)
            throws ZseiException, InterruptedException {
        Index.Matches matches = index.query(new Index.Query(lookedFor(question), Index.Mode.HYBRID, candidates, within));
        if (matches.note() != null) {
            said.add(matches.note());
        }
        List<Found> found = new ArrayList<>();
        int texts = 0;
        for (Index.Match match : matches.matches()) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Optional<Container> chunk = store.get(match.id());
            if (chunk.isPresent()) {
                Found one = texts < read ? read(chunk.get(), match, changed, said)
                        : new Found(chunk.get(), null, match.score(), relevance(match), null);
                texts += one.text() == null ? 0 : 1;
                found.add(one);
            }
        }
        return found;
    }

    private Found read(Container chunk, Index.Match match, Set<String> changed, Set<String> said) {
        try {
            return new Found(chunk, sources.chunk(chunk), match.score(), relevance(match), null);
        } catch (SourceException e) {
            String reason = switch (e.code()) {
                case CHANGED -> "changed since it was read";
                case GONE -> "gone";
                default -> e.getMessage();
            };
            if (e.code() == SourceException.Code.CHANGED) {
                changed.add(chunk.source());
            } else {
                said.add(e.code() == SourceException.Code.GONE ? chunk.source() + " is gone; what was read from it was left out."
                        : chunk.source() + " cannot be read: " + e.getMessage());
            }
            return new Found(chunk, null, match.score(), relevance(match), reason);
        }
    }

    /** The cosine where it was measured; else the keyword score, bent into 0..1. */
    static double relevance(Index.Match match) {
        if (!Float.isNaN(match.cosine())) {
            return Math.clamp(match.cosine(), 0, 1);
        }
        return Float.isNaN(match.bm25()) ? 0 : match.bm25() / (match.bm25() + HALF_RELEVANT);
    }

    static String lookedFor(String question) {
        return question.length() <= LOOKED_FOR ? question
                : question.substring(0, LOOKED_FOR / 2) + " " + question.substring(question.length() - LOOKED_FOR / 2);
    }
}

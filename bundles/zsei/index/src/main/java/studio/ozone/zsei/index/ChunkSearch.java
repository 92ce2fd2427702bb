package studio.ozone.zsei.index;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

import studio.ozone.api.runtime.Workers;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.api.zsei.Search;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/** Hits as users see them: what the index finds, with places from the store and words from the sources. */
@Component
public final class ChunkSearch implements Search {

    private final Index index;
    private final ContainerStore store;
    private final Sources sources;
    private final Workers workers;
    private final WordAnalyzer analyzer = new WordAnalyzer();

    @Activate
    public ChunkSearch(@Reference Index index, @Reference ContainerStore store, @Reference Sources sources, @Reference Workers workers) {
        this.index = index;
        this.store = store;
        this.sources = sources;
        this.workers = workers;
    }

    @Deactivate
    void close() {
        analyzer.close();
    }

    @Override
    public Answer search(String text, int limit, Index.Mode mode, Set<Long> within) throws ZseiException {
        long begun = System.nanoTime();
        Index.Matches matches = index.query(new Index.Query(text, mode, limit, within));      // counts itself as work
        try (Workers.Working counted = workers.working()) {
            List<Hit> hits = hits(text, matches);
            return new Answer(text, (System.nanoTime() - begun) / 1e6, matches.note(), hits);
        }
    }

    private List<Hit> hits(String text, Index.Matches matches) throws ZseiException {
        Set<String> wanted = analyzer.words(text.length() > 10_000 ? text.substring(0, 10_000) : text).keySet();
        List<Hit> hits = new ArrayList<>(matches.matches().size());
        for (Index.Match match : matches.matches()) {
            Optional<Container> chunk = store.get(match.id());
            if (chunk.isPresent()) {                 // else it was removed a moment ago
                hits.add(hit(chunk.get(), match.score(), wanted));
            }
        }
        return hits;
    }

    private Hit hit(Container chunk, double score, Set<String> wanted) throws ZseiException {
        String snippet;
        try {
            snippet = Snippet.of(sources.chunk(chunk), analyzer, wanted);
        } catch (SourceException e) {
            snippet = "";                            // the source is gone or has changed; the place is still worth showing
        }
        return new Hit(chunk.id(), chunk.source(), chunk.record(), title(chunk), score, chunk.start(), chunk.end(), snippet);
    }

    private String title(Container chunk) throws ZseiException {
        Container container = chunk;
        while (container.type() != ContainerType.DOCUMENT) {
            Optional<Container> above = container.parent() == 0 ? Optional.empty() : store.get(container.parent());
            if (above.isEmpty()) {
                return chunk.name();
            }
            container = above.get();
        }
        return container.attributes().getOrDefault("title", container.name());
    }
}

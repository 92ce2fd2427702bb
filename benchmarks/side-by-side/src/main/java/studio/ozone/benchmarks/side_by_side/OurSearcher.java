package studio.ozone.benchmarks.side_by_side;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Index;
import studio.ozone.zsei.index.OurIndex;
import studio.ozone.zsei.sources.internal.OurSources;

/** The product's index, filled through its store, asked through its service. */
final class OurSearcher extends JavaSearcher {

    private static final int BATCH = 1_000;

    private final OurIndex index;
    private final Texts texts;
    private final long first;
    private String name;

    OurSearcher(Path home, Texts texts, PlainWorkers workers) throws Exception {
        super(texts.asked().size());
        this.texts = texts;
        Known known = new Known(null).with(texts.chunks(), texts.vectors()).with(texts.asked(), texts.questions());
        index = new OurIndex(home, workers, OurSources.in(home), known);
        first = index.store().newId();
        for (int from = 0; from < texts.chunks().size(); from += BATCH) {
            Changes changes = new Changes();
            for (int i = from; i < Math.min(texts.chunks().size(), from + BATCH); i++) {
                long id = i == 0 ? first : index.store().newId();
                changes.put(Container.of(id, 0, ContainerType.CHUNK, "", null, null, 0, 0, null, Map.of()), texts.chunks().get(i).text());
            }
            index.store().apply(changes);
            // Texts that wait are kept up to a limit, and read from their sources beyond it; these have none.
            index.await(Duration.ofMinutes(10));
        }
        workers.awaitIdle("merge");
        index.await(Duration.ofMinutes(1));
        if (index.vectors() != texts.chunks().size()) {
            throw new IllegalStateException("The index has " + index.vectors() + " vectors of " + texts.chunks().size());
        }
        name = "Ozone Studio, as ingested (" + index.segments() + " segments)";
    }

    /** Does what an operator does by zsei-optimize. */
    void optimize() throws Exception {
        index.optimize();
        name = "Ozone Studio, optimised (" + index.segments() + " segment)";
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean ours() {
        return true;
    }

    @Override
    void ef(int ef) {
        index.efSearch(ef);
    }

    @Override
    int[] search(int question) throws Exception {
        List<Index.Match> found = index.index().query(new Index.Query(texts.asked().get(question).text(), Index.Mode.SEMANTIC, 10, Set.of()))
                .matches();
        int[] places = new int[found.size()];
        for (int i = 0; i < places.length; i++) {
            places[i] = (int) (found.get(i).id() - first);
        }
        return places;
    }

    @Override
    public void close() {
        index.close();
    }
}

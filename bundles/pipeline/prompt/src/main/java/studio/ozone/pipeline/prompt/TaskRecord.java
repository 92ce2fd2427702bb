package studio.ozone.pipeline.prompt;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.pipeline.Prompting.Citation;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Relation.Discovery;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

/** Keeps that a question was answered, by whom and from what; never the question itself. */
final class TaskRecord {

    private TaskRecord() {
    }

    /**
     * @param status {@code completed} or {@code nothing_found}
     * @return the id of the container
     */
    static long write(ContainerStore store, Provider provider, String status, List<Citation> citations, double tookMs) throws ZseiException {
        long id = store.newId();
        Changes changes = new Changes();
        changes.put(Container.of(id, 0, ContainerType.TASK, "prompt", null, null, 0, 0, null, Map.of("status", status,
                "provider", provider.name(), "mode", provider.mode().name().toLowerCase(Locale.ROOT),
                "took_ms", Long.toString(Math.round(tookMs)))));
        Set<Long> cited = new HashSet<>();
        for (Citation citation : citations) {
            Optional<Container> document = store.find(citation.source(), citation.record());
            if (document.isPresent() && cited.add(document.get().id())) {
                changes.relate(new Relation(id, document.get().id(), RelationType.REFERENCES, 1, Discovery.TRAVERSAL));
            }
        }
        store.apply(changes);
        return id;
    }
}

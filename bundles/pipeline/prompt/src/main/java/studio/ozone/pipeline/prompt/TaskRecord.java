package studio.ozone.pipeline.prompt;

import java.util.HashMap;
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

/** Keeps that a question was answered, by whom and from what; the question itself only where a conversation is kept. */
final class TaskRecord {

    private TaskRecord() {
    }

    /**
     * @param id the new container
     * @param above the conversation that it belongs to; 0 where none is kept
     * @param status {@code completed} or {@code nothing_found}
     * @param said what the conversation keeps of it; empty where none is kept
     */
    static Changes changes(ContainerStore store, long id, long above, Provider provider, String status, List<Citation> citations, double tookMs,
            Map<String, String> said) throws ZseiException {
        Map<String, String> attributes = new HashMap<>(said);
        attributes.put("status", status);
        attributes.put("provider", provider.name());
        attributes.put("mode", provider.mode().name().toLowerCase(Locale.ROOT));
        attributes.put("took_ms", Long.toString(Math.round(tookMs)));
        Changes changes = new Changes();
        changes.put(Container.of(id, above, ContainerType.TASK, "prompt", null, null, 0, 0, null, attributes));
        Set<Long> cited = new HashSet<>();
        for (Citation citation : citations) {
            Optional<Container> document = store.find(citation.source(), citation.record());
            if (document.isPresent() && cited.add(document.get().id())) {
                changes.relate(new Relation(id, document.get().id(), RelationType.REFERENCES, 1, Discovery.TRAVERSAL));
            }
        }
        return changes;
    }
}

package studio.ozone.pipeline.text_analysis.internal;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import studio.ozone.api.pipeline.TextAnalysis.Entity;
import studio.ozone.api.pipeline.TextAnalysis.Keyword;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Relation.Discovery;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.ZseiException;

/**
 * Keeps what was found as edges of the document: HAS_KEYWORD to terms (the edge's confidence is the keyword's weight), MENTIONS to entities. Terms
 * and entities lie below one category each and are shared by all documents: a term by its text whatever its capitals, an entity by text
 * and kind. One commit an analysis, and none where it says what is there already. Used by one thread at a time.
 */
final class Keeper {

    static final String KEYWORDS = "Keywords";
    static final String ENTITIES = "Entities";
    private static final String KIND = "kind";

    /** What an edge points at, whether it is there yet or not. */
    private record Target(ContainerType type, String key, String kind) {

        static Target of(Container container) {
            return container.type() == ContainerType.TERM ? term(container.name())
                    : new Target(container.type(), container.name(), container.attributes().getOrDefault(KIND, ""));
        }

        static Target term(String text) {
            return new Target(ContainerType.TERM, text.toLowerCase(Locale.ROOT), "");
        }
    }

    /** What is to be kept of a target. */
    private record Wanted(String text, double confidence) { }

    private final ContainerStore store;
    private final Map<String, Long> categories = new HashMap<>();

    Keeper(ContainerStore store) {
        this.store = store;
    }

    /** The container of a file that is one document. */
    Optional<Container> document(Path file) throws ZseiException {
        Optional<Container> found = store.find(file.toString(), null);
        if (found.isEmpty()) {
            try {
                found = store.find(file.toRealPath().toString(), null);
            } catch (IOException e) {
                return Optional.empty(); // gone meanwhile, and so not in the way of what was found
            }
        }
        return found.filter(container -> container.type() == ContainerType.DOCUMENT);
    }

    void keep(Container document, List<Keyword> keywords, List<Entity> entities) throws ZseiException {
        Map<Target, Wanted> wanted = new LinkedHashMap<>();
        keywords.forEach(keyword -> wanted.putIfAbsent(Target.term(keyword.text()), new Wanted(keyword.text(), keyword.weight())));
        entities.forEach(entity -> wanted.putIfAbsent(new Target(ContainerType.ENTITY, entity.text(), entity.kind()),
                new Wanted(entity.text(), entity.confidence())));
        Changes changes = new Changes();
        Map<Target, Relation> before = before(document, wanted, changes);
        Map<Target, Long> ids = ids(wanted, before, changes);
        wanted.forEach((target, what) -> {
            Relation old = before.get(target);
            if (old == null || old.confidence() != what.confidence()) {
                changes.relate(new Relation(document.id(), ids.get(target), target.type() == ContainerType.TERM ? RelationType.HAS_KEYWORD
                        : RelationType.MENTIONS, what.confidence(), Discovery.TEXT_ANALYSIS));
            }
        });
        if (!changes.isEmpty()) {
            store.apply(changes);
        }
    }

    /** The edges of the last analysis that stay; the others are taken out. */
    private Map<Target, Relation> before(Container document, Map<Target, Wanted> wanted, Changes changes) throws ZseiException {
        Map<Target, Relation> before = new HashMap<>();
        for (Relation relation : store.relations(document.id())) {
            if (relation.discovery() == Discovery.TEXT_ANALYSIS
                    && (relation.type() == RelationType.HAS_KEYWORD || relation.type() == RelationType.MENTIONS)) {
                Optional<Target> target = store.get(relation.to()).map(Target::of);
                if (target.isEmpty() || !wanted.containsKey(target.get()) || before.putIfAbsent(target.get(), relation) != null) {
                    changes.unrelate(relation);
                }
            }
        }
        return before;
    }

    /** Terms and entities are looked for only where the last analysis did not have them already. */
    private Map<Target, Long> ids(Map<Target, Wanted> wanted, Map<Target, Relation> before, Changes changes) throws ZseiException {
        Map<Target, Long> ids = new HashMap<>();
        before.forEach((target, relation) -> ids.put(target, relation.to()));
        Map<ContainerType, Long> parents = new HashMap<>();
        for (Map.Entry<Target, Wanted> each : wanted.entrySet()) {
            Target target = each.getKey();
            if (!ids.containsKey(target) && !parents.containsKey(target.type())) {
                long category = category(target.type() == ContainerType.TERM ? KEYWORDS : ENTITIES, changes);
                parents.put(target.type(), category);
                store.children(category).stream().filter(child -> child.type() == target.type())
                        .forEach(child -> ids.putIfAbsent(Target.of(child), child.id()));
            }
            if (!ids.containsKey(target)) {
                long id = store.newId();
                changes.put(Container.of(id, parents.get(target.type()), target.type(), each.getValue().text(), null, null, 0, 0, null,
                        target.kind().isEmpty() ? Map.of() : Map.of(KIND, target.kind())));
                ids.put(target, id);
            }
        }
        return ids;
    }

    /** Looked for once, since the root may have many children. */
    private long category(String name, Changes changes) throws ZseiException {
        Long known = categories.get(name);
        if (known != null && store.get(known).isPresent()) {
            return known;
        }
        Optional<Container> found = store.children(0).stream()
                .filter(child -> child.type() == ContainerType.CATEGORY && child.source() == null && child.name().equals(name)).findFirst();
        long id = found.isPresent() ? found.get().id() : store.newId();
        if (found.isEmpty()) {
            changes.put(Container.of(id, 0, ContainerType.CATEGORY, name, null, null, 0, 0, null, Map.of()));
        }
        categories.put(name, id);
        return id;
    }
}

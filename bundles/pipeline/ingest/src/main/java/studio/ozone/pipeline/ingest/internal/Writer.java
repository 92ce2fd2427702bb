package studio.ozone.pipeline.ingest.internal;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.Relation.Discovery;
import studio.ozone.api.zsei.ZseiException;

/**
 * Turns plans into the changes of one commit. What is in the store already and stays as it is, is not written again: a section is
 * known by its headings, a chunk by its section and its text. Made for one commit; used under the lock of all writers.
 */
final class Writer {

    static final String FILE_HASH = "file_hash";

    private final ContainerStore store;
    private final Changes changes = new Changes();
    private final Map<Path, Long> folders = new HashMap<>();
    private long documents;
    private long chunks;

    Writer(ContainerStore store) {
        this.store = store;
    }

    Changes changes() {
        return changes;
    }

    /** Documents that the changes write, wholly or in part. */
    long documents() {
        return documents;
    }

    /** Chunks that the changes write. */
    long chunks() {
        return chunks;
    }

    /** The container of a folder, made with all those above where it is missing. */
    long folder(Path path) throws ZseiException {
        Long known = folders.get(path);
        if (known != null) {
            return known;
        }
        Container found = store.find(path.toString(), null).orElse(null);
        long id;
        if (found != null && found.type() == ContainerType.DIRECTORY) {
            id = found.id();
        } else {
            if (found != null) {
                changes.remove(found.id()); // a file was there before
            }
            long parent = path.getParent() == null ? 0 : folder(path.getParent());
            id = store.newId();
            String name = path.getFileName() == null ? path.toString() : path.getFileName().toString();
            changes.put(Container.of(id, parent, ContainerType.DIRECTORY, name, path.toString(), null, 0, 0, null, Map.of()));
        }
        folders.put(path, id);
        return id;
    }

    /** A file that is one document. */
    void document(Path file, String fileHash, Plan plan) throws ZseiException {
        Map<String, String> attributes = new LinkedHashMap<>(plan.document().locator());
        attributes.put("kind", plan.document().kind());
        attributes.put("title", plan.document().title());
        attributes.put(FILE_HASH, fileHash);
        write(existing(file, ContainerType.DOCUMENT), folder(file.getParent()), file, file.getFileName().toString(), attributes, plan);
    }

    /** A record of a data set that is in the store. */
    void record(Path file, long dataset, Plan plan) throws ZseiException {
        Container existing = store.find(file.toString(), plan.document().record()).orElse(null);
        String title = plan.document().title();
        if (existing != null && plan.hash().equals(existing.contentHash()) && title.equals(existing.attributes().get("title"))) {
            return; // its line may have moved; whoever reads it finds it by its id
        }
        Map<String, String> attributes = new LinkedHashMap<>(plan.document().locator());
        attributes.put("kind", plan.document().kind());
        attributes.put("title", title);
        write(existing, dataset, file, title, attributes, plan);
    }

    /** @param fileHash empty while its records are being written */
    long dataset(Path file, String fileHash) throws ZseiException {
        Container existing = existing(file, ContainerType.DATASET);
        long id = existing == null ? store.newId() : existing.id();
        String name = file.getFileName().toString();
        Container now = Container.of(id, folder(file.getParent()), ContainerType.DATASET, name, file.toString(), null, 0, 0, null,
                Map.of("kind", "jsonl", "title", name, FILE_HASH, fileHash));
        if (existing == null || !same(existing, now)) {
            changes.put(now);
        }
        return id;
    }

    private Container existing(Path file, ContainerType type) throws ZseiException {
        Container found = store.find(file.toString(), null).orElse(null);
        if (found != null && found.type() != type) {
            changes.remove(found.id());
            return null;
        }
        return found;
    }

    private void write(Container existing, long parent, Path file, String name, Map<String, String> attributes, Plan plan)
            throws ZseiException {
        long id = existing == null ? store.newId() : existing.id();
        String record = plan.document().record();
        documents++;
        Container document = Container.of(id, parent, ContainerType.DOCUMENT, name, file.toString(), record, 0, plan.length(), plan.hash(),
                attributes);
        if (existing == null || !same(existing, document)) {
            changes.put(document);
        }
        Old old = existing == null ? new Old(Map.of(), Map.of(), List.of()) : old(existing);
        if (existing != null && !plan.hash().equals(existing.contentHash())) {
            for (Relation relation : store.relations(id)) {
                if (relation.discovery() == Discovery.TEXT_ANALYSIS) {
                    changes.unrelate(relation); // said about a text that is no more
                }
            }
        }
        Map<String, String> common = new LinkedHashMap<>(attributes);
        common.remove(FILE_HASH);
        Set<Long> kept = new HashSet<>();
        long[] sections = sections(old, id, file, record, common, plan, kept);
        for (Plan.Chunk chunk : plan.chunks()) {
            long above = chunk.section() < 0 ? id : sections[chunk.section()];
            Deque<Container> alike = old.chunks().get(new ChunkKey(above, chunk.hash()));
            Container before = alike == null ? null : alike.poll();
            Map<String, String> facts = new LinkedHashMap<>(common);
            if (!chunk.path().isEmpty()) {
                facts.put("heading", chunk.path());
            }
            Container now = Container.of(before == null ? store.newId() : before.id(), above, ContainerType.CHUNK,
                    chunk.path().isEmpty() ? plan.document().title() : chunk.path(), file.toString(), record, chunk.start(), chunk.end(),
                    chunk.hash(), facts);
            kept.add(now.id());
            if (before == null || !same(before, now)) {
                changes.put(now, chunk.text());
                chunks++;
            }
        }
        for (Container each : old.all()) {
            if (!kept.contains(each.id()) && (each.parent() == id || kept.contains(each.parent()))) {
                changes.remove(each.id()); // what lies below goes with it
            }
        }
    }

    private long[] sections(Old old, long document, Path file, String record, Map<String, String> common, Plan plan, Set<Long> kept)
            throws ZseiException {
        long[] ids = new long[plan.sections().size()];
        for (int i = 0; i < ids.length; i++) {
            Plan.Section section = plan.sections().get(i);
            long parent = section.parent() < 0 ? document : ids[section.parent()];
            Deque<Container> alike = old.sections().get(new SectionKey(parent, section.name()));
            Container before = alike == null ? null : alike.poll();
            ids[i] = before == null ? store.newId() : before.id();
            kept.add(ids[i]);
            Map<String, String> facts = new LinkedHashMap<>(common);
            facts.put("heading", section.path());
            facts.put("level", Integer.toString(section.level()));
            Container now = Container.of(ids[i], parent, ContainerType.SECTION, section.name(), file.toString(), record, section.start(),
                    section.end(), section.hash(), facts);
            if (before == null || !same(before, now)) {
                changes.put(now);
            }
        }
        return ids;
    }

    private record ChunkKey(long parent, String hash) { }

    private record SectionKey(long parent, String name) { }

    /** What the store has below a document. */
    private record Old(Map<SectionKey, Deque<Container>> sections, Map<ChunkKey, Deque<Container>> chunks, List<Container> all) { }

    private Old old(Container document) throws ZseiException {
        Old old = new Old(new HashMap<>(), new HashMap<>(), new ArrayList<>());
        Deque<Long> open = new ArrayDeque<>();
        open.add(document.id());
        while (!open.isEmpty()) {
            for (Container child : store.children(open.poll())) {
                if (child.type() == ContainerType.SECTION) {
                    old.sections().computeIfAbsent(new SectionKey(child.parent(), child.name()), key -> new ArrayDeque<>()).add(child);
                    open.add(child.id());
                } else if (child.type() == ContainerType.CHUNK) {
                    old.chunks().computeIfAbsent(new ChunkKey(child.parent(), child.contentHash()), key -> new ArrayDeque<>()).add(child);
                } else {
                    continue;
                }
                old.all().add(child);
            }
        }
        return old;
    }

    private static boolean same(Container before, Container now) {
        return before.equals(new Container(now.id(), now.parent(), before.version(), now.type(), now.name(), now.source(), now.record(),
                now.start(), now.end(), now.contentHash(), before.created(), before.updated(), now.attributes()));
    }
}

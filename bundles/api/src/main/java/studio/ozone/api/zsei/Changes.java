package studio.ozone.api.zsei;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What one commit writes, all or nothing. Ids of new containers come from {@link ContainerStore#newId()}. A removal comes
 * before the writes of the same commit. Not thread-safe.
 */
public final class Changes {

    private final List<Container> puts = new ArrayList<>();
    private final Map<Long, String> texts = new LinkedHashMap<>();
    private final Set<Long> asTheyAre = new HashSet<>();
    private final List<Long> removals = new ArrayList<>();
    private final List<Relation> relations = new ArrayList<>();
    private final List<Relation> unrelations = new ArrayList<>();

    /** Writes a container, new or as its next version. */
    public Changes put(Container container) {
        puts.add(container);
        return this;
    }

    /**
     * Writes a chunk and hands its text to whoever follows the store, so that the source need not be read again. The text
     * itself is not stored.
     */
    public Changes put(Container chunk, String text) {
        texts.put(chunk.id(), text);
        return put(chunk);
    }

    /**
     * Writes a new container with the version and the times that it has, not those of now: for what comes from another store. Of a container
     * that is there already it is a {@link #put(Container)}.
     */
    public Changes putAsItIs(Container container) {
        asTheyAre.add(container.id());
        return put(container);
    }

    /** Removes a container with everything below it and every edge to and from these. */
    public Changes remove(long id) {
        removals.add(id);
        return this;
    }

    /** Writes an edge and its inverse; one that is there is replaced. */
    public Changes relate(Relation relation) {
        relations.add(relation);
        return this;
    }

    /** Removes an edge and its inverse; from, to and type count. */
    public Changes unrelate(Relation relation) {
        unrelations.add(relation);
        return this;
    }

    public List<Container> puts() {
        return puts;
    }

    /** Ids of those that keep their version and times. */
    public Set<Long> asTheyAre() {
        return asTheyAre;
    }

    public Map<Long, String> texts() {
        return texts;
    }

    public List<Long> removals() {
        return removals;
    }

    public List<Relation> relations() {
        return relations;
    }

    public List<Relation> unrelations() {
        return unrelations;
    }

    public boolean isEmpty() {
        return puts.isEmpty() && removals.isEmpty() && relations.isEmpty() && unrelations.isEmpty();
    }
}

package studio.ozone.zsei.store;

import java.util.EnumMap;
import java.util.Map;

import jetbrains.exodus.ByteIterable;

import studio.ozone.api.zsei.ContainerType;

/**
 * The figures that each commit carries forward. Not thread-safe: a commit works on a copy of its own, which replaces the last
 * one when it is durable.
 */
final class State {

    final long created;
    long sequence;
    long highestId;
    long relations;
    long versions;
    private final Map<ContainerType, Long> containers = new EnumMap<>(ContainerType.class);

    /** An empty store. @param created milliseconds since 1970 */
    State(long created) {
        this.created = created;
    }

    /** @param format of the store that it was written by */
    State(ByteIterable value, int format) {
        Bytes bytes = new Bytes(value);
        created = bytes.number();
        sequence = bytes.number();
        highestId = bytes.number();
        relations = bytes.number();
        versions = format < 2 ? 0 : bytes.number();
        while (bytes.more()) {
            containers.put(ContainerType.ofCode(bytes.octet()), bytes.number());
        }
    }

    State copy() {
        State copy = new State(created);
        copy.sequence = sequence;
        copy.highestId = highestId;
        copy.relations = relations;
        copy.versions = versions;
        copy.containers.putAll(containers);
        return copy;
    }

    /** Takes the counts of another. */
    void correct(State counted) {
        highestId = counted.highestId;
        relations = counted.relations;
        versions = counted.versions;
        containers.clear();
        containers.putAll(counted.containers);
    }

    ByteIterable written() {
        Bytes bytes = new Bytes().number(created).number(sequence).number(highestId).number(relations).number(versions);
        containers.forEach((type, count) -> bytes.raw(type.code()).number(count));
        return bytes.written();
    }

    void count(ContainerType type, int change) {
        containers.merge(type, (long) change, (a, b) -> a + b == 0 ? null : a + b);
    }

    Map<ContainerType, Long> containers() {
        return Map.copyOf(containers);
    }

    long total() {
        return containers.values().stream().mapToLong(Long::longValue).sum();
    }
}

package studio.ozone.zsei.backup;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.ZseiException;

/** Finds the container here that one from elsewhere is. */
final class Match {

    /** What makes a container below a known one the same; when it was made counts where two may say the same: conversations and tasks. */
    private record Key(ContainerType type, String name, String source, String record, int start, int end, String hash, Instant created) {

        static Key of(Container container) {
            boolean dated = switch (container.type()) {
                case TASK, CONTEXT, STATE -> true;
                default -> false;
            };
            return new Key(container.type(), container.name(), container.source(), container.record(), container.start(), container.end(),
                    container.contentHash(), dated ? container.created() : null);
        }
    }

    private final ContainerStore store;
    private final Map<Long, Map<Key, Queue<Long>>> children = new HashMap<>();

    Match(ContainerStore store) {
        this.store = store;
    }

    /** What a file, directory or record is found by; null for other containers. */
    static String place(Container container) {
        return container.source() == null ? null : switch (container.type()) {
            case DIRECTORY, DATASET, DOCUMENT -> container.source() + '\0' + (container.record() == null ? "" : '\0' + container.record());
            default -> null;
        };
    }

    static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A container that is the same, below one that was here before; 0 where there is none. Each is found once. */
    long below(long parent, Container container) throws ZseiException {
        Map<Key, Queue<Long>> known = children.get(parent);
        if (known == null) {
            known = new HashMap<>();
            for (Container child : store.children(parent)) {
                known.computeIfAbsent(Key.of(child), key -> new ArrayDeque<>()).add(child.id());
            }
            children.put(parent, known);
        }
        Queue<Long> same = known.get(Key.of(container));
        return same == null || same.isEmpty() ? 0 : same.remove();
    }
}

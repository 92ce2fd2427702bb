package studio.ozone.zsei.traversal;

import java.util.Arrays;
import java.util.BitSet;
import java.util.Set;

import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.RelationType;
import studio.ozone.api.zsei.Traversal.Filter;

/** Tells what counts as a result. Who carries a keyword or topic is gathered from the keyword's side, once; a container then looks upwards. For one view. */
final class Sieve {

    private final View view;
    private final Touched touched;
    private final boolean[] types;
    private final long since;
    private final long until;
    private final boolean timed;
    private final Carriers keywords;
    private final Carriers topics;

    /** @param touched told what it depended on; may be null */
    Sieve(View view, Filter filter, Touched touched) {
        this.view = view;
        this.touched = touched;
        this.types = filter.types().isEmpty() ? null : new boolean[ContainerType.values().length];
        filter.types().forEach(type -> types[type.ordinal()] = true);
        this.since = filter.since() == null ? Long.MIN_VALUE : filter.since().toEpochMilli() + (filter.since().getNano() % 1_000_000 == 0 ? 0 : 1);
        this.until = filter.until() == null ? Long.MAX_VALUE : filter.until().toEpochMilli() + (filter.until().getNano() % 1_000_000 == 0 ? 0 : 1);
        this.timed = filter.since() != null || filter.until() != null;
        this.keywords = filter.keywords().isEmpty() ? null : new Carriers(false, filter.keywords());
        this.topics = filter.topics().isEmpty() ? null : new Carriers(true, filter.topics());
    }

    static boolean asksForNames(Filter filter) {
        return !filter.keywords().isEmpty() || !filter.topics().isEmpty();
    }

    boolean passes(int ordinal) {
        return (types == null || types[view.type(ordinal).ordinal()])
            && (!timed || view.updated(ordinal) >= since && view.updated(ordinal) < until)
            && (keywords == null || keywords.above(ordinal)) && (topics == null || topics.above(ordinal));
    }

    /** Those who carry one of some names, and all below them. */
    private final class Carriers {

        private final BitSet carriers = new BitSet();
        private final BitSet known = new BitSet();
        private int[] way = new int[16];

        Carriers(boolean topic, Set<String> texts) {
            for (String text : texts) {
                Name name = new Name(topic, text);
                Set<Long> ids = view.named(name);
                if (touched != null) {
                    touched.add(name, ids);
                }
                for (long id : ids) {
                    int ordinal = view.ordinal(id);
                    if (ordinal != View.NONE) {
                        gather(topic, ordinal);
                    }
                }
            }
        }

        private void gather(boolean topic, int named) {
            touch(named);
            if (topic) {
                carriers.set(named);
            }
            view.links(named, true, (target, kind, confidence) -> {
                if (topic ? kind != View.CHILD : kind == RelationType.KEYWORD_OF.code()) {
                    carriers.set(target);
                }
                return true;
            });
        }

        boolean above(int ordinal) {
            int steps = 0;
            int at = ordinal;
            while (at != View.NONE && !known.get(at) && !carriers.get(at)) {
                if (steps == way.length) {
                    way = Arrays.copyOf(way, steps * 2);
                }
                way[steps++] = at;
                touch(at);
                at = view.parent(at);
            }
            boolean carried = at != View.NONE && carriers.get(at);
            if (at != View.NONE) {
                touch(at);
            }
            for (int i = 0; i < steps; i++) {
                known.set(way[i]);
                carriers.set(way[i], carried);
            }
            return carried;
        }
    }

    private void touch(int ordinal) {
        if (touched != null) {
            touched.add(ordinal);
        }
    }
}

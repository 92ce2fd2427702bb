package studio.ozone.api.zsei;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

import org.osgi.annotation.versioning.ProviderType;

/** Bounded walks over the graph of containers, by structure, meaning and context. Thread-safe. */
@ProviderType
public interface Traversal {

    /** How a traversal goes (requirements, part A). */
    enum Mode {
        /** Breadth first along child links and the relations that are asked for; the distance is the number of hops. */
        STRUCTURAL,
        /** The chunks nearest in meaning; the distance is 1 - cosine. */
        SEMANTIC,
        /**
         * Best first along relations, and up and down the tree. A way scores the product of its confidences, less with each hop, and less where
         * keywords and topics are not shared; the distance is 1 - score.
         */
        CONTEXTUAL,
        /** The three of them, each scored 0..1 and weighed; the distance is 1 - the weighed sum. */
        HYBRID,
        /** Looks at everything in the store: what the other modes are measured by. Slow, and never remembered. */
        BRUTE_FORCE
    }

    /**
     * What counts as a result; everything is walked through. Within one field one match is enough; all fields must match.
     *
     * @param types of containers; empty for all
     * @param keywords names of terms, whatever their capitals: the container, or one above it, has the keyword; empty for all
     * @param topics names of categories, whatever their capitals: one of them lies above the container, or is linked with it or with one above it;
     *     empty for all
     * @param relations types of edges that are followed; where it is empty, STRUCTURAL follows child links only, CONTEXTUAL every edge
     * @param since changed at this time or later; null for any
     * @param until changed before this time; null for any
     */
    record Filter(Set<ContainerType> types, Set<String> keywords, Set<String> topics, Set<RelationType> relations, Instant since, Instant until) {

        /** Everything, along child links. */
        public static final Filter NONE = new Filter(Set.of(), Set.of(), Set.of(), Set.of(), null, null);

        public Filter {
            types = Set.copyOf(types);
            keywords = lower(keywords);
            topics = lower(topics);
            relations = Set.copyOf(relations);
        }

        private static Set<String> lower(Set<String> names) {
            return names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toUnmodifiableSet());
        }

        public static Filter types(ContainerType... types) {
            return new Filter(Set.of(types), Set.of(), Set.of(), Set.of(), null, null);
        }

        public static Filter relations(RelationType... relations) {
            return new Filter(Set.of(), Set.of(), Set.of(), Set.of(relations), null, null);
        }
    }

    /**
     * What a traversal may cost; it ends with what it has by then.
     *
     * @param hops links followed; 0 for as many as it takes
     * @param millis wall time; 0 for as long as it takes
     */
    record Budget(long hops, long millis) {

        public static final Budget NONE = new Budget(0, 0);
    }

    /**
     * What is looked for.
     *
     * @param start where it begins; with a text, SEMANTIC finds only what lies below it. 0, the root, with a text stands for no place at all: CONTEXTUAL then
     *     begins at the keywords and topics that the text names, and HYBRID leaves STRUCTURAL out
     * @param mode how
     * @param text what SEMANTIC compares with, and whose keywords count in CONTEXTUAL; null for the start's own vector (of a container without one, the
     *     mean of those of the chunks below it)
     * @param filter what counts
     * @param maxDepth hops, 1..65535; 0 takes {@code zsei.traversal.default_max_depth}
     * @param maxResults 1..100,000; 0 takes {@code zsei.traversal.default_max_results}
     * @param budget what it may cost
     * @param measure of BRUTE_FORCE: whose answer it is to find; null for SEMANTIC where there is a text, else STRUCTURAL
     */
    record Request(long start, Mode mode, String text, Filter filter, int maxDepth, int maxResults, Budget budget, Mode measure) {

        public Request {
            Objects.requireNonNull(mode, "mode");
            Objects.requireNonNull(filter, "filter");
            Objects.requireNonNull(budget, "budget");
        }

        /** Without a filter, within the configured limits. */
        public static Request of(long start, Mode mode) {
            return new Request(start, mode, null, Filter.NONE, 0, 0, Budget.NONE, null);
        }

        public Request about(String wanted) {
            return new Request(start, mode, wanted, filter, maxDepth, maxResults, budget, measure);
        }

        public Request only(Filter wanted) {
            return new Request(start, mode, text, wanted, maxDepth, maxResults, budget, measure);
        }

        public Request atMost(int depth, int results) {
            return new Request(start, mode, text, filter, depth, results, budget, measure);
        }

        public Request within(Budget most) {
            return new Request(start, mode, text, filter, maxDepth, maxResults, most, measure);
        }

        /** The same, answered by looking at everything. */
        public Request bruteForce() {
            return new Request(start, Mode.BRUTE_FORCE, text, filter, maxDepth, maxResults, budget, mode);
        }
    }

    /**
     * @param id a container that was found; the start is one like any other
     * @param distance as the mode says, 0 or more
     * @param path the ids on the way, from where it began to the container itself
     */
    record Found(long id, double distance, List<Long> path) { }

    /**
     * @param containers nearest first
     * @param visited containers looked at; of a remembered answer, when it was found
     * @param hops links followed; of a remembered answer, when it was found
     * @param cacheHits 1 where the answer was remembered, else 0
     * @param shardsSearched shards of the index that were looked into; 0 where it was not asked
     * @param complete whether nothing was left out for a limit or a budget
     * @param fallback whether a part of what was asked could not be done, and the rest was
     * @param why in one line what it was left out for, or why it fell back; null where neither is so
     * @param tookNanos wall time
     */
    record Result(List<Found> containers, int visited, long hops, int cacheHits, int shardsSearched, boolean complete, boolean fallback, String why,
            long tookNanos) { }

    /**
     * @throws ZseiException NOT_FOUND if there is no such start; INVALID if a limit is out of its range, or the start has no vector; EMBEDDER_UNAVAILABLE for
     *     SEMANTIC where nothing turns the text into a vector
     */
    Result walk(Request request) throws ZseiException;
}

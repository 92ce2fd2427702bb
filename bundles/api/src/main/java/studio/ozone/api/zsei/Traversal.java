package studio.ozone.api.zsei;

import java.util.List;
import java.util.Set;

import org.osgi.annotation.versioning.ProviderType;

/** Bounded walks over the graph of containers. Thread-safe. */
@ProviderType
public interface Traversal {

    /**
     * A structural walk: breadth first along child links and, if wanted, relations.
     *
     * @param start where it begins
     * @param relations types of edges that are followed beside the child links; empty for none
     * @param types only containers of these types are results (all are walked through); empty for all
     * @param maxDepth hops, 1..65535; 0 takes {@code zsei.traversal.default_max_depth}
     * @param maxResults 1..100,000; 0 takes {@code zsei.traversal.default_max_results}
     */
    record Request(long start, Set<RelationType> relations, Set<ContainerType> types, int maxDepth, int maxResults) { }

    /**
     * @param id a container that was reached; the start itself is the first, at distance 0
     * @param distance hops from the start
     * @param via the container before it on the way; the start's own id for the start
     */
    record Step(long id, int distance, long via) { }

    /**
     * @param steps in the order in which they were reached
     * @param visited containers looked at
     * @param hops links followed
     * @param tookNanos wall time
     * @param complete whether nothing was left out for a limit
     */
    record Walk(List<Step> steps, int visited, int hops, long tookNanos, boolean complete) { }

    /** @throws ZseiException NOT_FOUND if there is no such start */
    Walk walk(Request request) throws ZseiException;
}

package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.pipeline.Prompting.Context;
import studio.ozone.api.pipeline.Prompting.ContextItem;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.SourceException;
import studio.ozone.api.zsei.Sources;
import studio.ozone.api.zsei.ZseiException;

/** Makes passages of chunks: neighbours joined, the best within the budget, everything else listed with the reason. */
final class Assembly {

    /** Joined chunks get no longer than this, in code points. */
    private static final int LONGEST = 4_000;
    /** Chunks with no more than this between them are neighbours: white space. */
    private static final int GAP = 2;

    private final ContainerStore store;
    private final Sources sources;

    Assembly(ContainerStore store, Sources sources) {
        this.store = store;
        this.sources = sources;
    }

    /**
     * Passages before anybody counted their tokens.
     *
     * @param evidence best first, numbered from 1
     * @param cut what is no passage, with the reason
     */
    record Joined(List<Evidence> evidence, List<ContextItem> cut) { }

    /** @param evidence what the provider gets, with its places, numbered from 1 */
    record Assembled(List<Evidence> evidence, Context context) {

        List<Provider.Passage> passages() {
            return evidence.stream().map(Evidence::passage).toList();
        }
    }

    /** How many tokens a passage takes. */
    @FunctionalInterface
    interface Cost {
        int of(Evidence passage) throws ProviderException, InterruptedException;
    }

    private static final class Group {
        private final Found best;
        private int start;
        private int end;
        private String text;

        Group(Found best) {
            this.best = best;
            this.start = best.chunk().start();
            this.end = best.chunk().end();
            this.text = best.text();
        }
    }

    Joined join(List<Found> found, int maxPassages) throws ZseiException {
        List<Group> groups = new ArrayList<>();
        List<ContextItem> cut = new ArrayList<>();
        for (Found one : found) {
            if (one.unread() != null) {
                cut.add(item(one, one.unread()));
            } else if (one.text() == null) {
                cut.add(item(one, beyond(maxPassages)));
            } else if (!joined(groups, one)) {
                groups.add(new Group(one));
            }
        }
        List<Evidence> evidence = new ArrayList<>();
        for (Group group : groups) {
            Container chunk = group.best.chunk();
            String title = title(chunk);
            evidence.add(new Evidence(evidence.size() + 1, chunk, title, heading(chunk, title), group.start, group.end, group.text,
                    group.best.score(), group.best.relevance()));
        }
        return new Joined(evidence, cut);
    }

    /**
     * Takes as many passages as there are tokens for; the others are listed.
     *
     * @param used tokens of what goes in beside the passages
     * @param budget tokens of all that goes in
     */
    static Assembled fit(Joined joined, int maxPassages, int used, int budget, Cost cost) throws ProviderException, InterruptedException {
        List<ContextItem> cut = new ArrayList<>(joined.cut);
        List<Evidence> evidence = new ArrayList<>();
        List<ContextItem> included = new ArrayList<>();
        int tokens = used;
        for (Evidence one : joined.evidence) {
            if (evidence.size() == maxPassages) {
                cut.add(item(one, estimate(one.end() - one.start()), beyond(maxPassages)));
                continue;
            }
            Evidence numbered = one.numbered(evidence.size() + 1);
            int more = cost.of(numbered);
            if (tokens + more > budget) {
                cut.add(item(one, more, "over the budget of " + budget + " tokens"));
            } else {
                tokens += more;
                evidence.add(numbered);
                included.add(item(one, more, null));
            }
        }
        return new Assembled(evidence, new Context(included, cut, tokens, budget));
    }

    /** What is shown where no provider was asked: everything that was found, none of it in a prompt. */
    static Context unasked(Joined joined, int budget, String reason) {
        List<ContextItem> cut = new ArrayList<>();
        joined.evidence.forEach(one -> cut.add(item(one, estimate(one.end() - one.start()), reason)));
        cut.addAll(joined.cut);
        return new Context(List.of(), cut, 0, budget);
    }

    private static ContextItem item(Evidence one, int tokens, String reason) {
        Container chunk = one.chunk();
        return new ContextItem(chunk.id(), chunk.source(), chunk.record(), one.title(), one.start(), one.end(), tokens, one.score(), reason);
    }

    /** Of what was not counted the tokens are estimated, four characters each. */
    private static int estimate(int characters) {
        return (characters + 3) / 4;
    }

    private static String beyond(int maxPassages) {
        return "beyond the best " + maxPassages + " (pipeline.prompt.max_passages)";
    }

    /** Joins a chunk to a group of the same document that it touches or overlaps. */
    private boolean joined(List<Group> groups, Found one) {
        Container chunk = one.chunk();
        for (Group group : groups) {
            Container other = group.best.chunk();
            int start = Math.min(group.start, chunk.start());
            int end = Math.max(group.end, chunk.end());
            if (chunk.source() != null && chunk.source().equals(other.source()) && Objects.equals(chunk.record(), other.record())
                    && chunk.start() <= group.end + GAP && chunk.end() >= group.start - GAP && end - start <= LONGEST) {
                try {
                    group.text = sources.text(chunk).slice(start, end);
                    group.start = start;
                    group.end = end;
                    return true;
                } catch (SourceException | IndexOutOfBoundsException e) {
                    return false;       // it changes under our hands: the chunk stands for itself, verification tells
                }
            }
        }
        return false;
    }

    private ContextItem item(Found one, String reason) throws ZseiException {
        Container chunk = one.chunk();
        return new ContextItem(chunk.id(), chunk.source(), chunk.record(), title(chunk), chunk.start(), chunk.end(),
                estimate(chunk.end() - chunk.start()), one.score(), reason);
    }

    private String title(Container chunk) throws ZseiException {
        if (chunk.source() == null) {
            return chunk.name();
        }
        Optional<Container> document = store.find(chunk.source(), chunk.record());
        return document.map(found -> found.attributes().getOrDefault("title", found.name())).orElse(chunk.name());
    }

    /** The document's title and the headings above the chunk. */
    private String heading(Container chunk, String title) throws ZseiException {
        StringBuilder heading = new StringBuilder();
        for (long id : store.ancestors(chunk.id())) {
            Optional<Container> above = store.get(id);
            if (above.isEmpty() || above.get().type() != ContainerType.SECTION) {
                break;
            }
            heading.insert(0, " › " + above.get().name());
        }
        return title + heading;
    }
}

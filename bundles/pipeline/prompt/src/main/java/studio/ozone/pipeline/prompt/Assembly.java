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
    private final Provider provider;

    Assembly(ContainerStore store, Sources sources, Provider provider) {
        this.store = store;
        this.sources = sources;
        this.provider = provider;
    }

    /**
     * @param passages what the provider gets
     * @param evidence the same with their places, in the same order
     */
    record Assembled(List<Provider.Passage> passages, List<Evidence> evidence, Context context) { }

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

    /**
     * @param question tokens of the question
     * @param budget tokens that passages and question may have together
     */
    Assembled assemble(List<Found> found, int maxPassages, int question, int budget)
            throws ZseiException, ProviderException, InterruptedException {
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
        List<Provider.Passage> passages = new ArrayList<>();
        List<Evidence> evidence = new ArrayList<>();
        List<ContextItem> included = new ArrayList<>();
        int tokens = question;
        for (Group group : groups) {
            int cost = provider.countTokens(group.text);
            String title = title(group.best.chunk());
            String reason = passages.size() == maxPassages ? beyond(maxPassages)
                    : tokens + cost > budget ? "over the budget of " + budget + " tokens" : null;
            Container chunk = group.best.chunk();
            ContextItem item = new ContextItem(chunk.id(), chunk.source(), chunk.record(), title, group.start, group.end, cost,
                    group.best.score(), reason);
            if (reason != null) {
                cut.add(item);
            } else {
                tokens += cost;
                int n = passages.size() + 1;
                passages.add(new Provider.Passage(n, heading(chunk, title), group.text, group.best.relevance()));
                evidence.add(new Evidence(n, chunk, title, group.start, group.end, group.text));
                included.add(item);
            }
        }
        return new Assembled(passages, evidence, new Context(included, cut, tokens, budget));
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

    /** Of a chunk that was not read the tokens are estimated, four characters each. */
    private ContextItem item(Found one, String reason) throws ZseiException {
        Container chunk = one.chunk();
        return new ContextItem(chunk.id(), chunk.source(), chunk.record(), title(chunk), chunk.start(), chunk.end(),
                (chunk.end() - chunk.start() + 3) / 4, one.score(), reason);
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

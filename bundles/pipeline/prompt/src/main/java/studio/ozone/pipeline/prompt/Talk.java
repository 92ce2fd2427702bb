package studio.ozone.pipeline.prompt;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

import studio.ozone.api.llm.Provider;
import studio.ozone.api.pipeline.Conversations.Conversation;
import studio.ozone.api.pipeline.Conversations.Turn;
import studio.ozone.api.pipeline.Prompting.Citation;
import studio.ozone.api.zsei.Changes;
import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerStore;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.runtime.json.Json;

/**
 * Conversations in the store: one CONTEXT for all of them, below it one for each, below that one TASK a turn. There are no chunks among
 * them, so that no search finds them. Writes go through one instance; it is thread-safe.
 */
final class Talk {

    private static final String FOLDER = "conversations";
    private static final int TITLE = 80;
    /** A container describes itself in 250,000 characters at most. */
    private static final int MOST_QUESTION = 100_000;
    private static final int MOST_ANSWER = 60_000;
    private static final int MOST_CITATIONS = 60_000;

    private final ContainerStore store;
    private volatile long folder;

    Talk(ContainerStore store) {
        this.store = store;
    }

    /** All, the one that was asked last first. */
    List<Conversation> all() throws ZseiException {
        long root = folder();
        List<Conversation> all = new ArrayList<>();
        for (Container one : root == 0 ? List.<Container>of() : store.children(root)) {
            all.add(conversation(one));
        }
        all.sort(Comparator.comparing(Conversation::last).thenComparing(Conversation::id).reversed());
        return all;
    }

    Optional<Conversation> find(long id) throws ZseiException {
        long root = folder();
        Optional<Container> found = root == 0 || id <= 0 ? Optional.empty() : store.get(id);
        return found.filter(one -> one.parent() == root && one.type() == ContainerType.CONTEXT).map(Talk::conversation);
    }

    /** Oldest first. */
    List<Turn> turns(long id) throws ZseiException {
        List<Turn> turns = new ArrayList<>();
        for (Container task : store.children(id)) {
            turns.add(turn(task));
        }
        return turns;
    }

    /** What the last question was looked for by. */
    Optional<String> lookedFor(long id) throws ZseiException {
        List<Container> tasks = store.children(id);
        return tasks.isEmpty() ? Optional.empty()
                : Optional.ofNullable(tasks.getLast().attributes().getOrDefault("looked_for", tasks.getLast().attributes().get("question")));
    }

    /**
     * Keeps one turn, with its conversation where that is new, in one commit.
     *
     * @param conversation 0 for a new one
     * @return the conversation's id
     */
    synchronized long keep(long conversation, long task, String question, String lookedFor, String answer, Provider provider, String status,
            List<Citation> citations, double tookMs) throws ZseiException {
        long root = folder();
        long above = root == 0 ? store.newId() : root;
        Optional<Container> before = conversation == 0 ? Optional.empty() : store.get(conversation);
        if (conversation != 0 && before.isEmpty()) {
            throw new ZseiException(ZseiException.Code.NOT_FOUND, "Conversation " + conversation + " was deleted meanwhile.");
        }
        long id = before.map(Container::id).orElseGet(store::newId);
        String title = before.map(Container::name).orElse(title(question));
        int turns = 1 + before.map(one -> Integer.parseInt(one.attributes().getOrDefault("turns", "0"))).orElse(0);
        Map<String, String> said = new LinkedHashMap<>();
        said.put("question", cut(question, MOST_QUESTION));
        said.put("answer", cut(answer, MOST_ANSWER));
        said.put("citations", json(citations));
        if (!lookedFor.equals(question)) {
            said.put("looked_for", lookedFor);
        }
        Changes turn = TaskRecord.changes(store, task, id, provider, status, citations, tookMs, said);
        Changes changes = new Changes();
        if (root == 0) {
            changes.put(Container.of(above, 0, ContainerType.CONTEXT, FOLDER, null, null, 0, 0, null, Map.of()));
        }
        changes.put(Container.of(id, above, ContainerType.CONTEXT, title, null, null, 0, 0, null, Map.of("turns", Integer.toString(turns))));
        turn.puts().forEach(changes::put);
        turn.relations().forEach(changes::relate);
        store.apply(changes);
        folder = above;
        return id;
    }

    void delete(long id) throws ZseiException {
        store.apply(new Changes().remove(id));
    }

    private long folder() throws ZseiException {
        long known = folder;
        if (known == 0) {
            for (Container one : store.children(0)) {
                if (one.type() == ContainerType.CONTEXT && one.name().equals(FOLDER)) {
                    known = one.id();
                    folder = known;
                    break;
                }
            }
        }
        return known;
    }

    private static Conversation conversation(Container one) {
        return new Conversation(one.id(), one.name(), Integer.parseInt(one.attributes().getOrDefault("turns", "0")), one.created(), one.updated());
    }

    private static Turn turn(Container task) {
        Map<String, String> said = task.attributes();
        return new Turn(task.id(), task.created(), said.getOrDefault("question", ""), said.getOrDefault("answer", ""),
                Provider.Mode.valueOf(said.getOrDefault("mode", "extractive").toUpperCase(Locale.ROOT)), said.getOrDefault("provider", ""),
                citations(said.getOrDefault("citations", "[]")));
    }

    private static String title(String question) {
        String line = question.strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= TITLE ? line : line.substring(0, line.offsetByCodePoints(0, TITLE - 1)) + "…";
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }

    private static String json(List<Citation> citations) {
        for (int n = citations.size(); n > 0; n--) {
            String json = Json.write(citations.subList(0, n));
            if (json.length() <= MOST_CITATIONS) {
                return json;
            }
        }
        return "[]";
    }

    private static List<Citation> citations(String json) {
        List<Citation> citations = new ArrayList<>();
        try {
            if (Json.read(json) instanceof List<?> list) {
                for (Object item : list) {
                    if (item instanceof Map<?, ?> map) {
                        citations.add(new Citation(number(map, "n"), (String) map.get("source"), (String) map.get("record"), (String) map.get("title"),
                                number(map, "start"), number(map, "end"), number(map, "line"), (String) map.get("quote"),
                                Boolean.TRUE.equals(map.get("verified"))));
                    }
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException("The citations of a turn are no JSON: " + e.getMessage(), e);
        }
        return citations;
    }

    private static int number(Map<?, ?> map, String name) {
        return map.get(name) instanceof Number number ? number.intValue() : 0;
    }
}

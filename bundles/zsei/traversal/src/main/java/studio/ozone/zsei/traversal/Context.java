package studio.ozone.zsei.traversal;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import studio.ozone.api.zsei.RelationType;

/**
 * The keywords and topics that a contextual walk wants: those of its start and of the containers above that, and those that a text names. A
 * container has those of the containers above it, too. For one view.
 */
final class Context {

    static final int MOST = 64;
    private static final int MOST_WORDS = 64;
    private static final int LONGEST_NAME = 3;

    private final View view;
    private final Touched touched;
    private final Set<Integer> wanted = new LinkedHashSet<>();
    private final List<Integer> named = new ArrayList<>();
    private final Map<Integer, Long> masks = new HashMap<>();
    private final Map<Integer, Long> gathered = new HashMap<>();

    /**
     * @param start an ordinal
     * @param text null for none
     * @param touched told what it depended on; may be null
     */
    Context(View view, int start, String text, Touched touched) {
        this.view = view;
        this.touched = touched;
        if (text != null) {
            names(text).forEach(this::want);
        }
        wanted.addAll(named);
        for (int at = start; at != View.NONE; at = view.parent(at)) {
            of(at);
        }
        int bit = 0;
        for (int each : wanted) {
            if (bit < MOST) {
                carry(each, 1L << bit++);
            }
        }
    }

    /** The names that may stand in a text: up to three words each. */
    static List<Name> names(String text) {
        List<String> words = new ArrayList<>();
        for (String word : text.toLowerCase(Locale.ROOT).split("[^\\p{L}\\p{N}]+")) {
            if (!word.isEmpty() && words.size() < MOST_WORDS) {
                words.add(word);
            }
        }
        Set<String> texts = new LinkedHashSet<>();
        for (int from = 0; from < words.size(); from++) {
            for (int to = from + 1; to <= Math.min(words.size(), from + LONGEST_NAME); to++) {
                texts.add(String.join(" ", words.subList(from, to)));
            }
        }
        List<Name> names = new ArrayList<>();
        texts.forEach(each -> names.addAll(List.of(new Name(false, each), new Name(true, each))));
        return names;
    }

    private void want(Name name) {
        Set<Long> ids = view.named(name);
        if (touched != null) {
            touched.add(name, ids);
        }
        for (long id : new TreeSet<>(ids)) {
            int ordinal = view.ordinal(id);
            if (ordinal != View.NONE && !named.contains(ordinal)) {
                named.add(ordinal);
            }
        }
    }

    /** What a container has itself. */
    private void of(int ordinal) {
        touch(ordinal);
        if (Name.topic(view.type(ordinal))) {
            wanted.add(ordinal);
        }
        view.links(ordinal, true, (target, kind, confidence) -> {
            if (kind != View.CHILD) {
                touch(target);                           // it may become a topic
            }
            if (kind == RelationType.HAS_KEYWORD.code() || kind != View.CHILD && Name.topic(view.type(target))) {
                wanted.add(target);
            }
            return true;
        });
    }

    private void carry(int named, long bit) {
        touch(named);
        boolean topic = Name.topic(view.type(named));
        if (topic) {
            masks.merge(named, bit, (a, b) -> a | b);
        }
        view.links(named, true, (target, kind, confidence) -> {
            if (topic ? kind != View.CHILD : kind == RelationType.KEYWORD_OF.code()) {
                masks.merge(target, bit, (a, b) -> a | b);
            }
            return true;
        });
    }

    /** The containers that the text names, by the order of the text. */
    List<Integer> named() {
        return named;
    }

    /** The part of what is wanted that a container has, 0..1; 1 where nothing is wanted. */
    double shared(int ordinal) {
        int of = Math.min(MOST, wanted.size());
        return of == 0 ? 1 : (double) Long.bitCount(gather(ordinal)) / of;
    }

    private long gather(int ordinal) {
        long mask = 0;
        List<Integer> way = new ArrayList<>();
        for (int at = ordinal; at != View.NONE; at = view.parent(at)) {
            Long known = gathered.get(at);
            if (known != null) {
                mask = known;
                break;
            }
            touch(at);
            way.add(at);
        }
        for (int i = way.size() - 1; i >= 0; i--) {
            mask |= masks.getOrDefault(way.get(i), 0L);
            gathered.put(way.get(i), mask);
        }
        return mask;
    }

    private void touch(int ordinal) {
        if (touched != null) {
            touched.add(ordinal);
        }
    }
}

package studio.ozone.pipeline.prompt;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

import studio.ozone.api.llm.Provider.Quote;
import studio.ozone.api.pipeline.Prompting.Sentence;
import studio.ozone.llm.evidence.Sentences;

/**
 * A generated answer while it comes. What the model writes is handed on at once, without its own citations; behind each sentence, when it is
 * whole, stand the runtime's: the numbers of what holds it, or that nothing does. With {@code strict}, a sentence is handed on when it was
 * checked and is supported, and not at all otherwise. Thread-safe.
 */
final class Wording {

    /** What the model is told to say where the passages do not answer. */
    static final String NOTHING = "NOT IN YOUR MATERIAL";
    static final String UNSUPPORTED = "[unsupported]";
    private static final String FENCE = "```";
    /** A sentence that comes this often is a model going round in circles; shorter ones ("Yes.") may come as often as they like. */
    private static final int CIRCLE = 4;
    private static final int CIRCLE_CHARS = 16;
    private static final String SQUEEZED = NOTHING.replace(" ", "");

    private final Support support;
    private final boolean strict;
    private final Consumer<String> out;
    private final ForeignMarks marks = new ForeignMarks();
    private final StringBuilder first = new StringBuilder();
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder pending = new StringBuilder();
    private final StringBuilder fenced = new StringBuilder();
    private final StringBuilder line = new StringBuilder();
    private final List<Sentence> sentences = new ArrayList<>();
    private final List<Quote> quotes = new ArrayList<>();
    private final Map<String, Integer> said = new HashMap<>();
    private boolean decided;
    private boolean inFence;
    private boolean circles;
    private int from;
    private int shown;
    private int dropped;
    private long chars;
    /** The first half of what a piece ended in the middle of: a surrogate pair, or a line end of two chars. */
    private char half;
    private String gap = "";

    Wording(Support support, boolean strict, Consumer<String> out) {
        this.support = support;
        this.strict = strict;
        this.out = out;
    }

    /** @return how many chars the model has sent */
    synchronized long accept(String piece) {
        chars += piece.length();
        String now = half == 0 ? piece : half + piece;
        half = 0;
        if (!now.isEmpty() && (Character.isHighSurrogate(now.charAt(now.length() - 1)) || now.charAt(now.length() - 1) == '\r')) {
            half = now.charAt(now.length() - 1);
            now = now.substring(0, now.length() - 1);
        }
        take(marks.next(now.replace("\r\n", "\n").replace('\r', '\n')));
        hand();
        return chars;
    }

    /** The model has said all it had to say. */
    synchronized void finish() {
        take(marks.next(half == '\r' ? "\n" : ""));
        take(marks.finish());
        if (!decided && !saysNothing()) {
            decided = true;
            decided(first.toString());
        }
        if (inFence || line.toString().strip().startsWith(FENCE)) {
            fenced(!line.isEmpty());
            closeFence();
        } else {
            sentence(line.length());
        }
        hand();
    }

    /** Whether the model said that the passages do not answer. */
    synchronized boolean saysNothing() {
        return !decided && letters(first).startsWith(SQUEEZED);
    }

    /** What was handed on, all of it. */
    synchronized String text() {
        return text.toString().strip();
    }

    synchronized List<Sentence> sentences() {
        return List.copyOf(sentences);
    }

    /** What the answer rests on; a sentence's citation n is the quote n − 1. */
    synchronized List<Quote> quotes() {
        return List.copyOf(quotes);
    }

    /** How many sentences were left out. */
    synchronized int dropped() {
        return dropped;
    }

    /** Whether the model says the same again and again. */
    synchronized boolean circles() {
        return circles;
    }

    /** Whether anything but white space came. */
    synchronized boolean begun() {
        return chars > 0 && (decided || !first.toString().isBlank());
    }

    private void take(String clean) {
        if (decided) {
            decided(clean);
            return;
        }
        first.append(clean);
        String letters = letters(first);
        if (!SQUEEZED.startsWith(letters) && !letters.startsWith(SQUEEZED)) {
            decided = true;
            decided(first.toString().stripLeading());
        }
    }

    private static String letters(CharSequence text) {
        return text.chars().filter(Character::isLetterOrDigit).limit(SQUEEZED.length()).mapToObj(c -> String.valueOf((char) c))
                .collect(Collectors.joining()).toUpperCase(Locale.ROOT);
    }

    private void decided(String clean) {
        clean.codePoints().forEach(c -> {
            if (c == '\n') {
                endLine();
            } else if (inFence) {
                line.appendCodePoint(c);
            } else {
                character(c);
            }
        });
    }

    private void character(int c) {
        boolean space = Character.isWhitespace(c);
        int length = line.length();
        line.appendCodePoint(c);
        if (!space && length > 0 && (Character.isWhitespace(line.charAt(length - 1)) || "。！？".indexOf(line.charAt(length - 1)) >= 0)) {
            List<Sentences.Span> spans = Sentences.of(line.toString(), from, line.length());
            if (spans.size() > 1) {
                sentence(spans.getFirst().end());
            }
        }
        if (!strict && !space && !mayFence()) {
            raw();
        }
    }

    private boolean mayFence() {
        int at = 0;
        while (at < line.length() && Character.isWhitespace(line.charAt(at))) {
            at++;
        }
        return at < line.length() && line.charAt(at) == '`' && (at + 1 == line.length() || line.charAt(at + 1) == '`');
    }

    /** Hands on what stands in the line up to here; white space waits for what comes behind it. */
    private void raw() {
        pending.append(line, shown, line.length());
        shown = line.length();
    }

    private void endLine() {
        if (inFence || mayFence() && line.toString().strip().startsWith(FENCE)) {
            boolean closes = inFence && line.toString().strip().startsWith(FENCE);
            inFence = true;
            fenced(true);
            if (closes) {
                closeFence();
            }
            return;
        }
        sentence(line.length());
        endOfLine();
        if (strict) {
            gap = gap.startsWith("\n") ? "\n\n" : "\n";
        } else {
            pending.append('\n');
        }
    }

    private void endOfLine() {
        line.setLength(0);
        from = 0;
        shown = 0;
    }

    /** A line of a block of code. */
    private void fenced(boolean whole) {
        fenced.append(line);
        if (!strict) {
            pending.append(line);
        }
        if (whole) {
            fenced.append('\n');
            if (!strict) {
                pending.append('\n');
            }
        }
        endOfLine();
    }

    private void closeFence() {
        inFence = false;
        String block = fenced.toString().stripTrailing();
        fenced.setLength(0);
        String content = block.lines().filter(one -> !one.strip().startsWith(FENCE)).collect(Collectors.joining("\n"));
        String mark = content.isBlank() ? "" : mark(content.strip());
        if (!strict) {
            pending.append(mark).append(mark.isEmpty() ? "" : "\n");
        } else if (!mark.equals(UNSUPPORTED)) {
            gap = gap.isEmpty() ? "\n" : gap;
            keep(block + (mark.isEmpty() ? "" : "\n" + mark));
        }
        gap = "\n";
    }

    /** Ends the open sentence before the char at an index of the line. */
    private void sentence(int end) {
        String said = line.substring(from, end).strip();
        String mark = said.codePoints().anyMatch(Character::isLetterOrDigit) ? mark(said) : "";
        if (!strict) {
            pending.append(line, Math.min(shown, end), end);
            shown = Math.max(shown, end);
            if (!mark.isEmpty()) {
                trimmed();
                pending.append(' ').append(mark);
            }
        } else if (!said.isEmpty() && !mark.equals(UNSUPPORTED)) {
            keep(said + (mark.isEmpty() ? "" : " " + mark));
        }
        from = end;
    }

    private void trimmed() {
        while (!pending.isEmpty() && (pending.charAt(pending.length() - 1) == ' ' || pending.charAt(pending.length() - 1) == '\t')) {
            pending.setLength(pending.length() - 1);
        }
    }

    private void keep(String said) {
        if (!text.isEmpty() || !pending.isEmpty()) {
            pending.append(gap.isEmpty() ? " " : gap);
        }
        pending.append(said);
        gap = "";
    }

    /** Checks a sentence and keeps what was found. */
    private String mark(String sentence) {
        circles |= sentence.length() >= CIRCLE_CHARS && said.merge(sentence, 1, Integer::sum) >= CIRCLE;
        Support.Checked checked = support.check(sentence);
        if (strict && !checked.supported()) {
            dropped++;
            return UNSUPPORTED;
        }
        List<Integer> numbers = new ArrayList<>();
        for (Quote quote : checked.quotes()) {
            if (!quotes.contains(quote)) {
                quotes.add(quote);
            }
            numbers.add(quotes.indexOf(quote) + 1);
        }
        sentences.add(new Sentence(sentence, List.copyOf(numbers), checked.supported(), checked.missing()));
        return checked.supported() ? numbers.stream().sorted().map(n -> "[" + n + "]").collect(Collectors.joining()) : UNSUPPORTED;
    }

    private void hand() {
        if (!pending.isEmpty()) {
            String piece = pending.toString();
            pending.setLength(0);
            text.append(piece);
            out.accept(piece);
        }
    }
}

package studio.ozone.zsei.embeddings;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import studio.ozone.runtime.json.Json;

/**
 * The tokenizer of BERT (Devlin et al. 2018): cleans and lower-cases a text, drops accents, splits it at white space, punctuation
 * and CJK ideographs, and takes the longest known piece of each word again and again. It reads a text only as far as the window
 * reaches. Special tokens that stand in the text itself are text. Immutable, thread-safe.
 */
final class WordPiece {

    private static final String CONTINUES = "##";

    private final Map<String, Integer> heads;
    private final Map<String, Integer> tails;
    private final int longest;
    private final int longestWord;
    private final int unknown;
    private final int first;
    private final int last;

    private WordPiece(Map<String, Integer> heads, Map<String, Integer> tails, int longestWord, int unknown, int first, int last) {
        this.heads = heads;
        this.tails = tails;
        this.longestWord = longestWord;
        this.unknown = unknown;
        this.first = first;
        this.last = last;
        this.longest = Math.max(longest(heads), longest(tails));
    }

    private static int longest(Map<String, Integer> pieces) {
        return pieces.keySet().stream().mapToInt(String::length).max().orElse(1);
    }

    /**
     * Reads a {@code tokenizer.json}.
     *
     * @throws IOException if it cannot be read, or is not that of a lower-casing WordPiece model
     */
    static WordPiece read(Path file) throws IOException {
        Map<String, Object> json = Json.readObject(Files.readString(file));
        if (json.get("model") instanceof Map<?, ?> other && other.get("type") instanceof String type && !type.equals("WordPiece")) {
            throw new IOException(file + " is a tokenizer of the type " + type + ", which is not supported; WordPiece is, as BERT, MiniLM and mpnet "
                + "have it");
        }
        if (!(json.get("model") instanceof Map<?, ?> model) || !(model.get("vocab") instanceof Map<?, ?> vocabulary)) {
            throw new IOException(file + " has no model with a vocabulary of WordPiece");
        }
        if (json.get("normalizer") instanceof Map<?, ?> normalizer && Boolean.FALSE.equals(normalizer.get("lowercase"))) {
            throw new IOException(file + " is of a model that tells upper from lower case; such models are not supported");
        }
        Map<String, Integer> heads = new HashMap<>(vocabulary.size() * 2);
        Map<String, Integer> tails = new HashMap<>();
        for (Map.Entry<?, ?> entry : vocabulary.entrySet()) {
            String piece = String.valueOf(entry.getKey());
            if (!(entry.getValue() instanceof Number id)) {
                throw new IOException(file + " gives the piece " + piece + " no number");
            }
            if (piece.startsWith(CONTINUES)) {
                tails.put(piece.substring(CONTINUES.length()), id.intValue());
            }
            heads.put(piece, id.intValue());
        }
        int longestWord = model.get("max_input_chars_per_word") instanceof Number n ? n.intValue() : 100;
        return new WordPiece(heads, tails, longestWord, one(file, heads, "[UNK]", "<unk>"), one(file, heads, "[CLS]", "<s>"),
                one(file, heads, "[SEP]", "</s>"));
    }

    private static int one(Path file, Map<String, Integer> pieces, String... names) throws IOException {
        for (String name : names) {
            if (pieces.containsKey(name)) {
                return pieces.get(name);
            }
        }
        throw new IOException(file + " knows none of the pieces " + List.of(names));
    }

    /**
     * @param window the most tokens, the two that stand for beginning and end included
     * @return the numbers of the tokens, at least the two
     */
    long[] encode(String text, int window) {
        Tokens tokens = new Tokens(window);
        StringBuilder word = new StringBuilder();
        for (int i = 0; i < text.length() && !tokens.full(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            if (isSpace(c)) {
                word(word, tokens);
            } else if (isIdeograph(c)) {
                word(word, tokens);
                word.appendCodePoint(c);
                word(word, tokens);
            } else if (!isDropped(c)) {
                word.appendCodePoint(c);
            }
        }
        word(word, tokens);
        return tokens.end();
    }

    /** Lower-cases a run without white space, drops its accents, and cuts it at punctuation. Empties the builder. */
    private void word(StringBuilder word, Tokens tokens) {
        if (word.isEmpty()) {
            return;
        }
        String plain = word.toString();
        word.setLength(0);
        if (!plain.chars().allMatch(c -> c < 128)) {
            plain = Normalizer.normalize(plain, Normalizer.Form.NFD);
        }
        StringBuilder part = new StringBuilder(plain.length());
        for (int i = 0; i < plain.length() && !tokens.full(); ) {
            int c = plain.codePointAt(i);
            i += Character.charCount(c);
            if (Character.getType(c) == Character.NON_SPACING_MARK) {
                continue;
            }
            if (isPunctuation(c)) {
                pieces(part, tokens);
                part.appendCodePoint(c);
                pieces(part, tokens);
            } else {
                part.appendCodePoint(Character.toLowerCase(c));
            }
        }
        pieces(part, tokens);
    }

    /** The longest known piece, again and again; a word with an unknown rest is unknown as a whole. Empties the builder. */
    private void pieces(StringBuilder part, Tokens tokens) {
        if (part.isEmpty()) {
            return;
        }
        String word = part.toString();
        part.setLength(0);
        if (word.codePointCount(0, word.length()) > longestWord) {
            tokens.add(unknown);
            return;
        }
        int[] found = new int[word.length()];
        int count = 0;
        for (int start = 0; start < word.length(); count++) {
            Map<String, Integer> known = start == 0 ? heads : tails;
            int end = Math.min(word.length(), start + longest);
            Integer id = known.get(word.substring(start, end));
            while (id == null && end > start + 1) {
                id = known.get(word.substring(start, --end));
            }
            if (id == null) {
                tokens.add(unknown);
                return;
            }
            found[count] = id;
            start = end;
        }
        for (int i = 0; i < count; i++) {
            tokens.add(found[i]);
        }
    }

    private static boolean isSpace(int c) {
        return c == '\t' || c == '\n' || c == '\r' || Character.isSpaceChar(c) || c == 0x0B || c == 0x0C || c == 0x85;
    }

    /** Control and format characters, private ones, and what stands for broken input. */
    private static boolean isDropped(int c) {
        if (c == 0 || c == 0xFFFD) {
            return true;
        }
        int type = Character.getType(c);
        return type == Character.CONTROL || type == Character.FORMAT || type == Character.PRIVATE_USE || type == Character.SURROGATE;
    }

    private static boolean isPunctuation(int c) {
        if (c < 128) {
            return c >= 33 && c <= 47 || c >= 58 && c <= 64 || c >= 91 && c <= 96 || c >= 123 && c <= 126;
        }
        return switch (Character.getType(c)) {
            case Character.CONNECTOR_PUNCTUATION, Character.DASH_PUNCTUATION, Character.START_PUNCTUATION, Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION, Character.FINAL_QUOTE_PUNCTUATION, Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** The blocks that BERT takes for Chinese; kana and Hangul are not among them. */
    private static boolean isIdeograph(int c) {
        return c >= 0x4E00 && c <= 0x9FFF || c >= 0x3400 && c <= 0x4DBF || c >= 0x20000 && c <= 0x2A6DF || c >= 0x2A700 && c <= 0x2CEAF
                || c >= 0xF900 && c <= 0xFAFF || c >= 0x2F800 && c <= 0x2FA1F;
    }

    /** Tokens up to the window, room for the last one kept. */
    private final class Tokens {

        private final long[] ids;
        private int size;

        Tokens(int window) {
            ids = new long[window];
            ids[size++] = first;
        }

        boolean full() {
            return size >= ids.length - 1;
        }

        void add(int id) {
            if (!full()) {
                ids[size++] = id;
            }
        }

        long[] end() {
            ids[size++] = last;
            return Arrays.copyOf(ids, size);
        }
    }
}

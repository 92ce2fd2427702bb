package studio.ozone.pipeline.prompt;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import studio.ozone.llm.evidence.Words;
import studio.ozone.llm.evidence.Words.Word;

/**
 * The numbers, dates and names in a sentence: what may not be put in other words, and so must stand in the passages. A name is a word that
 * is capitalised where its language does not ask for it; scripts without capitals have none that could be told.
 */
final class Claims {

    /** What a list begins its lines with is no claim. */
    private static final Pattern BULLET = Pattern.compile("^\\s*(#{1,6}\\s+|[-*+•]\\s+|\\d{1,3}[.)]\\s+)+");
    private static final Pattern GROUPS = Pattern.compile("[.,](?=\\d{3}(\\D|$))");
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final String BEGINS = ".:!?\"“”„'‘([*_#•—–|";
    private static final Map<String, String> DIGITS = Map.ofEntries(Map.entry("two", "2"), Map.entry("three", "3"), Map.entry("four", "4"),
            Map.entry("five", "5"), Map.entry("six", "6"), Map.entry("seven", "7"), Map.entry("eight", "8"), Map.entry("nine", "9"),
            Map.entry("ten", "10"), Map.entry("eleven", "11"), Map.entry("twelve", "12"), Map.entry("twenty", "20"), Map.entry("thirty", "30"),
            Map.entry("forty", "40"), Map.entry("fifty", "50"), Map.entry("sixty", "60"), Map.entry("seventy", "70"), Map.entry("eighty", "80"),
            Map.entry("ninety", "90"), Map.entry("hundred", "100"), Map.entry("thousand", "1000"));
    /** Words that sentences begin with and that name nothing. */
    private static final Set<String> OPENERS = Set.of(("according additionally also although another because besides but conversely despite finally first "
            + "furthermore further hence here however if in instead last later likewise meanwhile moreover nevertheless next nonetheless overall otherwise "
            + "second similarly since still therefore third though thus together unlike unfortunately until usually while yes no people someone everyone "
            + "today now often once please note given due even maybe perhaps sorry indeed thanks unless whereas").split(" "));
    private static final Set<String> ENGLISH = Set.of("the", "of", "and", "is", "to", "are", "by", "that", "with", "for", "it");
    private static final Set<String> GERMAN = Set.of("der", "die", "das", "und", "ist", "nicht", "ein", "eine", "einen", "den", "dem", "des", "von", "zu",
            "mit", "sich", "auf", "für", "im", "wird", "werden", "sind", "wurde", "auch", "als", "bei", "nach");

    private Claims() {
    }

    /** What a text holds, in the form that claims are compared in. */
    static Set<String> forms(String text) {
        Set<String> forms = new HashSet<>();
        for (Word word : Words.of(text)) {
            forms.add(form(word));
            if (word.numeric()) {
                forms.add(digits(form(word)));
            }
        }
        return forms;
    }

    /** @return the words of a sentence that are numbers or names, as they stand there */
    static List<String> of(String sentence) {
        String text = BULLET.matcher(sentence).replaceFirst("");
        List<Word> words = Words.of(text);
        boolean nouns = german(words);
        List<String> claims = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            if (word.numeric() || DIGITS.containsKey(word.raw().toLowerCase(Locale.ROOT)) || name(text, words, i, nouns)) {
                claims.add(word.raw());
            }
        }
        return claims;
    }

    /** @param forms of the text that should hold the claim */
    static boolean held(String claim, Set<String> forms) {
        for (Word word : Words.of(claim)) {
            String form = form(word);
            if (!forms.contains(form) && !(word.numeric() && forms.contains(digits(form)))) {
                return false;
            }
        }
        return true;
    }

    private static boolean name(String text, List<Word> words, int i, boolean nouns) {
        Word word = words.get(i);
        if (!word.capitalised() || word.stop() || word.raw().length() < 2 || inside(text, word.start())) {
            return false;
        }
        boolean pair = i + 1 < words.size() && words.get(i + 1).capitalised() && !words.get(i + 1).stop()
                || i > 0 && words.get(i - 1).capitalised() && !words.get(i - 1).stop();
        if (nouns) {
            return pair;
        }
        return pair || !initial(text, word.start()) || !ordinary(word.raw().toLowerCase(Locale.ROOT));
    }

    /** Whether it is a part of an identifier, as Enabled in voiceEnabled. */
    private static boolean inside(String text, int start) {
        return start > 0 && (Character.isLetterOrDigit(text.charAt(start - 1)) || text.charAt(start - 1) == '_');
    }

    private static boolean initial(String text, int start) {
        int before = start - 1;
        while (before >= 0 && Character.isWhitespace(text.charAt(before))) {
            before--;
        }
        return before < 0 || BEGINS.indexOf(text.charAt(before)) >= 0;
    }

    /** Whether a word that begins a sentence is likely to be no name: names have no such endings, subjects without an article do. */
    private static boolean ordinary(String lower) {
        return OPENERS.contains(lower) || lower.endsWith("ing") || lower.endsWith("ly") || lower.endsWith("ed")
                || lower.endsWith("s") && !lower.endsWith("ss") && !lower.endsWith("us") && !lower.endsWith("is");
    }

    /** Whether the language capitalises all nouns. */
    private static boolean german(List<Word> words) {
        int german = 0;
        int english = 0;
        for (Word word : words) {
            String lower = word.raw().toLowerCase(Locale.ROOT);
            german += GERMAN.contains(lower) ? 1 : 0;
            english += ENGLISH.contains(lower) ? 1 : 0;
        }
        return german > english;
    }

    private static String form(Word word) {
        String lower = word.raw().toLowerCase(Locale.ROOT);
        if (word.numeric()) {
            return GROUPS.matcher(lower).replaceAll("").replace(',', '.');
        }
        String stem = DIGITS.getOrDefault(lower, word.stem());
        return stem.chars().allMatch(c -> c < 128) ? stem : MARKS.matcher(Normalizer.normalize(stem, Normalizer.Form.NFD)).replaceAll("");
    }

    /** 1990 of 1990s, 5 of 5km. */
    private static String digits(String form) {
        int end = 0;
        while (end < form.length() && (Character.isDigit(form.charAt(end)) || form.charAt(end) == '.')) {
            end++;
        }
        return form.substring(0, end);
    }
}

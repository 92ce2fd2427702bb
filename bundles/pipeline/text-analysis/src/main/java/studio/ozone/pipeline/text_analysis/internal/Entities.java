package studio.ozone.pipeline.text_analysis.internal;

import java.time.Month;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import studio.ozone.api.pipeline.TextAnalysis.Entity;

/**
 * Things that a text mentions, found by rules. A kind says no more than its rule knows: a capitalised name of several words is a
 * {@code name}; it is a {@code person} after a title such as {@code Dr.}, an {@code organization} before a legal form such as
 * {@code GmbH}. The confidence is the rule's. Not thread-safe.
 */
final class Entities {

    private static final Pattern URL = Pattern.compile("(?:https?|ftp)://[^\\s<>()\\[\\]{}\"'`|\\\\^]{1,500}");
    private static final Pattern EMAIL = Pattern.compile("(?<![\\w.+-])[\\w.+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\\.[A-Za-z0-9-]{1,63}){0,8}\\.[A-Za-z]{2,24}(?![\\w-])");
    private static final Pattern ISO_DATE = Pattern.compile("(?<![\\d-])\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])(?![\\d-])");
    private static final Pattern SHORT_DATE = Pattern.compile("(?<![\\d.])(?:0?[1-9]|[12]\\d|3[01])\\.\\s?(?:0?[1-9]|1[0-2])\\.\\s?(?:19|20)\\d{2}(?!\\d)"
            + "|(?<![\\d/])(?:0?[1-9]|[12]\\d|3[01])/(?:0?[1-9]|[12]\\d|3[01])/(?:19|20)\\d{2}(?![\\d/])");
    private static final String AMOUNT = "\\d{1,3}(?:[.,' ]\\d{3}){0,6}(?:[.,]\\d{1,2})?(?!\\d)";
    private static final String LARGE = "(?:\\s?(?:thousand|million|billion|trillion|Tausend|Mio\\.?|Mrd\\.?|Millionen|Milliarden|[kKM]|bn)(?![\\p{L}\\d]))?";
    private static final Pattern MONEY = Pattern.compile("(?:(?:US|CA|AU)?\\$|[€£¥₹]|\\b(?:USD|EUR|GBP|CHF|JPY)\\s)\\s?(?:" + AMOUNT + "|\\d{1,15}(?:[.,]\\d{1,2})?)" + LARGE
            + "|(?<![\\d.,])(?:" + AMOUNT + "|\\d{1,15}(?:[.,]\\d{1,2})?)" + LARGE
            + "\\s?(?:[€£¥₹]|(?:USD|EUR|GBP|CHF|JPY|US dollars|dollars?|euros?|Euro|pounds sterling)(?!\\p{L}))");
    private static final Pattern PERCENT = Pattern.compile("(?<![\\w.,])[+-]?\\d{1,9}(?:[.,]\\d{1,9})?\\s?(?:%|percent\\b|per cent\\b|Prozent\\b|pour cent\\b)");
    private static final Pattern ACRONYM = Pattern.compile("(?<![\\w.-])[A-Z][A-Z0-9]{1,4}(?![\\w-])");
    private static final Pattern ROMAN = Pattern.compile("[IVXLC]+");
    private static final Set<String> TITLES = Set.of("mr", "mrs", "ms", "dr", "prof", "professor", "president", "herr", "herrn", "frau", "madame",
            "monsieur", "señor", "señora", "sir", "lady");
    private static final Set<String> LEGAL_FORMS = Set.of("inc", "ltd", "llc", "corp", "corporation", "gmbh", "ag", "kg", "plc", "s.a", "bv", "foundation",
            "university", "universität", "institute", "gesellschaft", "e.v");
    private static final int LONGEST_NAME = 5;

    private record Key(String text, String kind) { }

    private record Sighting(int count, double confidence) {
        private Sighting with(Sighting other) {
            return new Sighting(count + other.count, Math.max(confidence, other.confidence));
        }
    }

    private final Map<Key, Sighting> found = new LinkedHashMap<>();
    private final LanguageGuess language;
    private final Set<String> stop;
    private final Pattern months;

    private Entities(LanguageGuess language) {
        this.language = language;
        this.stop = StopWords.of(language.code());
        this.months = months(language.locale());
    }

    /**
     * @param text as it stands, for addresses
     * @param blocks for what stands within a line
     * @param sentences for names
     */
    static List<Entity> of(String text, List<Prose.Block> blocks, List<Sentence> sentences, LanguageGuess language, int most) {
        Entities entities = new Entities(language);
        entities.addresses(text);
        blocks.forEach(block -> entities.patterns(block.text()));
        entities.acronyms(blocks, sentences);
        sentences.stream().filter(sentence -> !sentence.heading()).forEach(entities::names);
        return entities.strongest(most);
    }

    private void add(String text, String kind, double confidence) {
        found.merge(new Key(text.strip(), kind), new Sighting(1, confidence), Sighting::with);
    }

    private void addresses(String text) {
        all(EMAIL, text, "email", 0.98);
        Matcher urls = URL.matcher(text);
        while (urls.find()) {
            String url = urls.group();
            int end = url.length();
            while (".,;:!?*_".indexOf(url.charAt(end - 1)) >= 0) {
                end--;
            }
            if (end > url.indexOf("://") + 3) {
                add(url.substring(0, end), "url", 0.99);
            }
        }
    }

    private void patterns(String text) {
        if (text.chars().noneMatch(Character::isDigit)) {
            return;
        }
        all(ISO_DATE, text, "date", 0.98);
        all(months, text, "date", 0.95);
        all(SHORT_DATE, text, "date", 0.85);
        all(MONEY, text, "money", 0.95);
        all(PERCENT, text, "percentage", 0.98);
    }

    private void all(Pattern pattern, String text, String kind, double confidence) {
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            add(matcher.group(), kind, confidence);
        }
    }

    /** A day and a month, a month and a year, or all three, in English and in the text's own language. */
    private static Pattern months(Locale locale) {
        Set<String> names = new TreeSet<>(Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
        for (Month month : Month.values()) {
            for (Locale each : List.of(Locale.ENGLISH, locale)) {
                names.add(month.getDisplayName(TextStyle.FULL, each));
            }
            names.add(month.getDisplayName(TextStyle.SHORT, Locale.ENGLISH) + ".");
            names.add(month.getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
        }
        names.removeIf(name -> name.codePoints().noneMatch(Character::isLetter));
        String month = "(?<![\\p{L}])(?:" + String.join("|", names.stream().map(Pattern::quote).toList()) + ")(?![\\p{L}])";
        String day = "(?:0?[1-9]|[12]\\d|3[01])(?!\\d)(?:st|nd|rd|th|\\.|er)?";
        String year = "(?:1[5-9]|20|21)\\d{2}(?!\\d)";
        return Pattern.compile("(?<![\\d.])" + day + "\\s(?:of\\s|de\\s)?" + month + "(?:,?\\s(?:de\\s|del\\s)?" + year + ")?"
                + "|" + month + "\\s" + day + "(?:,?\\s" + year + ")?(?!\\p{L})"
                + "|" + month + ",?\\s(?:de\\s)?" + year);
    }

    /** Short words in capitals, unless the text shouts, or writes the same word in small letters too. */
    private void acronyms(List<Prose.Block> blocks, List<Sentence> sentences) {
        Set<String> small = new HashSet<>();
        sentences.forEach(sentence -> sentence.tokens().forEach(token -> small.add(token.text())));
        for (Prose.Block block : blocks) {
            long upper = block.text().codePoints().filter(Character::isUpperCase).count();
            long lower = block.text().codePoints().filter(Character::isLowerCase).count();
            Matcher matcher = lower > upper ? ACRONYM.matcher(block.text()) : null;
            while (matcher != null && matcher.find()) {
                String text = matcher.group();
                if (text.codePoints().filter(Character::isLetter).count() > 1 && !ROMAN.matcher(text).matches()
                        && !small.contains(text.toLowerCase(Locale.ROOT))) {
                    add(text, "acronym", 0.7);
                }
            }
        }
    }

    private void names(Sentence sentence) {
        List<Token> tokens = sentence.tokens();
        for (int start = 0; start < tokens.size();) {
            int end = start;
            while (end < tokens.size() && isNamePart(tokens.get(end), end)) {
                end++;
            }
            if (end > start) {
                name(tokens, start, end);
            }
            start = Math.max(end, start + 1);
        }
    }

    private boolean isNamePart(Token token, int at) {
        if (at > 0 && LEGAL_FORMS.contains(bare(token)) && Character.isUpperCase(token.text().codePointAt(0))) {
            return true;
        }
        if (token.text().length() < 2 || token.text().length() > 40 || !token.isCapitalised()
                || token.text().codePoints().anyMatch(each -> !Character.isLetterOrDigit(each) && "-.'’".indexOf(each) < 0)) {
            return false;
        }
        return language.english() ? "PROPN".equals(token.tag())
                : at > 0 && !stop.contains(token.text().toLowerCase(Locale.ROOT));
    }

    private void name(List<Token> tokens, int from, int end) {
        boolean titled = TITLES.contains(bare(tokens.get(from)));
        int start = titled ? from + 1 : from;
        int before = from - 1;
        if (!titled && before >= 0 && tokens.get(before).text().equals(".")) {
            before--;               // the full stop of "Dr."
        }
        titled |= before >= 0 && TITLES.contains(bare(tokens.get(before)));
        if (start == end || end - start > LONGEST_NAME) {
            return;
        }
        String text = String.join(" ", tokens.subList(start, end).stream().map(Token::text).toList());
        if (titled) {
            add(text, "person", 0.9);
        } else if (end - start > 1) {
            boolean legal = LEGAL_FORMS.contains(bare(tokens.get(end - 1))) || LEGAL_FORMS.contains(bare(tokens.get(start)));
            add(text, legal ? "organization" : "name", legal ? 0.85 : language.english() ? 0.7 : 0.5);
        }
    }

    private static String bare(Token token) {
        String lower = token.text().toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    private List<Entity> strongest(int most) {
        List<Entity> result = new ArrayList<>();
        found.forEach((key, sighting) -> result.add(new Entity(key.text(), key.kind(), sighting.count(), sighting.confidence())));
        result.sort(Comparator.comparingInt(Entity::count).thenComparingDouble(Entity::confidence).reversed().thenComparing(Entity::text)
                .thenComparing(Entity::kind));
        return result.size() > most ? List.copyOf(result.subList(0, most)) : result;
    }
}

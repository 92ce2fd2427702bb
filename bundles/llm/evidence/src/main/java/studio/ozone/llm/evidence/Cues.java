package studio.ozone.llm.evidence;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import studio.ozone.llm.evidence.Segmenter.Kind;
import studio.ozone.llm.evidence.Segmenter.Unit;
import studio.ozone.llm.evidence.Words.Word;

/** Whether a unit holds the kind of thing that a question asks for, beside what the question says itself. */
public final class Cues {

    private static final Pattern TIME = Pattern.compile("\\b(1\\d{3}|20\\d\\d)s?\\b|\\b\\d{1,2}(st|nd|rd|th) century|\\bcentur(y|ies)\\b"
            + "|\\b(january|february|march|april|may|june|july|august|september|october|november|december)\\b \\d"
            + "|\\d (january|february|march|april|may|june|july|august|september|october|november|december)\\b"
            + "|\\b(yesterday|today|tomorrow|last (year|month|week|night|weekend)|next (year|month|week)|decades?|(mon|tues|wednes|thurs|fri|satur|sun)day)\\b"
            + "|\\b\\d+ (years?|months?|weeks?|days?|hours?|minutes?|seconds?) (ago|later|after|before)|\\b\\d{1,2}:\\d\\d\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern NUMBER = Pattern.compile("\\d|\\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty"
            + "|sixty|seventy|eighty|ninety|hundreds?|thousands?|millions?|billions?|half|quarter|third|dozen|several|none|zero)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern REASON = Pattern.compile("\\b(because|since|due to|as a result|therefore|thus|hence|so that|in order to|to (avoid|prevent|keep|make|protect)"
            + "|caus(e|ed|es|ing)|led to|reasons?|owing to|for fear|resulted|means that|motivated)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern MANNER = Pattern.compile("`[^`]+`|\\b(by \\w+ing|run|use|set|call|install|add|edit|open|click|type|through|using|via|you can|to do so)\\b|--\\w|[\\w.]+\\s*=\\s*\\S"
            , Pattern.CASE_INSENSITIVE);
    private static final Pattern MEANING = Pattern.compile("\\b(is|are|was|were|means|refers to|denotes|stands for|called|known as|defined)\\b|^[^.]{1,60} [–—:-] ", Pattern.CASE_INSENSITIVE);
    private static final Pattern PLACE = Pattern.compile("\\b(in|at|near|from|to|of|on|across|throughout|between) (the )?(\\p{Lu}|`)|[\\w.~]*/[\\w./-]+");

    private Cues() {
    }

    /** 0 where nothing of the kind is there, 1 where it is. */
    static double strength(Question question, Unit unit, List<Word> words) {
        String text = unit.text();
        return switch (question.wants()) {
            case TIME -> fresh(TIME, text, question) ? 1 : 0;
            case NUMBER -> fresh(NUMBER, text, question) ? 1 : 0;
            case REASON -> REASON.matcher(text).find() ? 1 : 0;
            case MANNER -> unit.kind() == Kind.CODE ? 1 : MANNER.matcher(text).find() ? 0.7 : 0;
            case MEANING -> !MEANING.matcher(text).find() ? 0 : subject(question, words) ? 1 : 0.5;
            case PLACE -> PLACE.matcher(text).find() && names(question, words) > 0 ? 1 : 0;
            case PERSON -> Math.min(1, names(question, words) / 2.0);
            case ANYTHING -> 0.5;
        };
    }

    /** Whether the pattern finds something that the question does not name itself. */
    private static boolean fresh(Pattern pattern, String text, Question question) {
        Matcher matcher = pattern.matcher(text);
        String asked = question.text().toLowerCase(Locale.ROOT);
        while (matcher.find()) {
            if (!asked.contains(matcher.group().toLowerCase(Locale.ROOT))) {
                return true;
            }
        }
        return false;
    }

    /** Whether the unit begins with what is asked about. */
    private static boolean subject(Question question, List<Word> words) {
        List<Word> first = words.stream().filter(word -> !word.stop()).limit(1).toList();
        return !first.isEmpty() && !question.terms().isEmpty() && question.terms().getFirst().stem().equals(first.getFirst().stem());
    }

    /** Names that the question does not hold: capitalised words that do not begin the unit. */
    private static long names(Question question, List<Word> words) {
        long names = 0;
        for (int i = 1; i < words.size(); i++) {
            Word word = words.get(i);
            if (word.capitalised() && !word.stop() && !question.raw().contains(word.raw().toLowerCase(Locale.ROOT))) {
                names++;
            }
        }
        return names;
    }
}

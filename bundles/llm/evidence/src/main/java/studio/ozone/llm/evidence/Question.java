package studio.ozone.llm.evidence;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

import studio.ozone.llm.evidence.Words.Word;

/**
 * What is asked: the words that count, and what an answer must hold.
 *
 * @param text as it was asked
 * @param terms the words that count, each once, in order, with the stems that mean the same
 * @param wants what kind of thing is asked for
 * @param raw all words of the question in lower case
 * @param spoken the same in their order, each as often as it stands there
 */
public record Question(String text, List<Term> terms, Wants wants, Set<String> raw, List<String> spoken) {

    private static final Pattern NUMBER = Pattern.compile("\\b(how (many|much|long|old|far|tall|large|big|fast|often|high|deep)|what (percent\\w*|number|amount|age|share|size)"
            + "|default (value|size)|population|percentage)\\b");
    private static final Pattern TIME = Pattern.compile("\\b(when|(what|which) (\\w+ )?(year|date|day|month|century|decade|time|period|era|season)|how long ago|since when|until when)\\b");
    private static final Pattern PLACE = Pattern.compile("\\b(where|(what|which|whose) (\\w+ )?(country|countries|city|cities|state|place|region|town|continent|county|river|location|area|island|folder|directory|file|path))\\b");
    private static final Pattern PERSON = Pattern.compile("\\b(who|whom|whose|(what|which) (\\w+ )?(person|king|queen|duke|emperor|president|leader|author|scientist|man|woman|artist|actor|people|team|company|organi[sz]ation|group))\\b");
    private static final Pattern REASON = Pattern.compile("\\b(why|what (\\w+ )?(reason|cause|caused|causes|purpose)|how come)\\b");
    private static final Pattern MANNER = Pattern.compile("\\bhow (do|does|can|could|should|would|to|is|are|did|may)\\b");
    private static final Pattern MEANING = Pattern.compile("^\\W*(what|who) (is|are|was|were|does) (an? |the )?[\\w' -]{1,40}( mean| stand for)?\\W*$|\\b(define|definition|meaning of)\\b");

    private static final Set<String> VERBS = Set.of("switch", "switched", "turn", "turned");
    private static final Set<String> PARTICLES = Set.of("on", "off");

    /** Of a longer question only so many words count, from its beginning and its end. */
    private static final int LONGEST = 64;

    /** Fewer words stand by chance in a text that does not ask. */
    private static final int FEWEST = 3;
    private static final String QUOTATION = "\"'`“”„‘’«»";

    /** Words of commands and settings that stand for each other. */
    private static final List<List<String>> SYNONYMS = List.of(
            List.of("off", "disabl", "deactivat", "fals", "stop"),
            List.of("enabl", "activat", "tru", "start"),
            List.of("switch", "turn", "toggl", "enabl", "disabl"),
            List.of("instal", "setup"), List.of("delet", "remov", "eras", "drop"), List.of("creat", "mak", "add", "new"),
            List.of("build", "compil"), List.of("run", "launch", "execut", "start"),
            List.of("chang", "set", "configur", "adjust", "modifi"), List.of("limit", "max", "maximum", "cap"),
            List.of("option", "flag", "key", "set", "paramet"), List.of("folder", "director"), List.of("show", "print", "display", "list"),
            List.of("begin", "began", "start", "beginn"), List.of("found", "establish", "creat"), List.of("die", "death", "kil", "dead"),
            List.of("born", "birth"), List.of("writ", "wrot", "written", "author"), List.of("lead", "led", "leader"),
            List.of("won", "win", "winner", "victori"), List.of("big", "larg", "largest", "biggest"), List.of("us", "utiliz", "emploi"),
            List.of("countri", "nation"), List.of("citi", "town"), List.of("kid", "child", "children"), List.of("job", "work", "career"));

    /** What an answer must hold. */
    public enum Wants { PERSON, PLACE, TIME, NUMBER, REASON, MANNER, MEANING, ANYTHING }

    /**
     * @param stem as asked
     * @param alike stems that say the same, without the stem itself
     * @param name whether it is a name or a number, which no other word stands for
     */
    public record Term(String stem, Set<String> alike, boolean name) { }

    public static Question of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        List<Word> words = ends(Words.of(text));
        Map<String, Term> terms = new LinkedHashMap<>();
        List<String> spoken = words.stream().map(word -> word.raw().toLowerCase(Locale.ROOT)).toList();
        Set<String> raw = new HashSet<>(spoken);
        int verb = phrasal(words);
        for (int i = 0; i < words.size(); i++) {
            Word word = words.get(i);
            String plain = word.raw().toLowerCase(Locale.ROOT);
            if (verb >= 0 && i == verb) {
                Set<String> alike = alike("switch");
                alike.remove("turn");                   // speech turns into text: another verb
                terms.putIfAbsent("switch", new Term("switch", alike, false));
            } else if (verb >= 0 && i > verb && PARTICLES.contains(plain)) {
                String stem = plain.equals("off") ? "disabl" : "enabl";
                terms.putIfAbsent(stem, new Term(stem, alike(stem), false));
            } else if (!word.stop()) {
                terms.putIfAbsent(word.stem(), new Term(word.stem(), alike(word.stem()), word.numeric() || word.capitalised() && i > 0));
            }
        }
        if (terms.isEmpty()) {
            words.forEach(word -> terms.putIfAbsent(word.stem(), new Term(word.stem(), Set.of(), false)));
        }
        return new Question(text, new ArrayList<>(terms.values()), verb >= 0 && wants(lower) == Wants.ANYTHING ? Wants.MANNER : wants(lower), raw,
                spoken);
    }

    /**
     * Whether a text asks this question again and does not answer it: it holds the question word by word, in quotation marks or with
     * nothing that counts behind it. A prompt that asks nothing is not repeated by anything: what says the same is what was looked for.
     *
     * @param words the words of the text
     */
    boolean repeatedBy(String other, List<Word> words) {
        if (spoken.size() < FEWEST || !text.contains("?") && wants == Wants.ANYTHING) {
            return false;
        }
        List<String> said = words.stream().map(word -> word.raw().toLowerCase(Locale.ROOT)).toList();
        int at = Collections.indexOfSubList(said, spoken);
        if (at < 0) {
            return false;
        }
        int start = words.get(at).start();
        boolean quoted = start > 0 && QUOTATION.indexOf(other.charAt(start - 1)) >= 0;
        return quoted || words.stream().skip(at + spoken.size()).allMatch(Word::stop);
    }

    /** Where the verb of "switch … off" or "turn … on" stands; -1 where there is none. */
    private static int phrasal(List<Word> words) {
        int verb = -1;
        for (int i = 0; i < words.size(); i++) {
            String plain = words.get(i).raw().toLowerCase(Locale.ROOT);
            if (PARTICLES.contains(plain) && verb >= 0 && i - verb <= 6) {
                return verb;
            }
            verb = VERBS.contains(plain) ? i : verb;
        }
        return -1;
    }

    private static List<Word> ends(List<Word> words) {
        if (words.size() <= LONGEST) {
            return words;
        }
        List<Word> ends = new ArrayList<>(words.subList(0, LONGEST / 2));
        ends.addAll(words.subList(words.size() - LONGEST / 2, words.size()));
        return ends;
    }

    private static Set<String> alike(String stem) {
        Set<String> alike = new HashSet<>();
        SYNONYMS.stream().filter(group -> group.contains(stem)).forEach(alike::addAll);
        alike.remove(stem);
        return alike;
    }

    private static Wants wants(String lower) {
        if (NUMBER.matcher(lower).find() && !lower.contains("how long ago")) {
            return Wants.NUMBER;
        }
        if (TIME.matcher(lower).find()) {
            return Wants.TIME;
        }
        if (PLACE.matcher(lower).find()) {
            return Wants.PLACE;
        }
        if (REASON.matcher(lower).find()) {
            return Wants.REASON;
        }
        if (MANNER.matcher(lower).find()) {
            return Wants.MANNER;
        }
        if (MEANING.matcher(lower).find()) {
            return Wants.MEANING;
        }
        return PERSON.matcher(lower).find() ? Wants.PERSON : Wants.ANYTHING;
    }
}

package studio.ozone.llm.evidence;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import studio.ozone.api.zsei.Embedder;
import studio.ozone.api.zsei.ZseiException;
import studio.ozone.llm.evidence.Ranking.Candidate;
import studio.ozone.llm.evidence.Segmenter.Kind;
import studio.ozone.llm.evidence.Segmenter.Unit;

/**
 * Decides whether the ranked units answer a question, and which are quoted. The first few are compared with the question by
 * meaning, where there is a model.
 *
 * @param maxQuotes units quoted at most
 * @param minEvidence 0..1, below which nothing was found, where meaning was compared
 * @param minCoverage the same where only words were
 * @param compared units compared by meaning at most
 */
public record Choice(int maxQuotes, double minEvidence, double minCoverage, int compared) {

    /** The least evidence where nobody says otherwise, with and without a model that compares meaning (benchmarks/answers). */
    public static final double MIN_EVIDENCE = 0.42;
    public static final double MIN_COVERAGE = 0.25;
    /** Units compared by meaning where nobody says otherwise. */
    public static final int COMPARED = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Choice.class);

    /** A further unit must come this near to the best one. */
    private static final double NEARLY_AS_GOOD = 0.7;
    /** Units that share more than this of their words say the same. */
    private static final double SAME = 0.8;
    /** What a cosine of 1 adds to a unit's score. */
    private static final double MEANING = 0.5;
    /** Shares of the nearest meaning and the best coverage in the evidence; the proportion is that of a logistic regression. */
    private static final double NEAREST = 0.8;
    private static final double COVERAGE = 0.2;
    /** What the evidence loses where the best unit's passage holds none of the names that are asked about. */
    private static final double ABSENT = 0.2;

    private record Weighed(Candidate candidate, double score) { }

    /**
     * @param ranked best first
     * @param embedder null where there is none
     * @param tokens how long a text is
     * @param room the most tokens that are quoted
     * @return what is quoted, best first; empty where nothing was found
     */
    public List<Candidate> of(String question, List<Candidate> ranked, Embedder embedder, ToIntFunction<String> tokens, int room)
            throws InterruptedException {
        List<Weighed> weighed = new ArrayList<>();
        if (ranked.isEmpty() || !enough(question, ranked, embedder, weighed)) {
            return List.of();
        }
        List<Candidate> chosen = new ArrayList<>();
        int left = room;
        for (Weighed one : weighed) {
            Candidate candidate = one.candidate;
            if (chosen.size() == maxQuotes || one.score < NEARLY_AS_GOOD * weighed.getFirst().score) {
                break;
            }
            int cost = tokens.applyAsInt(candidate.unit().text());
            if (candidate.unit().kind() != Kind.HEADING && cost <= left && chosen.stream().noneMatch(other -> same(other, candidate))) {
                chosen.add(candidate);
                left -= cost;
            }
        }
        return chosen;
    }

    /**
     * The same judgement as {@link #of}, for whoever words the answer by other means: it compares no more units by meaning than it needs
     * to be sure.
     *
     * @param ranked best first
     * @param embedder null where there is none
     * @return whether the evidence is strong enough for an answer
     */
    public boolean answerable(String question, List<Candidate> ranked, Embedder embedder) throws InterruptedException {
        double most = ranked.stream().mapToDouble(Candidate::missing).max().orElse(0);
        double coverage = coverage(ranked);
        if (embedder != null && compared > 0 && coverage > 0) {
            try {
                float[] asked = embedder.embed(question);
                double best = Double.NEGATIVE_INFINITY;
                double missing = most;
                double nearest = 0;
                for (Candidate candidate : ranked.subList(0, Math.min(compared, ranked.size()))) {
                    double cosine = cosine(asked, candidate, embedder);
                    nearest = Math.max(nearest, cosine);
                    if (evidence(nearest, coverage, most) >= minEvidence) {
                        return true;        // whichever unit turns out to be the best
                    }
                    if (candidate.score() + MEANING * cosine > best) {
                        best = candidate.score() + MEANING * cosine;
                        missing = candidate.missing();
                    }
                }
                return evidence(nearest, coverage, missing) >= minEvidence;
            } catch (ZseiException e) {
                LOG.debug("Compared by words alone: {}", e.getMessage());
            }
        }
        return coverage > 0 && coverage >= minCoverage;
    }

    private static double coverage(List<Candidate> ranked) {
        return ranked.stream().mapToDouble(Candidate::evidence).max().orElse(0);
    }

    private static double evidence(double nearest, double coverage, double missing) {
        return NEAREST * nearest + COVERAGE * coverage - ABSENT * missing;
    }

    /** Whether the evidence is strong enough; fills in the scores, best first. */
    private boolean enough(String question, List<Candidate> ranked, Embedder embedder, List<Weighed> weighed) throws InterruptedException {
        double coverage = coverage(ranked);
        if (embedder != null && compared > 0 && coverage > 0) {
            try {
                double nearest = compare(question, ranked.subList(0, Math.min(compared, ranked.size())), embedder, weighed);
                weighed.sort(Comparator.comparingDouble(Weighed::score).reversed());
                double missing = weighed.getFirst().candidate.missing();
                return evidence(nearest, coverage, missing) >= minEvidence;
            } catch (ZseiException e) {
                LOG.debug("Compared by words alone: {}", e.getMessage());
                weighed.clear();
            }
        }
        ranked.forEach(candidate -> weighed.add(new Weighed(candidate, candidate.score())));
        return coverage > 0 && coverage >= minCoverage;
    }

    private static double compare(String question, List<Candidate> first, Embedder embedder, List<Weighed> weighed)
            throws ZseiException, InterruptedException {
        float[] asked = embedder.embed(question);
        double nearest = 0;
        for (Candidate candidate : first) {
            double cosine = cosine(asked, candidate, embedder);
            nearest = Math.max(nearest, cosine);
            weighed.add(new Weighed(candidate, candidate.score() + MEANING * cosine));
        }
        return nearest;
    }

    private static double cosine(float[] asked, Candidate candidate, Embedder embedder) throws ZseiException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        return dot(asked, embedder.embed(inContext(candidate.unit())));
    }

    /** A line of a list, a table or a configuration means little without what stands above it. */
    private static String inContext(Unit unit) {
        return unit.kind() == Kind.SENTENCE || unit.lead().isEmpty() ? unit.text() : unit.lead() + "\n" + unit.text();
    }

    private static double dot(float[] a, float[] b) {
        double dot = 0;
        for (int i = 0; i < a.length; i++) {
            dot += a[i] * b[i];
        }
        return dot;
    }

    private static boolean same(Candidate a, Candidate b) {
        Set<String> common = new HashSet<>(a.stems());
        common.retainAll(b.stems());
        int all = a.stems().size() + b.stems().size() - common.size();
        return all == 0 || common.size() >= SAME * all;
    }
}

package studio.ozone.llm.extractive;

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
import studio.ozone.llm.extractive.Ranking.Candidate;
import studio.ozone.llm.extractive.Segmenter.Kind;
import studio.ozone.llm.extractive.Segmenter.Unit;

/**
 * Decides whether the ranked units answer a question, and which are quoted. The first few are compared with the question by
 * meaning, where there is a model.
 *
 * @param maxQuotes units quoted at most
 * @param minEvidence 0..1, below which nothing was found, where meaning was compared
 * @param minCoverage the same where only words were
 * @param compared units compared by meaning at most
 */
record Choice(int maxQuotes, double minEvidence, double minCoverage, int compared) {

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
    List<Candidate> of(String question, List<Candidate> ranked, Embedder embedder, ToIntFunction<String> tokens, int room)
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

    /** Whether the evidence is strong enough; fills in the scores, best first. */
    private boolean enough(String question, List<Candidate> ranked, Embedder embedder, List<Weighed> weighed) throws InterruptedException {
        double coverage = ranked.stream().mapToDouble(Candidate::evidence).max().orElse(0);
        if (embedder != null && compared > 0 && coverage > 0) {
            try {
                double nearest = compare(question, ranked.subList(0, Math.min(compared, ranked.size())), embedder, weighed);
                weighed.sort(Comparator.comparingDouble(Weighed::score).reversed());
                double missing = weighed.getFirst().candidate.missing();
                return NEAREST * nearest + COVERAGE * coverage - ABSENT * missing >= minEvidence;
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
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            double cosine = dot(asked, embedder.embed(inContext(candidate.unit())));
            nearest = Math.max(nearest, cosine);
            weighed.add(new Weighed(candidate, candidate.score() + MEANING * cosine));
        }
        return nearest;
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

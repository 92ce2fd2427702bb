package studio.ozone.llm.evidence;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.Test;

import studio.ozone.api.llm.Provider.Passage;
import studio.ozone.api.zsei.Embedder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

public class ChoiceTest {

    private static final String[] WORDS = {"lighthouse", "Arkona", "museum", "built", "1826", "Schinkel", "coast", "tall", "ships", "opened", "Berlin", "winter"};

    private final AtomicInteger embedded = new AtomicInteger();

    @Test
    public void whetherItAnswersIsTheSameForWhoQuotesAndForWhoWords() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int yes = 0;
        for (int round = 0; round < 600; round++) {
            List<Passage> passages = new ArrayList<>();
            for (int n = 1; n <= 1 + random.nextInt(4); n++) {
                passages.add(new Passage(n, "title", sentence(random, 6) + " " + sentence(random, 8), random.nextDouble()));
            }
            String question = "Who " + sentence(random, 4).replace('.', '?');
            Choice choice = new Choice(1, random.nextDouble(), random.nextDouble(), random.nextInt(4));
            Embedder embedder = random.nextInt(4) == 0 ? null : embedder(random.nextInt());
            List<Ranking.Candidate> ranked = new Ranking(Question.of(question), passages).candidates();
            boolean quoted = !choice.of(question, ranked, embedder, String::length, 100_000).isEmpty();
            assertEquals("seed " + seed + ", round " + round, quoted, choice.answerable(question, ranked, embedder));
            yes += quoted ? 1 : 0;
        }
        assertTrue("both happen: " + yes, yes > 50 && yes < 550);
    }

    @Test
    public void noMoreIsComparedThanIsNeeded() throws Exception {
        List<Passage> passages = List.of(new Passage(1, "t", "The lighthouse was built in 1826. The museum opened in winter. Ships are tall. Berlin is cold.", 1));
        List<Ranking.Candidate> ranked = new Ranking(Question.of("When was the lighthouse built?"), passages).candidates();
        Embedder same = (Embedder) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Embedder.class}, (proxy, method, arguments) -> {
            embedded.incrementAndGet();
            return new float[] {1, 0};
        });
        assertTrue(new Choice(1, 0.42, 0.25, 10).answerable("When was the lighthouse built?", ranked, same));
        assertEquals("the question and the first unit", 2, embedded.get());
    }

    private static Embedder embedder(int salt) {
        return (Embedder) Proxy.newProxyInstance(ChoiceTest.class.getClassLoader(), new Class<?>[] {Embedder.class}, (proxy, method, arguments) -> {
            double angle = new Random(arguments[0].hashCode() ^ salt).nextDouble() * 2;
            return new float[] {(float) Math.cos(angle), (float) Math.sin(angle)};
        });
    }

    private static String sentence(Random random, int words) {
        StringBuilder sentence = new StringBuilder("The");
        for (int i = 0; i < words; i++) {
            sentence.append(' ').append(WORDS[random.nextInt(WORDS.length)]);
        }
        return sentence.append('.').toString();
    }
}

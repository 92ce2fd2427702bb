package studio.ozone.pipeline.prompt;

import java.util.List;

import org.junit.Test;

import static org.junit.Assert.assertEquals;

/** What denies what, and what does not. */
public class NegationTest {

    @Test
    public void whatIsDeniedIsNotSaid() {
        contradicts(true, "The museum is not open in winter.", "The museum is open in winter.");
        contradicts(true, "The museum is open in winter.", "The museum isn't open in winter.");
        contradicts(true, "The museum isn\u2019t open.", "The museum is open.");
        contradicts(true, "The engine never restarts a bundle.", "The engine restarts a bundle.");
        contradicts(true, "It works without a key.", "It works with a key.");
        contradicts(true, "There is no museum.", "There is a museum.");
        contradicts(true, "Das Museum ist nicht ge\u00f6ffnet.", "Das Museum ist ge\u00f6ffnet.");
        contradicts(true, "Es gibt kein Museum.", "Es gibt ein Museum.");
    }

    @Test
    public void bothWaysAlike() {
        for (String text : List.of("The museum is not open in winter.", "The museum is open.", "", "No.", "not", "Without", "n't", "isn't", "\ud83d\uddfc not")) {
            contradicts(false, text, text);
        }
        contradicts(false, "The museum doesn't open.", "The museum does not open.");
    }

    @Test
    public void aNegationOfSomethingElseIsNone() {
        contradicts(false, "The museum is open in winter.", "The museum, which is not large, is open in winter.");
        contradicts(false, "The museum is open in winter.", "The museum is not only open in summer but open in winter.");
        contradicts(false, "It is open.", "No, it is open.");
        contradicts(false, "The lighthouse was built in 1826.", "The lighthouse was built in 1826 and was not lit before.");
    }

    @Test
    public void oneTextThatSaysItIsEnough() {
        Negation sentence = Negation.of("The museum is open.");
        assertEquals(false, sentence.contradicts(List.of(Negation.of("It is not open in winter."), Negation.of("The museum is open in summer."))));
    }

    private static void contradicts(boolean expected, String sentence, String passage) {
        assertEquals(sentence + " | " + passage, expected, Negation.of(sentence).contradicts(List.of(Negation.of(passage))));
        assertEquals(passage + " | " + sentence, expected, Negation.of(passage).contradicts(List.of(Negation.of(sentence))));
    }
}

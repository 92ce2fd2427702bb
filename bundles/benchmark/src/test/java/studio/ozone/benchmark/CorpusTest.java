package studio.ozone.benchmark;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** Texts are real, the same each time, and files differ. */
public class CorpusTest {

    @Rule
    public TemporaryFolder temporary = new TemporaryFolder();

    @Test
    public void sentencesAreProseOfComments() {
        Corpus corpus = new Corpus("c", List.of("""
            package a;
            /**
             * Answers the size of the {@code Map}, which is <b>never</b> negative, whatever else may happen.
             * Too short. A second sentence that says something of the sort and goes on for a while, so that it counts.
             *
             * @param x this is no sentence that should be taken, though it is as long as one would be.
             */
            class A { String s = "This is code and not a comment, however long it may go on and on and on."; }
            """));
        assertEquals(List.of("A second sentence that says something of the sort and goes on for a while, so that it counts.",
            "Answers the size of the Map, which is never negative, whatever else may happen."), corpus.sentences(10).stream().sorted().toList());
    }

    @Test
    public void filesDifferEvenWhereTextsAreFew() throws Exception {
        Corpus corpus = new Corpus("c", List.of("short", "a longer text\n".repeat(50)));
        List<Path> folders = corpus.write(temporary.getRoot().toPath(), 4, 5, 100);
        HashSet<String> contents = new HashSet<>();
        int files = 0;
        for (Path folder : folders) {
            try (var listed = Files.list(folder)) {
                for (Path file : listed.toList()) {
                    contents.add(Files.readString(file));
                    files++;
                }
            }
        }
        assertEquals(20, files);
        assertTrue("hardly two alike: " + contents.size(), contents.size() > 10);
    }

    @Test
    public void thisJavaHasEnough() throws Exception {
        Corpus corpus = Corpus.of(Path.of(System.getProperty("java.home")));
        List<String> sentences = corpus.sentences(500);
        assertEquals(corpus.label(), sentences, Corpus.of(Path.of(System.getProperty("java.home"))).sentences(500));
        assertEquals(new HashSet<>(sentences).size(), sentences.size());
        assertTrue(corpus.label() + ": " + sentences.size(), sentences.size() >= 400);
    }
}

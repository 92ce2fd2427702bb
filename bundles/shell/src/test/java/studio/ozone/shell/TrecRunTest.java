package studio.ozone.shell;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import studio.ozone.api.pipeline.PipelineException;
import studio.ozone.api.runtime.Progress;
import studio.ozone.api.zsei.Search;
import studio.ozone.runtime.json.Json;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class TrecRunTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private static Search.Hit hit(String source, String record, double score) {
        return new Search.Hit(1, source, record, "t", score, 0, 5, "s");
    }

    private Path queries(String text) throws IOException {
        Path file = folder.newFile().toPath();
        return Files.writeString(file, text);
    }

    @Test
    public void aDocumentStandsOnceAtItsBestChunk() throws Exception {
        Path run = folder.getRoot().toPath().resolve("run.txt");
        List<Search.Hit> hits = List.of(hit("/d.jsonl", "7", 3), hit("/my notes.md", null, 2.5), hit("/d.jsonl", "7", 2), hit("/d.jsonl", "9", 1));
        TrecRun.Summary summary = TrecRun.write(queries("{\"id\":\"q1\",\"question\":\"x\"}\n\n{\"id\":2,\"question\":\"y\"}\n"), run, "ozone-hybrid", 2,
            Progress.NONE, (question, limit) -> new Search.Answer(question, 4, null, question.equals("x") ? hits : List.of()));
        assertEquals(List.of("q1 Q0 7 1 3.000000 ozone-hybrid", "q1 Q0 /my_notes.md 2 2.500000 ozone-hybrid"), Files.readAllLines(run));
        assertEquals(2, summary.queries());
        assertEquals(2, summary.lines());
        assertEquals(4, summary.meanMs(), 0);
    }

    @Test
    public void aBrokenLineIsNamedAndNothingIsWritten() throws Exception {
        Path run = folder.getRoot().toPath().resolve("run.txt");
        Path file = queries("{\"id\":\"q1\",\"question\":\"x\"}\n{\"id\":\"q2\"}\n");
        PipelineException refused = assertThrows(PipelineException.class,
            () -> TrecRun.write(file, run, "t", 5, Progress.NONE, (question, limit) -> new Search.Answer(question, 0, null, List.of())));
        assertTrue(refused.getMessage(), refused.getMessage().contains(file + ", line 2"));
        assertFalse(Files.exists(run));
    }

    @Test
    public void searchAnswersInTheShapeOfTheContract() throws IOException {
        String json = Json.write(new Search.Answer("q", 1.5, null, List.of(hit("/a.md", null, 0.5))));
        assertEquals("{\"query\":\"q\",\"took_ms\":1.5,\"note\":null,\"hits\":[{\"id\":1,\"source\":\"/a.md\",\"record\":null,\"title\":\"t\","
            + "\"score\":0.5,\"start\":0,\"end\":5,\"snippet\":\"s\"}]}", json);
    }

    @Test
    public void hostileTextDoesNothingOnATerminal() {
        assertEquals("a\uFFFD[2Jb\uFFFD\tc\n", Style.clean("a\u001b[2Jb\u202e\tc\n"));
        assertEquals("one\ntwo\uFFFD", Style.clean("one\r\ntwo\r"));
        assertEquals("one two", Style.line("  one\r\n\t two "));
    }
}

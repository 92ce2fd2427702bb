package studio.ozone.runtime.json;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;

public class JsonTest {

    private enum Mode { HYBRID }

    private record Inner(double value, Mode mode) { }

    private record Outer(String query, double tookMs, Path file, Optional<String> none, List<Inner> hits) { }

    @Test
    public void recordsAreWrittenInSnakeCaseAndInTheirOrder() {
        Outer outer = new Outer("a \"b\"\n\u0001", 1.5, Path.of("/x/y"), Optional.empty(), List.of(new Inner(Double.NaN, Mode.HYBRID)));
        assertEquals("{\"query\":\"a \\\"b\\\"\\n\\u0001\",\"took_ms\":1.5,\"file\":\"/x/y\",\"none\":null,"
                + "\"hits\":[{\"value\":null,\"mode\":\"hybrid\"}]}", Json.write(outer));
    }

    @Test
    public void whatIsReadCanBeWrittenAgain() throws IOException {
        String text = "{\"id\":7,\"title\":\"grüße 🎈\",\"list\":[true,null,2.5]}";
        Map<String, Object> read = Json.readObject(text);
        assertEquals(List.of("id", "title", "list"), List.copyOf(read.keySet()));
        assertEquals(text, Json.write(read));
    }

    @Test
    public void brokenTextIsRefusedWithItsPlace() {
        IOException e = assertThrows(IOException.class, () -> Json.readObject("{\"id\": oops}"));
        assertEquals(true, e.getMessage().contains("line: 1"));
        assertThrows(IOException.class, () -> Json.readObject("[1]"));
    }
}

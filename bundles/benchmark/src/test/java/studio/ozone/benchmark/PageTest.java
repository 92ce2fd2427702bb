package studio.ozone.benchmark;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.Test;

import studio.ozone.api.benchmark.Benchmark.Host;
import studio.ozone.api.benchmark.Benchmark.Report;
import studio.ozone.api.benchmark.Benchmark.Row;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** The page stands alone, and what stands in a result does nothing in it. */
public class PageTest {

    private static final String EVIL = "\"><script>alert('1')</script><img src=x onerror=alert(2)>&\u0000\u202e";

    private static Report evil(String name) {
        Row row = new Row(name, EVIL, 1, 1.0, 1.0, 1.0, 1.0, 1.0, EVIL, EVIL, null, "p95", EVIL, Map.of(EVIL, 1.0), List.of(1.0));
        Row absent = new Row(EVIL, EVIL, 0, null, null, null, null, null, null, null, EVIL, "p95", "lower", Map.of(), List.of());
        Report report = new Report(1, Reports.TIME, new Host(EVIL, 1, 1, EVIL, EVIL, 9.0, null), EVIL, EVIL, List.of(row, absent), EVIL, EVIL, EVIL, 1, null);
        return new Report(1, report.time(), report.host(), EVIL, EVIL, report.rows(), EVIL, EVIL, EVIL, 1, Comparing.of(Path.of("x"), Reports.of(Reports.TIME), report));
    }

    @Test
    public void foreignTextIsText() {
        String html = new Page(evil(EVIL), List.of(evil(EVIL), evil(EVIL))).html();
        assertTrue(html.contains("&lt;script&gt;alert(&#39;1&#39;)"));
        assertFalse(html.contains("<script"));
        assertFalse(html.contains("<img"));
        assertFalse(html.contains("\u0000") || html.contains("\u202e"));
    }

    @Test
    public void nothingComesFromElsewhereAndNothingRuns() {
        String html = new Page(Reports.of(Reports.TIME, Reports.row(Rows.STARTUP, 2500), Reports.row(Rows.INGEST, 9)), List.of()).html();
        assertTrue(html.contains("default-src 'none'"));
        for (String forbidden : List.of("http:", "https:", "url(", "@import", "<script", "<link", "<iframe", " onclick", "src=")) {
            assertFalse(forbidden, html.contains(forbidden));
        }
    }

    @Test
    public void bandsAndEarlierRunsAreSeen() {
        Report now = Reports.of(Reports.TIME.plusSeconds(9), Reports.row(Rows.STARTUP, 4000), Rows.UI_RENDER.notMeasured(null, "no browser"));
        String html = new Page(now, List.of(Reports.of(Reports.TIME, Reports.row(Rows.STARTUP, 2000)))).html();
        assertTrue(html.contains("<span class=\"band acceptable\">acceptable</span>"));
        assertTrue(html.contains("medians of the last 2 runs"));
        assertTrue(html.contains("no browser"));
        Matcher marks = Pattern.compile("<circle").matcher(html);
        int circles = 0;
        while (marks.find()) {
            circles++;
        }
        assertEquals(2, circles);
    }

    /** Every opened element is closed, in its order. */
    @Test
    public void theMarkupIsWellFormed() {
        String html = new Page(evil("startup"), List.of(evil("startup"))).html();
        ArrayDeque<String> open = new ArrayDeque<>();
        Matcher tags = Pattern.compile("<(/?)([a-z0-9]+)([^>]*?)(/?)>").matcher(html.substring(html.indexOf("<html")));
        while (tags.find()) {
            if (tags.group(2).equals("meta") || !tags.group(4).isEmpty()) {
                continue;
            }
            if (tags.group(1).isEmpty()) {
                open.push(tags.group(2));
            } else {
                assertEquals(open.pop(), tags.group(2));
            }
        }
        assertTrue(open.toString(), open.isEmpty());
    }
}

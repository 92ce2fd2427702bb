package studio.ozone.web.access;

import java.util.List;

import org.junit.Test;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

public class RulesTest {

    @Test
    public void localNamesPass() {
        for (String host : List.of("127.0.0.1:8484", "127.0.0.1", "localhost:1", "LOCALHOST", "[::1]:8484", "[::1]")) {
            assertEquals(host, 0, status(host, List.of(), List.of()));
        }
    }

    @Test
    public void foreignNamesAreRefused() {
        for (String host : List.of("evil.example", "evil.example:8484", "127.0.0.1.evil.example", "localhost.evil.example", "127.0.0.2", "0.0.0.0",
                "127.1", "2130706433", "localhost:8484@evil", "localhost:", "", "::1", "[::ffff:127.0.0.1]", "localhost\t")) {
            assertEquals(host, 421, status(host, List.of(), List.of()));
        }
        assertEquals(421, Rules.check(List.of(), "localhost", List.of(), List.of()).orElseThrow().status());
        assertEquals(421, Rules.check(List.of("localhost", "localhost"), "localhost", List.of(), List.of()).orElseThrow().status());
        assertEquals("the request line counts too", 421, Rules.check(List.of("localhost"), "evil.example", List.of(), List.of()).orElseThrow().status());
    }

    @Test
    public void onlyTheOwnOriginMayCall() {
        String host = "127.0.0.1:8484";
        assertEquals(0, status(host, List.of("http://127.0.0.1:8484"), List.of("same-origin")));
        assertEquals(0, status(host, List.of(), List.of("none")));
        for (String origin : List.of("http://127.0.0.1:3000", "http://localhost:8484", "https://127.0.0.1:8484", "null", "", "http://evil.example")) {
            assertEquals(origin, 403, status(host, List.of(origin), List.of()));
        }
        for (String site : List.of("cross-site", "same-site", "Same-Origin", "")) {
            assertEquals(site, 403, status(host, List.of(), List.of(site)));
        }
    }

    @Test
    public void redirectsStayHere() {
        for (String target : List.of("/", "/console/ozone", "/console/configMgr/ozone.pipeline.built_in", "/console/bundles?x=1", "/a#b")) {
            assertTrue(target, Rules.local(target));
        }
        for (String target : List.of("", "//evil.example", "/\\evil.example", "http://evil.example", "/a\r\nSet-Cookie: x", "evil", "/%0d", "/\t/evil", "/a//b:c")) {
            assertFalse(target, Rules.local(target));
        }
    }

    @Test
    public void theCommandPathsAreForTheSocket() {
        for (String path : List.of("/command", "/shell", "/shell/x", "/command/")) {
            assertTrue(path, Rules.socketOnly(path));
        }
        for (String path : List.of("/commands", "/api/command", "/")) {
            assertFalse(path, Rules.socketOnly(path));
        }
    }

    private static int status(String host, List<String> origins, List<String> sites) {
        return Rules.check(List.of(host), "localhost", origins, sites).map(Rules.Refusal::status).orElse(0);
    }
}

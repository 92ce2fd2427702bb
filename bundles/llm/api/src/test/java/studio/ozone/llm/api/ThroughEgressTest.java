package studio.ozone.llm.api;

import java.util.List;

import org.junit.Test;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.llm.ProviderException;
import studio.ozone.api.llm.ProviderException.Code;
import studio.ozone.egress.WayOut;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The same trouble through the real way out, and what only that can promise. */
public class ThroughEgressTest extends TroubleTest {

    @Override
    protected Egress out(Bench bench) {
        return new WayOut(folder.getRoot().toPath().resolve("egress"), key -> {
            String[] names = key.split("\\.");
            return key.endsWith(".base_url") && bench.tables.containsKey(names[2]) ? bench.tables.get(names[2]).table().baseUrl() : null;
        });
    }

    @Test(timeout = 30_000)
    public void aKeyDoesNotFollowARedirect() throws Exception {
        try (ScriptedServer other = new ScriptedServer(Scripts.openAi("stolen"))) {
            for (int status : new int[] {301, 302, 303, 307, 308}) {
                for (String chosen : List.of("openai", "anthropic")) {
                    try (ScriptedServer server = new ScriptedServer(ScriptedServer.status(status, "text/plain", "", "Location", other.url("/v1/chat/completions")))) {
                        Bench bench = new Bench(folder.getRoot().toPath(), chosen).at(server);
                        ProviderException refused = assertThrows(ProviderException.class, bench.through(out(bench))::ask);
                        assertEquals(Code.UNAVAILABLE, refused.code());
                        assertEquals("the first has it", 1, server.asked.size());
                    }
                }
            }
            assertTrue("the other was never asked", other.asked.isEmpty());
        }
    }

    @Test(timeout = 30_000)
    public void allThreeAnswer() throws Exception {
        try (ScriptedServer openAi = new ScriptedServer(Scripts.openAi("a", "b")); ScriptedServer anthropic = new ScriptedServer(Scripts.anthropic("end_turn", "a", "b"));
                ScriptedServer ollama = new ScriptedServer(Scripts.ollama("stop", "a", "b"))) {
            for (Bench bench : List.of(new Bench(folder.getRoot().toPath(), "openai").at(openAi), new Bench(folder.getRoot().toPath(), "anthropic").at(anthropic),
                    new Bench(folder.getRoot().toPath(), "ollama").at(ollama))) {
                Egress out = out(bench);
                assertEquals("ab", bench.through(out).ask().text());
                assertEquals(List.of("a", "b"), bench.pieces);
                assertEquals("200", out.connections().getLast().outcome());
            }
        }
    }
}

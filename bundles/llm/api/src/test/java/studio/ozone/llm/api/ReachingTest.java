package studio.ozone.llm.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.Test;

import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** Where a question could be sent, and where it could not. */
public class ReachingTest {

    private final Map<String, String> environment = new HashMap<>();
    private final Reaching reaching = new Reaching(List.of(() -> table("anthropic", "m"), () -> table("openai", ""), () -> table("custom", "m")), environment::get);

    @Test
    public void withoutItsKeyNothingIsReached() {
        assertFalse(reaching.reaches("llm.api.anthropic.base_url"));
        environment.put("OZONE_ANTHROPIC_API_KEY", "k");
        assertTrue(reaching.reaches("llm.api.anthropic.base_url"));
    }

    @Test
    public void withoutAModelNothingIsReached() {
        environment.put("OZONE_OPENAI_API_KEY", "k");
        assertFalse(reaching.reaches("llm.api.openai.base_url"));
    }

    @Test
    public void aServerThatNeedsNoKeyIsReached() {
        assertTrue(reaching.reaches("llm.api.custom.base_url"));
        assertFalse("nobody has this table", reaching.reaches("llm.api.ollama.base_url"));
    }

    private static Table table(String name, String model) {
        return new Table(name, Table.Protocol.OPENAI, "https://api.example.org", model, 1_000, -1, -1, "");
    }
}

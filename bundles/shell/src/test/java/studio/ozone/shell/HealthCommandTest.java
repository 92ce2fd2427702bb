package studio.ozone.shell;

import java.lang.reflect.Proxy;
import java.util.List;

import org.junit.Test;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.Egress.Reach;
import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.HealthCheck;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNotNull;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

/** How the instance is, and what it would reach out for. */
public class HealthCommandTest {

    @Test
    public void oneThatIsNotReadyFails() throws Exception {
        Typed typed = new Typed().with(Health.class, () -> report(false));
        String out = typed.run(new HealthCommand());
        assertTrue(out, out.contains("fail  zsei.store  the lock is taken") && out.contains("not ready"));
        assertNotNull("the exit code is not 0", typed.returned());
        typed.with(Health.class, () -> report(true));
        assertFalse(typed.run(new HealthCommand()).contains("not ready"));
        assertNull(typed.returned());
    }

    @Test
    public void offlineNamesWhatIsReachedAndOpensNothing() throws Exception {
        String out = offline(List.of(new Reach("llm.local", "llm.local.server_url", List.of(), false),
            new Reach("llm.local", "llm.local.pull_hosts", List.of("huggingface.co"), false),
            new Reach("llm.api", "llm.api.ollama.base_url", List.of("127.0.0.1:11434\u001b[31m"), true)), false);
        assertTrue(out, out.contains("llm.local.server_url  nothing: not set"));
        assertTrue(out, out.contains("llm.local.pull_hosts  leaves it: huggingface.co"));
        assertTrue(out, out.contains("llm.api.ollama.base_url  this machine: 127.0.0.1:11434"));
        assertFalse(out, out.contains("\u001b"));
        assertEquals("Nothing is reached: no running capability reaches out for anything.\n", offline(List.of(), false));
        assertTrue(offline(List.of(), true).startsWith("{\"egress\":true,"));
    }

    @Test
    public void withoutAWayOutNothingIsReached() throws Exception {
        HealthCommand command = new HealthCommand();
        command.offline = true;
        String out = new Typed().run(command);
        assertTrue(out, out.startsWith("Nothing is reached: there is no way out. egress is not there"));
        command.json = true;
        assertTrue(new Typed().run(command).startsWith("{\"egress\":false,"));
    }

    private static String offline(List<Reach> reaches, boolean json) throws Exception {
        Egress egress = (Egress) Proxy.newProxyInstance(HealthCommandTest.class.getClassLoader(), new Class<?>[] {Egress.class}, (proxy, method, arguments) -> {
            assertEquals("nothing else is asked", "reaches", method.getName());
            return reaches;
        });
        HealthCommand command = new HealthCommand();
        command.offline = true;
        command.json = json;
        return new Typed().with(Egress.class, egress).run(command);
    }

    private static Health.Report report(boolean ready) {
        HealthCheck.Status status = ready ? HealthCheck.Status.OK : HealthCheck.Status.FAIL;
        return new Health.Report(ready, List.of(new HealthCheck.Result("zsei.store", status, "the lock is taken", true)), 1, 1, 1);
    }
}

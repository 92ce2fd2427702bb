package studio.ozone.shell;

import java.lang.reflect.Proxy;
import java.util.List;

import org.junit.Test;

import studio.ozone.api.capability.Capabilities;
import studio.ozone.api.pipeline.Ingest;
import studio.ozone.api.runtime.Health;
import studio.ozone.api.runtime.HealthCheck;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertTrue;

/** What is left of a command's output with {@code --quiet}: the result. */
public class QuietTest {

    @Test
    public void aFileThatCouldNotBeReadIsToldOneThatWasIsNot() throws Exception {
        IngestCommand ingest = new IngestCommand();
        ingest.names = List.of("/a");
        Ingest service = (request, progress) -> new Ingest.Report(1, 2, 0, 0, List.of(), 5, List.of());
        assertTrue(run(ingest, Ingest.class, service, false).contains("1 documents in 2 chunks"));
        assertEquals("", run(ingest, Ingest.class, service, true));
        Ingest broken = (request, progress) -> new Ingest.Report(0, 0, 0, 0, List.of(new Ingest.Failure("/a", "no text")), 5, List.of());
        assertTrue(run(ingest, Ingest.class, broken, true).contains("/a: no text"));
    }

    @Test
    public void onlyBadNewsOfTheHealthIsTold() throws Exception {
        List<HealthCheck.Result> checks = List.of(new HealthCheck.Result("zsei.store", HealthCheck.Status.OK, "open", true),
            new HealthCheck.Result("web.http", HealthCheck.Status.WARN, "port taken", false));
        Health health = () -> new Health.Report(true, checks, 1, 1, 1);
        assertTrue(run(new HealthCommand(), Health.class, health, false).contains("zsei.store"));
        assertEquals("warn  web.http  port taken\n", run(new HealthCommand(), Health.class, health, true));
    }

    @Test
    public void aTableHasNoHead() throws Exception {
        Capabilities capabilities = (Capabilities) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Capabilities.class}, (proxy, method, arguments) ->
            List.of(new Capabilities.Capability("pipeline.prompt", "studio.ozone.pipeline.prompt", "1.0", "active", "k", true, "default", 1, 0, 2, 3, 0, 0, null)));
        assertTrue(run(new CapabilitiesCommand(), Capabilities.class, capabilities, false).startsWith("CAPABILITY"));
        String quiet = run(new CapabilitiesCommand(), Capabilities.class, capabilities, true);
        assertTrue(quiet, quiet.startsWith("pipeline.prompt"));
        assertFalse(quiet, quiet.contains("CAPABILITY"));
    }

    private static <S> String run(OzoneCommand command, Class<S> type, S service, boolean quiet) throws Exception {
        command.quiet = quiet;
        return new Typed().with(type, service).run(command);
    }
}

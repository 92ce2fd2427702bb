package studio.ozone.shell;

import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

import org.apache.karaf.shell.support.CommandException;
import org.junit.Test;

import studio.ozone.api.egress.Egress;
import studio.ozone.api.egress.Egress.Connection;
import studio.ozone.api.pipeline.PipelineException;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** What left, as a terminal and a program get it. */
public class EgressCommandTest {

    private final List<Connection> connections = new ArrayList<>();
    private final AtomicReference<Consumer<Connection>> following = new AtomicReference<>();
    private final CountDownLatch followed = new CountDownLatch(1);
    private final Egress egress = (Egress) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Egress.class}, (proxy, method, arguments) ->
        switch (method.getName()) {
            case "connections" -> List.copyOf(connections);
            case "follow" -> {
                @SuppressWarnings("unchecked")
                Consumer<Connection> consumer = (Consumer<Connection>) arguments[0];
                following.set(consumer);
                followed.countDown();
                AutoCloseable end = () -> following.set(null);
                yield end;
            }
            default -> throw new UnsupportedOperationException(method.getName());
        });
    private final Typed typed = new Typed().with(Egress.class, egress);

    @Test
    public void whereNothingLeftThatIsSaid() throws Exception {
        assertEquals("Nothing has left this machine, and nothing was refused.\n", typed.run(new EgressCommand()));
        EgressCommand json = new EgressCommand();
        json.json = true;
        assertEquals("[]\n", typed.run(json));
        EgressCommand quiet = new EgressCommand();
        quiet.quiet = true;
        assertEquals("", typed.run(quiet));
    }

    @Test
    public void theNewestOfACapabilityAndNoControlCharacters() throws Exception {
        for (int i = 1; i <= 5; i++) {
            connections.add(connection(i, i % 2 == 0 ? "llm.api" : "llm.local", "host" + i + "\u001b[2J"));
        }
        EgressCommand command = new EgressCommand();
        command.last = 2;
        String out = typed.run(command);
        assertTrue(out, out.contains("host4") && out.contains("host5") && !out.contains("host3"));
        assertFalse(out, out.contains("\u001b"));
        command.capability = "llm.api";
        command.last = 50;
        String api = typed.run(command);
        assertTrue(api, api.contains("host2") && api.contains("host4") && !api.contains("host5"));
        command.last = 0;
        assertThrows(CommandException.class, () -> typed.run(command));
    }

    @Test(timeout = 30_000)
    public void followingEndsWithTheService() throws Exception {
        EgressCommand command = new EgressCommand();
        command.follow = true;
        AtomicReference<Exception> told = new AtomicReference<>();
        Thread running = Thread.ofPlatform().start(() -> {
            try {
                typed.run(command);
            } catch (Exception e) {
                told.set(e);
            }
        });
        assertTrue(followed.await(20, TimeUnit.SECONDS));
        following.get().accept(connection(9, "llm.api", "seen.example.org"));
        while (!typed.soFar().contains("seen.example.org")) {
            Thread.onSpinWait();
        }
        typed.without(Egress.class);
        running.join();
        assertTrue(String.valueOf(told.get()), told.get() instanceof PipelineException);
        assertEquals("nobody is told any more", null, following.get());
    }

    private static Connection connection(long id, String capability, String host) {
        return new Connection(id, Instant.EPOCH, capability, "POST", host, 443, "192.0.2.1", "llm.api.custom.base_url", "chat", 10, 20, "200");
    }
}

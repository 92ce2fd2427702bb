package studio.ozone.runtime.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.apache.karaf.shell.support.CommandException;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The socket with Karaf's own sessions behind it, as a client sees it. */
public class CommandSocketTest {

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final ThreadIOImpl io = new ThreadIOImpl();
    private SessionFactoryImpl sessions;
    private CommandSocket socket;
    private Path file;

    @Before
    public void open() throws IOException {
        io.start();
        sessions = new SessionFactoryImpl(io);
        socket = new CommandSocket(sessions, folder.getRoot().toPath());
        file = folder.getRoot().toPath().resolve("run/ozone.sock");
    }

    @After
    public void close() throws IOException {
        socket.close();
        sessions.stop();
        io.stop();
    }

    /** What a command does. */
    private interface Work {
        Object run(Session session, List<Object> arguments) throws Exception;
    }

    private void command(String name, Work work) {
        sessions.getRegistry().register(new Command() {
            @Override
            public String getScope() {
                return "ozone";
            }

            @Override
            public String getName() {
                return name;
            }

            @Override
            public String getDescription() {
                return name;
            }

            @Override
            public Completer getCompleter(boolean scoped) {
                return null;
            }

            @Override
            public Parser getParser() {
                return null;
            }

            @Override
            public Object execute(Session session, List<Object> arguments) throws Exception {
                return work.run(session, arguments);
            }
        });
    }

    /** @param body with {@code ~} for NUL */
    private SocketChannel send(String head, String body) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(file));
        byte[] bytes = body.replace('~', '\0').getBytes(StandardCharsets.UTF_8);
        String request = head + " HTTP/1.1\r\nHost: ozone\r\nContent-Length: " + bytes.length + "\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        channel.write(ByteBuffer.wrap(bytes));
        return channel;
    }

    private static String all(SocketChannel channel) throws IOException {
        try (channel) {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            while (channel.read(buffer.clear()) >= 0) {
                all.write(buffer.array(), 0, buffer.position());
            }
            return all.toString(StandardCharsets.UTF_8);
        }
    }

    private String run(String... argv) throws IOException {
        return all(send("POST /command", "/tmp~0~" + String.join("~", argv) + "~"));
    }

    @Test
    public void onlyTheOwnerCanOpenIt() throws IOException {
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.getParent())));
    }

    @Test
    public void argumentsArriveAsTheyAre() throws IOException {
        command("say", (session, arguments) -> {
            System.out.print(arguments + " in " + session.get("ozone.cwd"));
            return null;
        });
        String answer = run("say", "it's \"so\"; bundle:list | grep $HOME", "", "ü");
        assertTrue(answer, answer.contains("[it's \"so\"; bundle:list | grep $HOME, , ü] in /tmp"));
        assertTrue(answer, answer.endsWith("0\r\nOzone-Exit: 0\r\n\r\n"));
    }

    @Test
    public void exitCodesAndErrorsAreTrailers() throws IOException {
        command("three", (session, arguments) -> 3);
        command("usage", (session, arguments) -> {
            throw new CommandException("No such option: --ü");
        });
        command("broken", (session, arguments) -> {
            throw new IOException("disk");
        });
        assertTrue(run("three").endsWith("0\r\nOzone-Exit: 3\r\n\r\n"));
        assertTrue(run("usage").endsWith("0\r\nOzone-Exit: 2\r\nOzone-Error: No%20such%20option%3A%20--%C3%BC\r\n\r\n"));
        assertTrue(run("broken").endsWith("0\r\nOzone-Exit: 1\r\nOzone-Error: IOException%3A%20disk\r\n\r\n"));
    }

    @Test
    public void anUnknownCommandNamesTheNearest() throws IOException {
        command("search", (session, arguments) -> null);
        String answer = run("serach");
        assertTrue(answer, answer.contains("Ozone-Exit: 2"));
        assertTrue(answer, answer.contains("did%20you%20mean%20%27search%27"));
    }

    @Test
    public void runsALineOfTheShell() throws IOException {
        String answer = run("shell", "echo one | cat");
        assertTrue(answer, answer.contains("one"));
        assertTrue(answer, answer.contains("Ozone-Exit: 0"));
    }

    @Test
    public void aCallerThatGoesAwayInterruptsTheCommand() throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        command("wait", (session, arguments) -> {
            running.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException e) {
                interrupted.countDown();
                throw e;
            }
            return null;
        });
        try (SocketChannel channel = send("POST /command", "/~0~wait~")) {
            assertTrue(running.await(10, TimeUnit.SECONDS));
        }
        assertTrue(interrupted.await(10, TimeUnit.SECONDS));
    }

    @Test
    public void outputComesWhileTheCommandRuns() throws Exception {
        CountDownLatch seen = new CountDownLatch(1);
        command("slow", (session, arguments) -> {
            System.out.println("first");
            assertTrue(seen.await(10, TimeUnit.SECONDS));
            return null;
        });
        try (SocketChannel channel = send("POST /command", "/~0~slow~")) {
            StringBuilder text = new StringBuilder();
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            while (text.indexOf("first") < 0) {
                assertTrue(channel.read(buffer.clear()) > 0);
                text.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
            }
            seen.countDown();
            assertTrue(all(channel).endsWith("Ozone-Exit: 0\r\n\r\n"));
        }
    }

    @Test
    public void readsWhatTheCallerPipedIn() throws IOException {
        command("read", (session, arguments) -> {
            System.out.print(new String(session.getKeyboard().readAllBytes(), StandardCharsets.UTF_8).toUpperCase(java.util.Locale.ROOT));
            return null;
        });
        assertTrue(all(send("POST /command HTTP/1.1\r\nOzone-Arguments: 1\r\nX:", "/~0~read~piped")).contains("PIPED"));
    }

    @Test
    public void notReadyWhileNobodyKnows() throws IOException {
        assertTrue(all(send("GET /health/ready", "")).startsWith("HTTP/1.1 503 "));
        assertTrue(all(send("GET /command", "")).startsWith("HTTP/1.1 404 "));
        assertTrue(all(send("POST /command", "x")).startsWith("HTTP/1.1 400 "));
    }

    @Test
    public void aLiveSocketIsNotTakenOverAndALeftOneIs() throws IOException {
        assertThrows(IllegalStateException.class, () -> new CommandSocket(sessions, folder.getRoot().toPath()));
        command("say", (session, arguments) -> null);
        assertTrue(run("say").contains("Ozone-Exit: 0"));
        socket.close();
        assertFalse(Files.exists(file));
        Files.createFile(file);
        socket = new CommandSocket(sessions, folder.getRoot().toPath());
        assertTrue(run("say").contains("Ozone-Exit: 0"));
    }

    @Test
    public void aSessionHasAScreenAndKeys() throws Exception {
        try (SocketChannel screen = send("POST /shell", "/tmp~80~24~xterm~")) {
            ByteBuffer buffer = ByteBuffer.allocate(4096);
            StringBuilder text = new StringBuilder();
            String name = null;
            while (text.indexOf("> ") < 0) {
                assertTrue(screen.read(buffer.clear()) > 0);
                text.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
                int at = text.indexOf("Ozone-Shell: ");
                name = at < 0 ? null : text.substring(at + 13, text.indexOf("\r\n", at));
            }
            assertTrue(all(send("POST /shell/" + name + "/size", "/~132~43~")).startsWith("HTTP/1.1 200 "));
            assertTrue(all(send("POST /shell/" + name + "/keys", "echo six$(echo teen)\recho w$COLUMNS\rexit\r")).startsWith("HTTP/1.1 200 "));
            String rest = all(screen);
            assertTrue(rest, rest.contains("sixteen"));
            assertTrue(rest, rest.contains("w132"));
            assertTrue(rest, rest.endsWith("Ozone-Exit: 0\r\n\r\n"));
            assertTrue(all(send("POST /shell/" + name + "/keys", "x")).startsWith("HTTP/1.1 404 "));
        }
    }
}

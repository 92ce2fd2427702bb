package studio.ozone.runtime.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
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
import java.util.concurrent.atomic.AtomicReference;

import org.apache.felix.gogo.runtime.threadio.ThreadIOImpl;
import org.apache.karaf.shell.api.console.Command;
import org.apache.karaf.shell.api.console.Completer;
import org.apache.karaf.shell.api.console.Parser;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.impl.console.SessionFactoryImpl;
import org.apache.karaf.shell.support.CommandException;
import org.junit.After;
import org.junit.AfterClass;
import org.junit.Before;
import org.junit.BeforeClass;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** The socket with Karaf's own sessions behind it, as a client sees it. */
public class CommandSocketTest {

    @Rule
    public Timeout timeout = Timeout.builder().withTimeout(60, TimeUnit.SECONDS).withLookingForStuckThread(true).build();

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    /** One for all tests, as there is one in a process: it takes the place of {@code System.out}. */
    private static final ThreadIOImpl IO = new ThreadIOImpl();

    private final CountDownLatch running = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private SessionFactoryImpl sessions;
    private CommandSocket socket;
    private Path file;

    @BeforeClass
    public static void takeTheStreams() {
        IO.start();
    }

    @AfterClass
    public static void giveTheStreamsBack() {
        IO.stop();
    }

    @Before
    public void open() throws IOException {
        sessions = new SessionFactoryImpl(IO);
        socket = new CommandSocket(sessions, folder.getRoot().toPath());
        file = folder.getRoot().toPath().resolve("run/ozone.sock");
    }

    @After
    public void close() throws IOException {
        socket.close();
        sessions.stop();
    }

    /** What a command does. */
    private interface Work {
        Object run(Session session, List<Object> arguments) throws Exception;
    }

    private void command(String name, Work work) {
        command("ozone", name, work);
    }

    private void command(String scope, String name, Work work) {
        sessions.getRegistry().register(new Command() {
            @Override
            public String getScope() {
                return scope;
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

    /** {@code ozone:wait} waits for its interrupt. */
    private void commandThatWaits() {
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
    public void ourCommandsComeBeforeOthersOfTheSameName() throws IOException {
        command("bundle", "capabilities", (session, arguments) -> "theirs");
        command("capabilities", (session, arguments) -> "ours");
        command("other", "capabilities", (session, arguments) -> "theirs");
        assertTrue(run("shell", "capabilities").contains("ours"));
        assertTrue(run("shell", "bundle:capabilities").contains("theirs"));
        try (Opened shell = shell()) {
            keys(shell, "capabilities\rexit\r");
            String rest = painted(shell);
            assertTrue(rest, rest.contains("ours") && !rest.contains("theirs"));
        }
    }

    @Test
    public void aCallerThatGoesAwayInterruptsTheCommand() throws Exception {
        commandThatWaits();
        try (SocketChannel channel = send("POST /command", "/~0~wait~")) {
            assertTrue(channel.isOpen());
            assertTrue(running.await(10, TimeUnit.SECONDS));
        }
        assertTrue(interrupted.await(1, TimeUnit.SECONDS));
    }

    @Test
    public void aCommandThatBreaksTheCodeStillAnswers() throws IOException {
        command("broken", (session, arguments) -> {
            throw new NoClassDefFoundError("gone/Away");
        });
        String answer = run("broken");
        assertTrue(answer, answer.contains("Ozone-Exit: 1\r\n"));
        assertTrue(answer, answer.contains("gone%2FAway"));
    }

    @Test
    public void whatRunsIsInterruptedWhenTheSocketCloses() throws Exception {
        commandThatWaits();
        try (SocketChannel command = send("POST /command", "/~0~wait~"); SocketChannel idle = SocketChannel.open(UnixDomainSocketAddress.of(file));
                SocketChannel screen = send("POST /shell", "/~80~24~dumb~")) {
            assertTrue(running.await(10, TimeUnit.SECONDS));
            until(screen, new StringBuilder(), "> ");
            long begun = System.nanoTime();
            socket.close();
            assertTrue(System.nanoTime() - begun < 2_000_000_000L);
            assertTrue(interrupted.await(1, TimeUnit.SECONDS));
            assertTrue(ended(command) && ended(idle) && ended(screen));
        }
        assertEquals(List.of(), Thread.getAllStackTraces().keySet().stream().map(Thread::getName)
                .filter(name -> name.startsWith("runtime.socket/")).toList());
    }

    /** Reads to the end; the other side may have closed with something unread. */
    private static boolean ended(SocketChannel channel) {
        try {
            all(channel);
        } catch (IOException e) {
            assertTrue(e.toString(), e.getMessage().contains("reset"));
        }
        return true;
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
            until(channel, new StringBuilder(), "first");
            seen.countDown();
            assertTrue(all(channel).endsWith("Ozone-Exit: 0\r\n\r\n"));
        }
    }

    private static final int LINES = 20_000;
    private static final String LINE = "a line that a worker of another bundle writes, and there are many of them";

    /** {@code ozone:work} has its output written by another thread. */
    private Thread commandWithAWorker(CountDownLatch begun) {
        AtomicReference<PrintStream> out = new AtomicReference<>();
        Thread worker = new Thread(() -> {
            begun.countDown();
            for (int i = 0; i < LINES; i++) {
                out.get().println(LINE);
            }
        });
        command("work", (session, arguments) -> {
            out.set(session.getConsole());
            worker.start();
            worker.join();
            return null;
        });
        return worker;
    }

    @Test
    public void aWorkerThatIsInterruptedWhileItWritesCutsNothingOff() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Thread worker = commandWithAWorker(begun);
        StringBuilder answer = new StringBuilder();
        try (SocketChannel channel = send("POST /command", "/~0~work~")) {
            assertTrue(begun.await(10, TimeUnit.SECONDS));
            ByteBuffer buffer = ByteBuffer.allocate(50_000);
            while (channel.read(buffer.clear()) >= 0) {
                worker.interrupt();
                answer.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII));
            }
        }
        String end = answer.substring(Math.max(0, answer.length() - 200));
        assertTrue(end, end.endsWith("0\r\nOzone-Exit: 0\r\n\r\n"));
        assertTrue("all of it came: " + answer.length(), answer.length() > LINES * LINE.length());
    }

    @Test
    public void aWorkerIsNotHeldByACallerThatDoesNotRead() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Thread worker = commandWithAWorker(begun);
        try (SocketChannel channel = send("POST /command", "/~0~work~")) {
            assertTrue(begun.await(10, TimeUnit.SECONDS));
            long end = System.nanoTime() + 10_000_000_000L;
            while (worker.getState() != Thread.State.TIMED_WAITING) {
                assertTrue("It waits for its caller within 10 s: " + worker.getState(), System.nanoTime() < end);
                Thread.onSpinWait();
            }
            long interrupting = System.nanoTime();
            while (worker.isAlive()) {
                worker.interrupt();
                worker.join(100);
                assertTrue("It got free", System.nanoTime() - interrupting < 10_000_000_000L);
            }
            assertTrue(all(channel).endsWith("\r\n0\r\nOzone-Exit: 0\r\n\r\n"));
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

    /** Reads until that has come. */
    private static String until(SocketChannel channel, StringBuilder text, String wanted) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (text.indexOf(wanted) < 0) {
            assertTrue(text.toString(), channel.read(buffer.clear()) > 0);
            text.append(new String(buffer.array(), 0, buffer.position(), StandardCharsets.UTF_8));
        }
        return text.toString();
    }

    /** A session as a caller has it; the rest of its screen is yet to be read. */
    private record Opened(SocketChannel screen, String name, StringBuilder seen) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            screen.close();
        }
    }

    private Opened shell() throws IOException {
        SocketChannel screen = send("POST /shell", "/tmp~80~24~xterm~");
        StringBuilder seen = new StringBuilder();
        String head = until(screen, seen, "\r\n\r\n");
        int at = head.indexOf("Ozone-Shell: ") + 13;
        return new Opened(screen, head.substring(at, head.indexOf("\r\n", at)), seen);
    }

    private String keys(Opened shell, String keys) throws IOException {
        return all(send("POST /shell/" + shell.name() + "/keys", keys));
    }

    /** What the session has painted until it ended well, out of its chunks; plain ASCII. */
    private static String painted(Opened shell) throws IOException {
        String answer = shell.seen() + all(shell.screen());
        StringBuilder painted = new StringBuilder();
        int at = answer.indexOf("\r\n\r\n") + 4;
        for (int size = -1; size != 0;) {
            int end = answer.indexOf("\r\n", at);
            size = Integer.parseInt(answer.substring(at, end), 16);
            painted.append(answer, end + 2, end + 2 + size);
            at = end + 2 + (size == 0 ? 0 : size + 2);
        }
        assertEquals(painted.toString(), "Ozone-Exit: 0\r\n\r\n", answer.substring(at));
        return painted.toString();
    }

    @Test
    public void aSessionHasAScreenAndKeys() throws Exception {
        try (Opened shell = shell()) {
            assertTrue(all(send("POST /shell/" + shell.name() + "/size", "/~132~43~")).startsWith("HTTP/1.1 200 "));
            assertTrue(keys(shell, "echo six$(echo teen)\recho w$COLUMNS\rexit\r").startsWith("HTTP/1.1 200 "));
            String rest = painted(shell);
            assertTrue(rest, rest.contains("sixteen"));
            assertTrue(rest, rest.contains("w132"));
            assertTrue(keys(shell, "x").startsWith("HTTP/1.1 404 "));
        }
        String history = Files.readString(folder.getRoot().toPath().resolve("shell.history"));
        assertTrue(history, history.contains("echo six$(echo teen)"));
    }

    @Test
    public void aSubshellIsLeftBeforeTheSession() throws IOException {
        command("say", (session, arguments) -> null);
        try (Opened shell = shell()) {
            keys(shell, "ozone\rexit\recho still$(echo here)\rexit\r");
            String rest = painted(shell);
            assertTrue(rest, rest.contains("stillhere"));
        }
    }

    @Test
    public void controlDEndsASession() throws IOException {
        try (Opened shell = shell()) {
            until(shell.screen(), shell.seen(), "> ");
            keys(shell, "\u0004");
            painted(shell);
        }
    }

    @Test
    public void controlCEndsTheCommandAndNotTheSession() throws Exception {
        commandThatWaits();
        try (Opened shell = shell()) {
            keys(shell, "ozone:wait\r");
            assertTrue(running.await(10, TimeUnit.SECONDS));
            keys(shell, "\u0003");
            assertTrue(interrupted.await(1, TimeUnit.SECONDS));
            keys(shell, "echo still$(echo here)\rexit\r");
            String rest = painted(shell);
            assertTrue(rest, rest.contains("stillhere"));
        }
    }

    @Test
    public void aCallerThatGoesAwayEndsItsSession() throws Exception {
        commandThatWaits();
        Opened typing = shell();
        until(typing.screen(), typing.seen(), "> ");
        keys(typing, "half a line");
        Opened waiting = shell();
        keys(waiting, "ozone:wait\r");
        assertTrue(running.await(10, TimeUnit.SECONDS));
        typing.close();
        waiting.close();
        assertTrue(interrupted.await(1, TimeUnit.SECONDS));
        long end = System.nanoTime() + 5_000_000_000L;
        for (Opened gone : List.of(typing, waiting)) {
            while (!all(send("POST /shell/" + gone.name() + "/size", "/~80~24~")).startsWith("HTTP/1.1 404 ")) {
                assertTrue("The session of a caller that has gone is still there", System.nanoTime() < end);
                Thread.onSpinWait();
            }
        }
    }
}

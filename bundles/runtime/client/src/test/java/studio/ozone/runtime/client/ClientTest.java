package studio.ozone.runtime.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertTrue;

/** The client against a server that says what it is told to. */
public class ClientTest {

    private static final String STREAM = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n";

    @Rule
    public Timeout timeout = Timeout.builder().withTimeout(30, TimeUnit.SECONDS).withLookingForStuckThread(true).build();

    @Rule
    public TemporaryFolder folder = new TemporaryFolder();

    private final BlockingQueue<SocketChannel> callers = new LinkedBlockingQueue<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private ServerSocketChannel server;
    private Thread accepting;
    private Path socket;

    @Before
    public void listen() throws IOException {
        socket = folder.getRoot().toPath().resolve("s");
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        accepting = Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    callers.add(server.accept());
                }
            } catch (IOException e) {
                // closed, at the end of the test
            }
        });
    }

    @After
    public void close() throws IOException {
        server.close();
    }

    private Thread client(int[] exit, InputStream in, OutputStream screen, String what, String... arguments) {
        return Thread.ofPlatform().start(() -> exit[0] =
                new Client(socket, in, screen, new PrintStream(err, true, StandardCharsets.UTF_8)).run(what, List.of(arguments)));
    }

    /** Reads until the request ends so. */
    private static String request(SocketChannel caller, String end) throws IOException {
        StringBuilder text = new StringBuilder();
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        while (!text.toString().endsWith(end)) {
            assertTrue(text.toString(), caller.read(buffer.clear()) > 0);
            text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
        }
        return text.toString();
    }

    private static void say(SocketChannel caller, String text) throws IOException {
        caller.write(StandardCharsets.UTF_8.encode(text));
    }

    private int answered(String answer, String stdin, String... arguments) throws Exception {
        int[] exit = {-1};
        Thread client = client(exit, new ByteArrayInputStream(stdin.getBytes(StandardCharsets.UTF_8)), out, "command", arguments);
        try (SocketChannel caller = callers.take()) {
            String request = request(caller, String.join("\0", arguments) + "\0" + stdin);
            assertTrue(request, request.startsWith("POST /command HTTP/1.1\r\n"));
            assertTrue(request, request.contains("Ozone-Arguments: " + (arguments.length - 2) + "\r\n"));
            say(caller, answer);
        }
        client.join();
        return exit[0];
    }

    @Test
    public void outputErrorAndExitCodeAreHandedOn() throws Exception {
        assertEquals(2, answered(STREAM + "\r\n2\r\nö\r\nA\r\n0123456789\r\n0\r\nOzone-Exit: 2\r\nOzone-Error: a+b%20%C3%BC%25%0Ac\r\n\r\n", "",
                "/home/ü", "0", "prompt", "what's \"this\"?", ""));
        assertEquals("ö0123456789", out.toString(StandardCharsets.UTF_8));
        assertEquals("ozone-core: a+b ü%\nc" + System.lineSeparator(), err.toString(StandardCharsets.UTF_8));
    }

    @Test
    public void whatIsPipedInFollowsTheArguments() throws Exception {
        assertEquals(0, answered(STREAM + "\r\n0\r\nOzone-Exit: 0\r\n\r\n", "piped\nin", "/", "80", "prompt", "-"));
    }

    @Test
    public void anAnswerWithoutAnEndIsAFailure() throws Exception {
        assertEquals(1, answered(STREAM + "\r\n3\r\nabc\r\n", "", "/", "0", "health"));
        assertEquals("abc", out.toString(StandardCharsets.UTF_8));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("The instance went away"));
        assertEquals(1, answered("HTTP/1.1 400 Bad Request\r\nContent-Length: 4\r\n\r\nwhy\n", "", "/", "0", "health"));
        assertTrue(err.toString(StandardCharsets.UTF_8).endsWith("why\n"));
        assertEquals(1, answered("SSH-2.0\r\n", "", "/", "0", "health"));
    }

    @Test
    public void nobodyListens() throws Exception {
        server.close();
        accepting.join();                 // as long as it accepts, the socket takes callers
        assertEquals(Client.NOBODY, new Client(socket, System.in, out, System.err).run("ready", List.of()));
        assertEquals(Client.NOBODY, new Client(socket.resolveSibling("t"), System.in, out, System.err).run("ready", List.of()));
        assertEquals(2, new Client(socket, System.in, out, new PrintStream(err)).run("command", List.of("/", "0")));
    }

    @Test
    public void readyIsTheStatus() throws Exception {
        for (int status : new int[] {200, 503}) {
            int[] exit = {-1};
            Thread client = client(exit, InputStream.nullInputStream(), out, "ready");
            try (SocketChannel caller = callers.take()) {
                request(caller, "\r\n\r\n");
                say(caller, "HTTP/1.1 " + status + " So\r\nContent-Length: 0\r\n\r\n");
                client.join();
            }
            assertEquals(status == 200 ? 0 : 1, exit[0]);
        }
    }

    @Test
    public void keysGoOutAsTheyArePressedAndTheScreenComesAsItIsPainted() throws Exception {
        int[] exit = {-1};
        try (PipedOutputStream pressed = new PipedOutputStream(); PipedInputStream keyboard = new PipedInputStream(pressed);
                PipedInputStream screen = new PipedInputStream(); PipedOutputStream painted = new PipedOutputStream(screen)) {
            Thread client = client(exit, keyboard, painted, "shell", "/", "80", "24", "xterm");
            try (SocketChannel session = callers.take()) {
                request(session, "/\00080\00024\0xterm\0");
                say(session, STREAM + "Ozone-Shell: 5\r\n\r\n2\r\n> \r\n");
                assertEquals("> ", new String(screen.readNBytes(2), StandardCharsets.UTF_8));
                try (SocketChannel keys = callers.take()) {
                    request(keys, "POST /shell/5/keys HTTP/1.1\r\nHost: ozone\r\nTransfer-Encoding: chunked\r\n\r\n");
                    pressed.write('a');
                    pressed.flush();
                    request(keys, "1\r\na\r\n");
                    pressed.close();
                    request(keys, "1\r\n\u0004\r\n0\r\n\r\n");
                    say(session, "0\r\nOzone-Exit: 0\r\n\r\n");
                    client.join();
                }
            }
        }
        assertEquals(0, exit[0]);
    }
}

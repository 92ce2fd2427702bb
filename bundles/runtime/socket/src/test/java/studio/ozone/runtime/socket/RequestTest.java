package studio.ozone.runtime.socket;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class RequestTest {

    @Rule
    public Timeout timeout = Timeout.seconds(60);

    private boolean told;

    private Request read(String text) throws IOException {
        return Request.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)), () -> told = true);
    }

    @Test
    public void readsHeadAndCountedBody() throws IOException {
        Request request = read("POST /command?x=1 HTTP/1.1\r\nHost: o\r\nContent-Length: 3\r\n\r\nabcdef");
        assertEquals("POST", request.method());
        assertEquals("/command", request.path());
        assertEquals("o", request.headers().get("host"));
        assertEquals("abc", new String(request.bytes(10), StandardCharsets.UTF_8));
    }

    @Test
    public void readsChunks() throws IOException {
        Request request = read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\nT: v\r\n\r\n");
        assertEquals("abc0123456789", new String(request.bytes(100), StandardCharsets.UTF_8));
    }

    @Test
    public void aClientThatWaitsIsTold() throws IOException {
        assertEquals("a", new String(read("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\na").bytes(9), StandardCharsets.UTF_8));
        assertTrue(told);
    }

    @Test
    public void anEmptyConnectionIsNoRequest() throws IOException {
        assertNull(read(""));
    }

    @Test
    public void abrokenBodyIsNeverAShortOne() throws IOException {
        Request counted = read("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nabc");
        assertThrows(EOFException.class, () -> counted.bytes(100));
        Request chunked = read("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc");
        assertThrows(EOFException.class, () -> chunked.bytes(100));
    }

    @Test
    public void refusesWhatIsNoRequest() {
        assertEquals(400, assertThrows(Request.Refused.class, () -> read("hello\r\n\r\n")).status);
        assertEquals(431, assertThrows(Request.Refused.class, () -> read("GET / HTTP/1.1\r\nA: " + "x".repeat(20_000) + "\r\n\r\n")).status);
        assertEquals(413, assertThrows(Request.Refused.class,
                () -> read("POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n123456789").bytes(8)).status);
    }

    /** With NUL for {@code ~}. */
    private static byte[] body(String text) {
        return text.replace('~', '\0').getBytes(StandardCharsets.UTF_8);
    }

    @Test
    public void fieldsAreTheCommand() throws IOException {
        CommandLine line = CommandLine.parse(body("/home/a/../b~120~prompt~say \"it's\" $5\nnow~~"), -1);
        assertEquals(Path.of("/home/b"), line.cwd());
        assertEquals(120, line.columns());
        assertEquals(List.of("prompt", "say \"it's\" $5\nnow", ""), line.argv());
        assertEquals(0, line.stdin().length);
    }

    @Test
    public void whatFollowsTheArgumentsIsRead() throws IOException {
        CommandLine line = CommandLine.parse(body("/~0~prompt~-~a~b"), 2);
        assertEquals(List.of("prompt", "-"), line.argv());
        assertArrayEquals(body("a~b"), line.stdin());
    }

    @Test
    public void refusesHalfACommand() {
        for (String body : List.of("", "/~0~", "/~0~search", "there~0~x~", "/~wide~x~")) {
            assertThrows(body, Request.Refused.class, () -> CommandLine.parse(body(body), -1));
        }
        assertThrows(Request.Refused.class, () -> CommandLine.parse(body("/~0~x~"), 2));
        assertThrows(Request.Refused.class, () -> CommandLine.parse(new byte[] {'/', 0, '0', 0, (byte) 0xff, 0}, -1));
    }
}

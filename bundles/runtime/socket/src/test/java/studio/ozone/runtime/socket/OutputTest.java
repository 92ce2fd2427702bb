package studio.ozone.runtime.socket;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.Timeout;

import studio.ozone.api.config.SettingsException;
import studio.ozone.api.pipeline.PipelineException;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertNull;

public class OutputTest {

    @Rule
    public Timeout timeout = Timeout.seconds(60);

    @Test
    public void chunksHoldEveryByteAndTheTrailersFollow() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        ByteArrayOutputStream expected = new ByteArrayOutputStream();
        ChunkedOutput out = new ChunkedOutput(sent);
        for (int i = 0; i < 200; i++) {
            byte[] bytes = new byte[random.nextInt(20_000)];
            random.nextBytes(bytes);
            out.write(bytes, 0, bytes.length);
            out.write(i);
            expected.write(bytes);
            expected.write(i);
            if (random.nextBoolean()) {
                out.flush();
            }
        }
        out.end(Map.of("Ozone-Exit", "7"));
        out.write('x');
        out.flush();
        out.end(Map.of("Ozone-Exit", "8"));
        String head = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(head.getBytes(StandardCharsets.US_ASCII));
        sent.writeTo(request);
        Request back = Request.read(new java.io.ByteArrayInputStream(request.toByteArray()), () -> { });
        assertArrayEquals("seed " + seed, expected.toByteArray(), back.bytes(10_000_000));
    }

    @Test
    public void coloursAreLeftOut() throws IOException {
        ByteArrayOutputStream plain = new ByteArrayOutputStream();
        new PlainText(plain).write("a\u001b[1;31mred\u001b[0m \u001b[Kz\u001b=".getBytes(StandardCharsets.UTF_8));
        assertEquals("ared z", plain.toString(StandardCharsets.UTF_8));
    }

    @Test
    public void errorsHaveTheirExitCodes() {
        assertEquals(new Outcome(2, "k"), Outcome.of(new SettingsException(SettingsException.Code.UNKNOWN_KEY, "k")));
        assertEquals(new Outcome(3, "v"), Outcome.of(new SettingsException(SettingsException.Code.WRONG_TYPE, "v")));
        assertEquals(new Outcome(2, "q"), Outcome.of(new PipelineException(PipelineException.Code.INVALID, "q")));
        assertEquals(new Outcome(1, "d"), Outcome.of(new PipelineException(PipelineException.Code.DISK_FULL, "d")));
        assertEquals(130, Outcome.of(new InterruptedException()).exit());
        assertEquals(5, Outcome.of((Object) 5).exit());
        assertNull(Outcome.of((Object) "text").message());
        assertEquals("", CommandRunner.nearest("xyz", List.of("prompt", "search")));
        assertEquals(": did you mean 'prompt'?", CommandRunner.nearest("promt", List.of("prompt", "search")));
    }
}

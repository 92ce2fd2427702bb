package studio.ozone.llm.local;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.rules.Timeout;

import static org.hamcrest.CoreMatchers.containsString;
import static org.hamcrest.MatcherAssert.assertThat;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

public class GgufTest {

    private static final int MUTATIONS = 100_000;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Rule
    public final Timeout timeout = Timeout.seconds(300);

    @Test
    public void saysWhatTheModelIs() throws Exception {
        Path file = file(GgufFile.small());

        Gguf model = Gguf.read(file);

        assertEquals(new Gguf(file, 3, "llama", "Small", "Q4_K_M", 520, 30, 8192, 0, true, 2, Files.size(file)), model);
    }

    @Test
    public void everyShorterFileIsRefused() throws IOException {
        byte[] whole = GgufFile.small();
        for (int length = 0; length < whole.length; length++) {
            Path file = file(Arrays.copyOf(whole, length));
            ModelException e = assertThrows("length " + length, ModelException.class, () -> Gguf.read(file));
            assertThat(e.getMessage(), containsString(file.toString()));
        }
    }

    @Test
    public void aPageIsNoModel() throws IOException {
        refused("<!doctype html><title>404</title> not found here".getBytes(), "does not begin with GGUF");
    }

    @Test
    public void theOtherByteOrderIsNamed() throws IOException {
        refused(new GgufFile().head(Integer.reverseBytes(3), 0, 0).bytes(), "big-endian");
    }

    @Test
    public void aTextLongerThanTheFileIsRefused() throws IOException {
        refused(new GgufFile().head(3, 0, 1).i64(1L << 40).bytes(), "1099511627776 bytes");
        refused(new GgufFile().head(3, 0, 1).i64(-1).bytes(), "18446744073709551615 bytes");
    }

    @Test
    public void aListWithinAListIsRefused() throws IOException {
        refused(new GgufFile().head(3, 0, 1).text("deep").i32(9).i32(9).i64(1).bytes(100).bytes(), "type 9");
    }

    @Test
    public void dimensionsThatOverflowAreRefused() throws IOException {
        refused(architecture(1).tensor("t", 0, 0, 1L << 32, 1L << 32).pad(32).bytes(64).bytes(), "more values than the file has bits");
        refused(architecture(1).tensor("t", 0, 0, 0).pad(32).bytes(64).bytes(), "more values than the file has bits");
        refused(architecture(1).tensor("t", 12, 0, 255).pad(32).bytes(640).bytes(), "whole blocks of Q4_K");
    }

    @Test
    public void tensorsOutsideTheFileOrOverOneAnotherAreRefused() throws IOException {
        refused(architecture(1).tensor("t", 0, 64, 8).pad(32).bytes(64).bytes(), "cut off");
        refused(architecture(1).tensor("t", 0, 31, 8).pad(32).bytes(64).bytes(), "no multiple of 32");
        refused(architecture(2).tensor("t", 0, 0, 16).tensor("u", 0, 32, 8).pad(32).bytes(64).bytes(), "over one another");
        refused(architecture(2).tensor("t", 0, 0, 8).tensor("t", 0, 32, 8).pad(32).bytes(64).bytes(), "stands twice");
    }

    /** Bits, bytes, lengths and cuts of the head at random: each is refused with a message or read; nothing else comes out, and nothing hangs. */
    @Test
    public void noMutationOfAHeadBringsAnythingDown() throws Exception {
        long seed = new Random().nextLong();
        System.out.println("GgufTest seed " + seed);
        Random random = new Random(seed);
        byte[] whole = GgufFile.small();
        Path file = folder.getRoot().toPath().resolve("mutated.gguf");
        int refused = 0;
        for (int i = 0; i < MUTATIONS; i++) {
            byte[] mutated = mutate(whole, random);
            Files.write(file, mutated);
            try {
                Gguf model = Gguf.read(file);
                assertTrue("seed " + seed + ", mutation " + i + ": " + model, model.parameters() > 0 && model.parameters() <= 8L * mutated.length);
            } catch (ModelException e) {
                refused++;
                assertThat(e.getMessage(), containsString(file.toString()));
            }
        }
        assertTrue(refused + " of " + MUTATIONS + " refused", refused > MUTATIONS / 3);
    }

    private static byte[] mutate(byte[] whole, Random random) {
        byte[] mutated = whole.clone();
        ByteBuffer view = ByteBuffer.wrap(mutated).order(ByteOrder.LITTLE_ENDIAN);
        int head = whole.length - 320;
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            switch (random.nextInt(5)) {
                case 0 -> mutated[random.nextInt(head)] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutated[random.nextInt(head)] = (byte) random.nextInt();
                case 2 -> view.putLong(random.nextInt(head - 8), random.nextLong() >> random.nextInt(64));
                case 3 -> view.putInt(random.nextInt(head - 4), random.nextInt() >> random.nextInt(32));
                default -> mutated = Arrays.copyOf(mutated, head);
            }
            view = ByteBuffer.wrap(mutated).order(ByteOrder.LITTLE_ENDIAN);
        }
        return mutated;
    }

    private static GgufFile architecture(long tensors) {
        return new GgufFile().head(3, tensors, 1).text("general.architecture").i32(8).text("llama");
    }

    private void refused(byte[] content, String why) throws IOException {
        Path file = file(content);
        assertThat(assertThrows(ModelException.class, () -> Gguf.read(file)).getMessage(), containsString(why));
    }

    private Path file(byte[] content) throws IOException {
        return Files.write(folder.newFile().toPath(), content);
    }
}

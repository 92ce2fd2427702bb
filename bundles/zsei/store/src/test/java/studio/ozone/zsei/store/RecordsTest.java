package studio.ozone.zsei.store;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.BiFunction;

import jetbrains.exodus.ArrayByteIterable;
import jetbrains.exodus.ByteIterable;
import org.junit.Test;

import studio.ozone.api.zsei.Container;
import studio.ozone.api.zsei.ContainerType;
import studio.ozone.api.zsei.Relation;
import studio.ozone.api.zsei.RelationType;

import static org.junit.Assert.assertArrayEquals;
import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertThrows;
import static org.junit.Assert.assertTrue;

/** What is written is read back; what was damaged is never taken for something. */
public class RecordsTest {

    private static final ByteIterable EMBEDDING = Keys.embedding(17, "m");
    private final Random random = new Random(Long.getLong("seed", 4711));

    private static Container container(String text) {
        Instant now = Instant.ofEpochMilli(1_700_000_000_000L);
        return new Container(17, 3, 5, ContainerType.DOCUMENT, "name", "/source", "record", 7, 99, "ab".repeat(32), now, now.plusMillis(5),
                Map.of("text", text, "b", ""));
    }

    private static List<Relation> edges(int count) {
        List<Relation> edges = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            edges.add(new Relation(17, i, RelationType.SIMILAR, i % 3 / 2.0, Relation.Discovery.WEB));
        }
        return edges;
    }

    private static float[] vector(int length) {
        float[] vector = new float[length];
        Random random = new Random(1);
        for (int i = 0; i < length; i++) {
            vector[i] = (float) random.nextGaussian() / 20;
        }
        return vector;
    }

    @Test
    public void eachCodecBringsBackWhatWasWritten() {
        for (Codec codec : Codec.values()) {
            for (String text : List.of("", "short", "words and words ".repeat(500), random(5000))) {
                Records.Stored stored = new Records.Stored(container(text), 12);
                assertEquals(stored, Records.container(17, Records.container(stored.container(), 12, codec)));
                for (int edges : new int[] { 0, 1, 700 }) {
                    ByteIterable key = Keys.of(17, 5);
                    assertEquals(new Records.Kept(stored, edges(edges)), Records.version(key, Records.version(stored, edges(edges), codec)));
                    assertEquals(new Records.Kept(stored, null), Records.version(key, Records.version(stored, null, codec)));
                }
            }
            for (int length : new int[] { 0, 1, 2, 127, 128, 384, 385, 386, 387, 768, 4096 }) {
                ByteIterable value = Records.vector(EMBEDDING, vector(length), codec);
                assertTrue("not taken for bare numbers", value.getLength() % 4 != 0);
                assertArrayEquals(vector(length), Records.vector(EMBEDDING, value), 0);
                float[] constant = new float[length];
                Arrays.fill(constant, 0.25f);
                value = Records.vector(EMBEDDING, constant, codec);
                assertTrue(value.getLength() % 4 != 0);
                assertArrayEquals(constant, Records.vector(EMBEDDING, value), 0);
            }
        }
    }

    private String random(int length) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < length; i++) {
            text.append((char) (' ' + random.nextInt(3000)));
        }
        return text.toString();
    }

    @Test
    public void onlyWhatIsLargeIsPacked() {
        int bare = Records.container(container("words ".repeat(50)), 1, Codec.NONE).getLength();
        assertTrue(bare < Codec.LEAST);
        assertEquals(bare, Records.container(container("words ".repeat(50)), 1, Codec.ZSTD).getLength());
        int large = Records.container(container("words ".repeat(1000)), 1, Codec.NONE).getLength();
        assertTrue(Records.container(container("words ".repeat(1000)), 1, Codec.LZ4).getLength() < large / 10);
        assertTrue(Records.container(container("words ".repeat(1000)), 1, Codec.ZSTD).getLength() < large / 10);
    }

    @Test
    public void everyBitOfARecordIsCovered() {
        for (Codec codec : Codec.values()) {
            ByteIterable key = Keys.of(17, 5);
            Relation edge = new Relation(17, 4, RelationType.MENTIONS, 0.5, Relation.Discovery.ML);
            covered(Keys.of(17), Records.container(container("words ".repeat(120)), 12, codec), (k, value) -> Records.container(17, value), "ontainer 17");
            covered(key, Records.version(new Records.Stored(container("words ".repeat(120)), 12), edges(5), codec), Records::version, "ersion 5 of container 17");
            covered(EMBEDDING, Records.vector(EMBEDDING, vector(160), codec), Records::vector, "container 17");
            covered(Keys.edge(edge), Records.relation(Keys.edge(edge), edge), Records::relation, "container 17 to container 4");
        }
        ByteIterable whole = Records.container(container(""), 12, Codec.NONE);
        for (int length = 0; length < whole.getLength(); length++) {
            ByteIterable cut = new ArrayByteIterable(Arrays.copyOf(whole.getBytesUnsafe(), length));
            assertThrows("cut to " + length, Bytes.MalformedException.class, () -> Records.container(17, cut));
        }
        assertThrows("of another container", Bytes.MalformedException.class, () -> Records.container(18, Records.container(container(""), 1, Codec.NONE)));
    }

    private static void covered(ByteIterable key, ByteIterable value, BiFunction<ByteIterable, ByteIterable, Object> read, String name) {
        byte[] good = Arrays.copyOf(value.getBytesUnsafe(), value.getLength());
        read.apply(key, new ArrayByteIterable(good));
        for (int bit = 0; bit < good.length * 8; bit++) {
            byte[] bad = good.clone();
            bad[bit / 8] ^= (byte) (1 << bit % 8);
            Bytes.MalformedException found = assertThrows("bit " + bit, Bytes.MalformedException.class, () -> read.apply(key, new ArrayByteIterable(bad)));
            assertTrue(found.getMessage(), found.getMessage().contains(name));
        }
    }

    /** With a right checksum, so that only the bounds stand in the way. */
    @Test
    public void aForgedLengthTakesNoMemory() {
        long before = allocated();
        for (int code = 1; code <= 2; code++) {
            for (long length : new long[] { (4L << 20) + 1, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE, -1 }) {
                Bytes bytes = new Bytes().raw(2).raw(code << 4).raw(42).number(0).number(1).number(1).number(1).number(1).number(length).raw(new byte[20]);
                ByteIterable forged = bytes.seal(Keys.of(17)).written();
                assertThrows(Bytes.MalformedException.class, () -> Records.container(17, forged));
            }
        }
        assertTrue((allocated() - before) + " bytes", allocated() - before < 8 << 20);
    }

    private static long allocated() {
        return ((com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
    }

    @Test
    public void whatIsForgedIsRefusedAndNothingElse() {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("whatIsForgedIsRefusedAndNothingElse: -Dseed=" + seed);
        Random forger = new Random(seed);
        byte[] text = "words and words and other words ".repeat(100).getBytes();
        for (Codec codec : new Codec[] { Codec.LZ4, Codec.ZSTD }) {
            byte[] packed = codec.pack(text, 0, text.length);
            for (int attempt = 0; attempt < 20_000; attempt++) {
                byte[] forged = attempt % 2 == 0 ? packed.clone() : new byte[1 + forger.nextInt(200)];
                if (attempt % 2 == 0) {
                    for (int n = 1 + forger.nextInt(4); n > 0; n--) {
                        forged[forger.nextInt(forged.length)] = (byte) forger.nextInt();
                    }
                } else {
                    forger.nextBytes(forged);
                }
                int length = forger.nextInt(4) == 0 ? forger.nextInt(5000) : text.length;
                int cut = forger.nextInt(10) == 0 ? forger.nextInt(forged.length + 1) : forged.length;
                try {
                    assertEquals(length, codec.unpack(forged, 0, cut, length).length);
                } catch (Bytes.MalformedException e) {
                    assertTrue(e.getMessage(), e.getMessage().contains(codec.toString()));
                }
            }
        }
    }
}

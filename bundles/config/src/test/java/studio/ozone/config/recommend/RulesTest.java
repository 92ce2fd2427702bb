package studio.ozone.config.recommend;

import java.util.HashMap;
import java.util.Map;

import org.junit.Test;

import studio.ozone.api.config.Recommendations;
import studio.ozone.api.config.Recommendations.Advice;
import studio.ozone.api.config.Recommendations.Recommendation;
import studio.ozone.config.recommend.Machine.Disk;
import studio.ozone.config.recommend.Machine.Gpu;

import static org.junit.Assert.assertEquals;
import static org.junit.Assert.assertFalse;
import static org.junit.Assert.assertNull;
import static org.junit.Assert.assertTrue;

public class RulesTest {

    private final Map<String, Object> inForce = new HashMap<>(Map.of(Rules.PROVIDER, "local"));

    @Test
    public void theGuidesMachines() {
        Recommendation small = recommend(4, 8, Disk.SSD, Gpu.NONE);
        assertEquals("minimum", small.tier());
        assertEquals("minimal", small.profile());
        assertEquals(1.0, advice(small, Rules.MAPPED).value());
        assertEquals("the profile keeps its own number", 2.0, advice(small, Rules.MAPPED).profile());
        assertTrue(advice(small, Rules.MAPPED).why(),
            advice(small, Rules.MAPPED).why().contains("(8 memory - 2 system - 1 browser - 1 core - 2 reserve - 0 local model) x 0.7 = 1.4, so 1 GiB"));
        Recommendation middle = recommend(8, 16, Disk.NVME, Gpu.NONE);
        assertEquals("recommended", middle.tier());
        assertEquals("balanced", middle.profile());
        assertEquals("the worked example of the guide", 7.0, advice(middle, Rules.MAPPED).value());
        assertEquals(6L, advice(middle, Rules.THREADS).value());
        assertEquals(6L, advice(middle, Rules.PIPELINES).value());
        Recommendation large = recommend(16, 32, Disk.NVME, new Gpu("NVIDIA GeForce RTX 3080", 12288));
        assertEquals("power", large.tier());
        assertEquals("performance", large.profile());
        assertEquals(18.0, advice(large, Rules.MAPPED).value());
        assertEquals(122L, advice(large, Rules.LAYERS).value());
    }

    @Test
    public void theWeakerOfCoresAndMemoryDecides() {
        assertEquals("recommended", recommend(8, 64, Disk.NVME, Gpu.NONE).tier());
        assertEquals("minimum", recommend(32, 8, Disk.NVME, Gpu.NONE).tier());
        Recommendation below = recommend(2, 23, Disk.SSD, Gpu.NONE);
        assertEquals("below minimum", below.tier());
        assertEquals("minimal", below.profile());
        assertEquals("at least one thread", 1L, advice(recommend(1, 2, Disk.SSD, Gpu.NONE), Rules.THREADS).value());
        assertEquals("at least 1 GiB", 1.0, advice(recommend(1, 2, Disk.SSD, Gpu.NONE), Rules.MAPPED).value());
    }

    @Test
    public void aLocalModelTakesItsMemory() {
        inForce.put(Rules.MODEL, "Qwen2.5-7B-Instruct-Q4_K_M.gguf");
        Recommendation recommendation = recommend(16, 32, Disk.SSD, Gpu.NONE);
        assertEquals("(32 - 6 - 8) x 0.7", 12.0, advice(recommendation, Rules.MAPPED).value());
        inForce.put(Rules.PROVIDER, "api");
        recommendation = recommend(16, 32, Disk.SSD, Gpu.NONE);
        assertEquals(18.0, advice(recommendation, Rules.MAPPED).value());
        assertTrue(recommendation.notes().toString(), recommendation.notes().toString().contains("no memory is set aside"));
    }

    @Test
    public void aRotatingDiskIsSparedReading() {
        Recommendation recommendation = recommend(8, 16, Disk.ROTATING, Gpu.NONE);
        assertEquals("lz4", advice(recommendation, Rules.COMPRESSION).value());
        assertEquals(false, advice(recommendation, Rules.PRELOAD).value());
        assertEquals("none", advice(recommend(8, 16, Disk.SSD, Gpu.NONE), Rules.COMPRESSION).value());
        assertEquals(true, advice(recommend(8, 16, Disk.SSD, Gpu.NONE), Rules.PRELOAD).value());
    }

    @Test
    public void whatIsNotKnownIsSaid() {
        Machine nothing = new Machine(Detected.unknown("no /proc"), Detected.unknown("no /proc"), Detected.unknown("no /sys"),
            Detected.unknown("no disk"), Detected.unknown("no driver"));
        Recommendation recommendation = new Rules(nothing, inForce::get, RulesTest::inProfile).apply();
        assertEquals(Recommendations.UNKNOWN, recommendation.tier());
        assertEquals("minimal", recommendation.profile());
        recommendation.machine().forEach(figure -> assertEquals(figure.name(), Recommendations.UNKNOWN, figure.value()));
        assertNull(advice(recommendation, Rules.MAPPED).value());
        assertTrue(advice(recommendation, Rules.MAPPED).why().contains("no /proc"));
        assertEquals("the product chooses", 0L, advice(recommendation, Rules.THREADS).value());
    }

    @Test
    public void everyFigureSaysWhereItComesFrom() {
        Recommendation recommendation = recommend(8, 16, Disk.SSD, Gpu.NONE);
        recommendation.machine().forEach(figure -> assertFalse(figure.name(), figure.source().isEmpty()));
        recommendation.advice().forEach(each -> assertFalse(each.key(), each.why().isEmpty()));
        assertEquals("none", recommendation.machine().get(4).value());
    }

    private Recommendation recommend(int cores, int memory, Disk disk, Gpu gpu) {
        return new Rules(new Machine(new Detected<>(cores, "c"), new Detected<>(memory, "m"), new Detected<>(disk, "d"), new Detected<>(50L, "s"),
            new Detected<>(gpu, "g")), inForce::get, RulesTest::inProfile).apply();
    }

    private static Object inProfile(String profile, String key) {
        return key.equals(Rules.MAPPED) ? Map.of("minimal", 2.0, "balanced", 6.0, "performance", 16.0).get(profile) : null;
    }

    private static Advice advice(Recommendation recommendation, String key) {
        return recommendation.advice().stream().filter(each -> each.key().equals(key)).findFirst().orElseThrow();
    }
}

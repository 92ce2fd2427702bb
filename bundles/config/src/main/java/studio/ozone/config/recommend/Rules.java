package studio.ozone.config.recommend;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import studio.ozone.api.config.Recommendations;
import studio.ozone.api.config.Recommendations.Advice;
import studio.ozone.api.config.Recommendations.Figure;
import studio.ozone.api.config.Recommendations.Recommendation;

/** The tuning guide's rules (its sections 2, 3, 4, 5 and 9) for a machine. */
final class Rules {

    static final String MAPPED = "zsei.mmap.max_mapped_memory_gb";
    static final String THREADS = "llm.local.inference.threads";
    static final String PIPELINES = "pipeline.execution.max_concurrent_pipelines";
    static final String LAYERS = "llm.local.inference.gpu_layers";
    static final String COMPRESSION = "zsei.compression";
    static final String PRELOAD = "zsei.mmap.preload_indices";
    static final String PROVIDER = "llm.default_provider";
    static final String MODEL = "llm.local.default_model";
    static final int LAYER_MB = 100;
    private static final int SYSTEM_GIB = 2;
    private static final int BROWSER_GIB = 1;
    private static final int CORE_GIB = 1;
    private static final int RESERVE_GIB = 2;
    private static final double MAPPED_SHARE = 0.7;
    private static final Pattern BILLIONS = Pattern.compile("(?i)(?<![a-z0-9.])(\\d+(?:\\.\\d+)?)b(?![a-z0-9])");

    /** A row of the guide's section 2, from the largest to the smallest. */
    private enum Tier {
        POWER("power", "performance", 16, 32, 500), RECOMMENDED("recommended", "balanced", 8, 16, 100), MINIMUM("minimum", "minimal", 4, 8, 20),
        BELOW("below minimum", "minimal", 0, 0, 0);

        final String words;
        final String profile;
        final int cores;
        final int memoryGib;
        final int diskGib;

        Tier(String words, String profile, int cores, int memoryGib, int diskGib) {
            this.words = words;
            this.profile = profile;
            this.cores = cores;
            this.memoryGib = memoryGib;
            this.diskGib = diskGib;
        }
    }

    private final Machine machine;
    private final Function<String, Object> now;
    private final BiFunction<String, String, Object> inProfile;
    private final List<Advice> advice = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private String profile;

    /**
     * @param now the value in force of a key; null where nothing is
     * @param inProfile profile and key to value; null where the profile does not set the key
     */
    Rules(Machine machine, Function<String, Object> now, BiFunction<String, String, Object> inProfile) {
        this.machine = machine;
        this.now = now;
        this.inProfile = inProfile;
    }

    Recommendation apply() {
        Tier tier = tier();
        profile = tier == null ? Tier.MINIMUM.profile : tier.profile;
        mapped();
        cores();
        gpu();
        disk(tier);
        return new Recommendation(figures(), tier == null ? Recommendations.UNKNOWN : tier.words, profile, why(tier), List.copyOf(advice),
            List.copyOf(notes));
    }

    /** Null where cores or memory are not known. */
    private Tier tier() {
        if (!machine.cores().known() || !machine.memoryGib().known()) {
            return null;
        }
        for (Tier tier : Tier.values()) {
            if (machine.cores().value() >= tier.cores && machine.memoryGib().value() >= tier.memoryGib) {
                return tier;
            }
        }
        return Tier.BELOW;
    }

    private String why(Tier tier) {
        if (tier == null) {
            return "Cores or memory could not be found out, so the smallest profile is the safe one.";
        }
        String has = machine.cores().value() + " cores and " + machine.memoryGib().value() + " GiB of memory";
        return tier == Tier.BELOW ? has + ": less than the 4 cores and 8 GiB that the guide asks for at least; expect the limits to be felt."
            : has + ": at least the " + tier.cores + " cores and " + tier.memoryGib + " GiB of the guide's tier " + tier.words + ".";
    }

    /** Requirement N6: the guide's worked example, with its reserve. */
    private void mapped() {
        if (!machine.memoryGib().known()) {
            add(MAPPED, null, "The memory is not known (" + machine.memoryGib().source() + ").");
            return;
        }
        int memory = machine.memoryGib().value();
        int model = modelGib();
        int left = memory - SYSTEM_GIB - BROWSER_GIB - CORE_GIB - RESERVE_GIB - model;
        long value = mappedGib(memory, model);
        add(MAPPED, (double) value, "(" + memory + " memory - " + SYSTEM_GIB + " system - " + BROWSER_GIB + " browser - " + CORE_GIB + " core - "
            + RESERVE_GIB + " reserve - " + model + " local model) x 0.7 = " + String.format(Locale.ROOT, "%.1f", left * MAPPED_SHARE)
            + ", so " + value + " GiB" + (left * MAPPED_SHARE < 1 ? ", the least that is useful" : "") + ".");
    }

    static long mappedGib(int memory, int model) {
        return Math.max(1, (long) Math.floor((memory - SYSTEM_GIB - BROWSER_GIB - CORE_GIB - RESERVE_GIB - model) * MAPPED_SHARE));
    }

    /** GiB of memory that a profile is made for; 0 for one that the guide does not have. */
    static int memoryGib(String profile) {
        return Stream.of(Tier.values()).filter(tier -> tier != Tier.BELOW && tier.profile.equals(profile)).findFirst().map(tier -> tier.memoryGib).orElse(0);
    }

    /** Memory of the local model by the guide's table; 0 without one. */
    private int modelGib() {
        if (!"local".equals(now.apply(PROVIDER))) {
            notes.add(PROVIDER + " is not local, so no memory is set aside for a model.");
            return 0;
        }
        Object name = now.apply(MODEL);
        Matcher size = BILLIONS.matcher(name == null ? "" : name.toString());
        if (!size.find()) {
            notes.add((name == null || name.toString().isEmpty() ? MODEL + " names no model" : "The size of the model " + name + " is not in its name")
                + ", so no memory is set aside for one: take 2 GiB off for 1 billion parameters, 4 for 3, 8 for 7, 16 for 13.");
            return 0;
        }
        double billions = Double.parseDouble(size.group(1));
        return billions <= 1.5 ? 2 : billions <= 4 ? 4 : billions <= 9 ? 8 : 16;
    }

    private void cores() {
        if (!machine.cores().known()) {
            add(THREADS, 0L, "The cores are not known (" + machine.cores().source() + "); 0 lets the product choose.");
            add(PIPELINES, null, "The cores are not known.");
            return;
        }
        int cores = machine.cores().value();
        long free = Math.max(1, cores - 2);
        add(THREADS, free, cores + " physical cores less 2 that keep the machine responsive" + (cores < 4 ? ", at least 1." : "."));
        add(PIPELINES, free, "A hint: " + cores + " cores less 2" + (cores < 4 ? ", at least 1." : "."));
    }

    private void gpu() {
        Machine.Gpu gpu = machine.gpu().value();
        if (gpu == null) {
            add(LAYERS, null, "The GPU is not known (" + machine.gpu().source() + ").");
        } else if (!gpu.present()) {
            add(LAYERS, 0L, "No GPU was found (" + machine.gpu().source() + ").");
        } else if (gpu.memoryMib() == 0) {
            add(LAYERS, null, gpu.name() + ": about " + LAYER_MB + " MB a layer of a model with 7 billion parameters; its own memory is not known.");
        } else {
            add(LAYERS, gpu.memoryMib() / LAYER_MB, gpu.memoryMib() + " MiB of " + gpu.name() + " / " + LAYER_MB
                + " MB a layer of a model with 7 billion parameters; a model has no more layers than it has.");
        }
    }

    private void disk(Tier tier) {
        Machine.Disk disk = machine.disk().value();
        if (disk == null) {
            notes.add("The kind of the disk is not known (" + machine.disk().source() + "): zsei.compression = \"lz4\" and zsei.mmap.preload_indices = false"
                + " are right for one that rotates.");
        } else if (disk == Machine.Disk.ROTATING) {
            add(COMPRESSION, "lz4", "The data home lies on a rotating disk: reading less costs less than unpacking.");
            add(PRELOAD, false, "The data home lies on a rotating disk, which is slow to read the indices at start.");
        } else {
            add(COMPRESSION, "none", "The data home lies on an SSD, which is fast enough without.");
            add(PRELOAD, tier != Tier.MINIMUM && tier != Tier.BELOW, tier == Tier.MINIMUM || tier == Tier.BELOW
                ? "An SSD is fast enough, but the memory is short." : "The data home lies on an SSD, so the start takes little longer.");
        }
        if (tier != null && machine.diskGib().known() && machine.diskGib().value() < tier.diskGib) {
            notes.add("The guide's tier " + tier.words + " reckons with a disk of " + tier.diskGib + " GB; that of the data home has "
                + machine.diskGib().value() + " GiB.");
        }
    }

    private void add(String key, Object value, String why) {
        advice.add(new Advice(key, value, now.apply(key), inProfile.apply(profile, key), why));
    }

    private List<Figure> figures() {
        Machine.Gpu gpu = machine.gpu().value();
        return List.of(figure("cores", machine.cores(), value -> value + " physical"), figure("memory", machine.memoryGib(), value -> value + " GiB"),
            figure("disk", machine.disk(), value -> value.words), figure("disk size", machine.diskGib(), value -> value + " GiB"),
            figure("GPU", machine.gpu(), value -> !gpu.present() ? "none" : gpu.name() + (gpu.memoryMib() > 0 ? ", " + gpu.memoryMib() + " MiB" : "")),
            new Figure("network", Recommendations.UNKNOWN, "not measured: nothing is sent"));
    }

    private static <T> Figure figure(String name, Detected<T> detected, Function<T, String> words) {
        return new Figure(name, detected.known() ? words.apply(detected.value()) : Recommendations.UNKNOWN, detected.source());
    }
}

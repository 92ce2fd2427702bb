package studio.ozone.config.recommend;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Whether values fit the machine that the instance runs on. Only what a value asks for is looked at; what is not known is no reason to warn. */
public final class Fit {

    private final Probe probe;

    Fit(Probe probe) {
        this.probe = probe;
    }

    /** For this machine. */
    public static Fit here() {
        return new Fit(new Probe(Path.of("/"), System.getProperty("os.name"), System.getProperty("os.arch"),
            Runtime.getRuntime().availableProcessors(), Commands::here));
    }

    /**
     * @param values full key to the value that a change brings; null for one that it takes away
     * @return a sentence for each that does not fit
     */
    public List<String> warnings(Map<String, Object> values) {
        List<String> warnings = new ArrayList<>();
        if (values.get(Rules.LAYERS) instanceof Long layers && layers > 0) {
            layers(layers, warnings);
        }
        if (values.get(Rules.THREADS) instanceof Long threads && threads > 0) {
            Detected<Integer> cores = probe.cores();
            if (cores.known() && threads > cores.value()) {
                warnings.add(Rules.THREADS + " = " + threads + " is more than the " + cores.value() + " physical cores of this machine.");
            }
        }
        if (values.get(Rules.MAPPED) instanceof Number mapped) {
            Detected<Integer> memory = probe.memory();
            if (memory.known() && mapped.doubleValue() > Rules.mappedGib(memory.value(), 0)) {
                warnings.add(Rules.MAPPED + " = " + mapped + " is more than the " + Rules.mappedGib(memory.value(), 0) + " GiB that fit a machine with "
                    + memory.value() + " GiB (ozone-core config --recommend has the sum).");
            }
        }
        return warnings;
    }

    /** A sentence where a profile of the guide is made for more memory than there is. */
    public List<String> warnings(String profile) {
        int wanted = Rules.memoryGib(profile);
        Detected<Integer> memory = wanted == 0 ? null : probe.memory();
        return memory == null || !memory.known() || memory.value() >= wanted ? List.of()
            : List.of("The profile " + profile + " is made for " + wanted + " GiB of memory; this machine has " + memory.value() + " GiB.");
    }

    private void layers(long layers, List<String> warnings) {
        Machine.Gpu gpu = probe.gpu().value();
        if (gpu != null && !gpu.present()) {
            warnings.add(Rules.LAYERS + " = " + layers + ", but this machine has no GPU: all layers run on the processor.");
        } else if (gpu != null && gpu.memoryMib() > 0 && layers * Rules.LAYER_MB > gpu.memoryMib()) {
            warnings.add(Rules.LAYERS + " = " + layers + " takes about " + layers * Rules.LAYER_MB + " MB; " + gpu.name() + " has " + gpu.memoryMib()
                + " MiB.");
        }
    }
}

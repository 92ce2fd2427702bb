package studio.ozone.config.recommend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;

import static org.junit.Assert.assertEquals;

/** On a machine of two cores, 8 GiB and no GPU. */
public class FitTest {

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    private Fit fit;

    @Before
    public void machine() throws IOException {
        write("proc/cpuinfo", "processor: 0\nphysical id\t: 0\ncore id\t: 0\n\nprocessor: 1\nphysical id\t: 0\ncore id\t: 1\n");
        write("proc/meminfo", "MemTotal:       8388608 kB\n");
        fit = new Fit(new Probe(folder.getRoot().toPath(), "Linux", "amd64", 2, line -> null));
    }

    @Test
    public void whatFitsIsNotSpokenOf() {
        assertEquals(List.of(), fit.warnings(Map.of("llm.local.inference.gpu_layers", 0L, "llm.local.inference.threads", 2L,
            "zsei.mmap.max_mapped_memory_gb", 1.0, "zsei.traversal.default_max_depth", 5L)));
        assertEquals(List.of(), fit.warnings("minimal"));
        assertEquals(List.of(), fit.warnings("mine"));
    }

    @Test
    public void whatDoesNotFitIsNamed() {
        assertEquals(List.of("llm.local.inference.gpu_layers = 20, but this machine has no GPU: all layers run on the processor."),
            fit.warnings(Map.of("llm.local.inference.gpu_layers", 20L)));
        assertEquals(List.of("llm.local.inference.threads = 12 is more than the 2 physical cores of this machine."),
            fit.warnings(Map.of("llm.local.inference.threads", 12L)));
        assertEquals(List.of("zsei.mmap.max_mapped_memory_gb = 6 is more than the 1 GiB that fit a machine with 8 GiB "
            + "(ozone-core config --recommend has the sum)."), fit.warnings(Map.of("zsei.mmap.max_mapped_memory_gb", 6L)));
        assertEquals(List.of("The profile balanced is made for 16 GiB of memory; this machine has 8 GiB."), fit.warnings("balanced"));
    }

    private void write(String name, String text) throws IOException {
        Path file = folder.getRoot().toPath().resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }
}

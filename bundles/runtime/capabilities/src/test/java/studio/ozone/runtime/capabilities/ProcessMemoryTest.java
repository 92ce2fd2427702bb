package studio.ozone.runtime.capabilities;

import java.util.List;

import org.junit.Test;

import static org.junit.Assert.assertEquals;

public class ProcessMemoryTest {

    @Test
    public void readsTheKernelsLines() {
        ProcessMemory memory = ProcessMemory.of(List.of("Name:\tjava", "VmRSS:\t  204800 kB", "RssAnon:\t  102400 kB", "RssFile:\t 1 kB"));
        assertEquals(new ProcessMemory(204800L * 1024, 102400L * 1024), memory);
    }

    @Test
    public void saysWhereTheKernelDoesNotTell() {
        assertEquals(new ProcessMemory(-1, -1), ProcessMemory.of(List.of()));
    }
}
